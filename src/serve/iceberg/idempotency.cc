// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg/idempotency.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "serve/answer.h"
#include "serve/iceberg/load_table.h"
#include "serve/iceberg/problem.h"

namespace weir::serve::iceberg {
namespace {

using table::changes::Refused;

constexpr int64_t kKeyLifetimeMs = 30 * 60 * 1000;

Status CheckKey(std::string_view key) {
  constexpr size_t kUuidLength = 36;
  const bool is_uuid = key.size() == kUuidLength && std::ranges::all_of(key, [](char c) {
                         return c == '-' || std::isxdigit(static_cast<unsigned char>(c)) != 0;
                       });
  return is_uuid ? Status::OK() : Refused("Idempotency-Key is not a UUID");
}

/// What was asked, so that a key that is used for something else by mistake is seen.
std::string AskedBy(const Call& call) {
  const net::RequestHead& head = call.request.head;
  const size_t digest = std::hash<std::string>{}(call.request.body);
  return fmt::format("{} {}?{} {:016x} {}", head.method, head.path, head.query, digest,
                     call.request.body.size());
}

Result<net::Response> Replayed(const Lake& lake, const Call& call, const catalog::KeptAnswer& kept,
                               const std::string& asked) {
  if (kept.request != asked) {
    return Problem(422, "UnprocessableEntityException",
                   "this Idempotency-Key was used for another request: make a new one");
  }
  if (kept.metadata_location.empty()) {
    net::Response response = EmptyAnswer(kept.status);
    if (!kept.body.empty()) response = TextAnswer(kept.status, "application/json", kept.body);
    return response;
  }
  const auto metadata = ReadMetadata(lake, kept.metadata_location);
  if (metadata.ok()) return TableAnswer(kept.metadata_location, *metadata);
  // One of Weir's own tables, which keep few old metadata files: as it is now.
  const bool is_gone = KindOf(metadata.status()) == ErrorKind::kNotFound;
  return is_gone ? AnswerTable(lake, call) : metadata.status();
}

/// Errors: none; an answer that could not be kept is an answer all the same.
void KeepRefusal(const Lake& lake, const net::Response& refusal) {
  const catalog::KeptAnswer kept{.key = lake.request->key,
                                 .request = lake.request->asked,
                                 .status = refusal.status,
                                 .body = refusal.body};
  Ignore(lake.external.Apply({}, kept, lake.clock.UnixMillis()), "another request kept its own");
}

}  // namespace

Result<net::Response> AnswerOnce(const Lake& lake, const Call& call,
                                 Result<net::Response> (*answer)(const Lake&, const Call&)) {
  const std::string& method = call.request.head.method;
  const std::string key(call.request.head.Find("idempotency-key"));
  if (key.empty() || method == "GET" || method == "HEAD") return answer(lake, call);
  TRY(CheckKey(key));
  const std::string asked = AskedBy(call);
  TRY(lake.external.ForgetAnswers(lake.clock.UnixMillis() - kKeyLifetimeMs));
  const auto before = TRY(lake.external.FindAnswer(key));
  if (before) return Replayed(lake, call, *before, asked);
  const RequestKey request{.key = key, .asked = asked};
  Lake keeping = lake;
  keeping.request = &request;
  auto first = answer(keeping, call);
  const net::Response response = first.ok() ? *first : AnswerOf(first.status());
  if (response.status < 400) return response;
  // Two at once: what the other one did is the answer to both.
  const auto meanwhile = TRY(lake.external.FindAnswer(key));
  if (meanwhile) return Replayed(lake, call, *meanwhile, asked);
  if (response.status < 500) KeepRefusal(keeping, response);
  return response;
}

}  // namespace weir::serve::iceberg
