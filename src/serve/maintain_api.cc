// SPDX-License-Identifier: Apache-2.0
#include "serve/maintain_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/dates.h"
#include "base/log.h"
#include "maintain/removal/forgotten_value.h"

namespace weir::serve {
namespace {

using maintain::OperationRequest;
using maintain::Verb;
using nlohmann::ordered_json;

constexpr size_t kBodyBytesMax = 16 << 10;
constexpr int64_t kListedMax = 100;
// A century, in days; in seconds it does not overflow in milliseconds.
constexpr int64_t kDaysMax = 100 * 366, kSecondsMax = kDaysMax * 86'400;

Status Bad(std::string message) { return Error(ErrorKind::kBadRequest, std::move(message)); }

/// The body's object, without members that nobody knows. Errors: kBadRequest.
Result<ordered_json> BodyOf(const Call& call, std::initializer_list<std::string_view> known) {
  const std::string_view type = call.request.head.Find("content-type");
  if (!type.starts_with("application/json")) {
    return Bad("the header content-type has to be application/json");
  }
  ordered_json body = ordered_json::parse(call.request.body, nullptr, false);
  if (!body.is_object()) return Bad("the body is no JSON object");
  for (const auto& [name, value] : body.items()) {
    if (std::ranges::find(known, name) == known.end()) {
      return Bad(fmt::format("unknown member {}: known are {}", name, fmt::join(known, ", ")));
    }
  }
  return body;
}

Result<std::optional<int64_t>> NumberIn(const ordered_json& body, const char* name, int64_t max) {
  const auto found = body.find(name);
  if (found == body.end()) return std::nullopt;
  const bool fits =
      found->is_number_integer() && found->get<int64_t>() >= 0 && found->get<int64_t>() <= max;
  if (fits) return found->get<int64_t>();
  return Bad(fmt::format("{} has to be a whole number from 0 to {}", name, max));
}

Result<std::optional<std::string>> TextIn(const ordered_json& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end()) return std::nullopt;
  if (found->is_string()) return found->get<std::string>();
  return Bad(fmt::format("{} has to be a text", name));
}

Result<bool> FlagIn(const ordered_json& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end()) return false;
  if (found->is_boolean()) return found->get<bool>();
  return Bad(fmt::format("{} has to be true or false", name));
}

/// `schema.name` of a table that is there. Errors: kBadRequest, kNotFound.
Result<std::optional<catalog::TableName>> TableIn(const ordered_json& body,
                                                  const catalog::Catalog& catalog) {
  const auto text = TRY(TextIn(body, "table"));
  if (!text) return std::nullopt;
  const size_t dot = text->find('.');
  if (dot == std::string::npos) return Bad("table has to be schema.name");
  catalog::TableName name{.schema = text->substr(0, dot), .name = text->substr(dot + 1)};
  if (!catalog::IsValidName(name.schema) || !catalog::IsValidName(name.name)) {
    return Error(ErrorKind::kNotFound, fmt::format("no table {}", *text));
  }
  TRY(catalog.Load(name));
  return name;
}

/// `2026-11-20` as days since the epoch.
Result<std::optional<int32_t>> DateIn(const ordered_json& body) {
  const auto text = TRY(TextIn(body, "date"));
  if (!text) return std::nullopt;
  const std::optional<int32_t> days = ParseDate(*text);
  if (!days) return Bad(fmt::format("date is `{}`, expected a day as 2026-11-20", *text));
  return days;
}

/// One answer for all that is carried out later.
net::Response Accepted(const char* what, int64_t id) { return JsonAnswer(202, {{what, id}}); }

/// One server's. Any thread; shared by the routes.
class MaintainApi {
 public:
  MaintainApi(const MaintainSource& source, const catalog::Catalog& catalog, const Clock& clock)
      : source_(source), catalog_(catalog), clock_(clock) {}

  Result<net::Response> Compact(const Call& call) const {
    const auto body = TRY(BodyOf(call, {"table", "dry_run"}));
    return Submit(Verb::kCompact, body, {});
  }

  Result<net::Response> Expire(const Call& call) const {
    const auto body =
        TRY(BodyOf(call, {"table", "dry_run", "older_than_days", "date", "versions_older_than_s"}));
    OperationRequest request;
    request.older_than_days = TRY(NumberIn(body, "older_than_days", kDaysMax));
    request.date = TRY(DateIn(body));
    request.versions_older_than_s = TRY(NumberIn(body, "versions_older_than_s", kSecondsMax));
    return Submit(Verb::kExpire, body, std::move(request));
  }

  Result<net::Response> Gc(const Call& call) const {
    const auto body = TRY(BodyOf(call, {"table", "dry_run", "grace_s"}));
    OperationRequest request;
    request.grace_s = TRY(NumberIn(body, "grace_s", kSecondsMax));
    return Submit(Verb::kGc, body, std::move(request));
  }

  Result<net::Response> Forget(const Call& call) const {
    const auto body = TRY(BodyOf(call, {"column", "value", "dry_run"}));
    const auto column = TRY(TextIn(body, "column"));
    const auto value = TRY(TextIn(body, "value"));
    if (!column || !value) return Bad("column and value are missing");
    const auto forgotten = TRY(maintain::CheckForgottenValue(*column, *value));
    const bool is_dry_run = TRY(FlagIn(body, "dry_run"));
    if (is_dry_run) {
      OperationRequest request{.verb = Verb::kForget, .is_dry_run = true, .forgotten = forgotten};
      const int64_t id = TRY(source_.operations->Submit(std::move(request)));
      return Accepted("operation", id);
    }
    const int64_t id =
        TRY(source_.forget_requests->Add(forgotten.column, forgotten.value, clock_.UnixMillis()));
    // Not the value: logs are kept longer than what is forgotten.
    log::Info("asked to forget rows", {{"request", id}, {"column", forgotten.column}});
    return Accepted("request", id);
  }

  Result<net::Response> ShowOperation(const Call& call) const {
    const int64_t id = TRY(IdIn(call));
    const maintain::Operation operation = TRY(source_.operations->Find(id));
    ordered_json steps = ordered_json::array();
    for (const maintain::OperationStep& step : operation.steps) {
      steps.push_back({{"table", step.table},
                       {"action", step.action},
                       {"subject", step.subject},
                       {"files", step.files},
                       {"rows", step.rows},
                       {"bytes", step.bytes}});
    }
    return JsonAnswer(200, {{"operation", operation.id},
                            {"verb", NameOf(operation.request.verb)},
                            {"dry_run", operation.request.is_dry_run},
                            {"state", NameOf(operation.state)},
                            {"error", operation.error},
                            {"steps", std::move(steps)},
                            {"steps_not_listed", operation.steps_beyond}});
  }

  Result<net::Response> ListForgets(const Call&) const {
    ordered_json list = ordered_json::array();
    const auto requests = TRY(source_.forget_requests->List(kListedMax));
    for (const catalog::ForgetRequest& request : requests) list.push_back(JsonOf(request));
    return JsonAnswer(200, {{"requests", std::move(list)}});
  }

  Result<net::Response> ShowForget(const Call& call) const {
    const int64_t id = TRY(IdIn(call));
    const catalog::ForgetRequest request = TRY(source_.forget_requests->Load(id));
    return JsonAnswer(200, JsonOf(request));
  }

 private:
  Result<net::Response> Submit(Verb verb, const ordered_json& body,
                               OperationRequest request) const {
    request.verb = verb;
    request.is_dry_run = TRY(FlagIn(body, "dry_run"));
    request.table = TRY(TableIn(body, catalog_));
    const int64_t id = TRY(source_.operations->Submit(std::move(request)));
    return Accepted("operation", id);
  }

  static Result<int64_t> IdIn(const Call& call) {
    const std::string& text = call.arguments[0];
    int64_t id = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), id);
    if (read.ec == std::errc() && read.ptr == text.data() + text.size()) return id;
    return Error(ErrorKind::kNotFound, fmt::format("`{}` is no number of one", text));
  }

  /// Without the value: whoever asks how it is need not learn what it was.
  static ordered_json JsonOf(const catalog::ForgetRequest& request) {
    ordered_json tables = ordered_json::array();
    for (const catalog::ForgottenRows& rows : request.tables) {
      tables.push_back({{"table", rows.table.ToString()},
                        {"rows", rows.rows},
                        {"files", rows.files},
                        {"versions", rows.versions}});
    }
    return {{"request", request.id},
            {"column", request.column},
            {"state", request.is_done() ? "done" : "open"},
            {"requested_ms", request.requested_ms},
            {"done_ms", request.done_ms},
            {"tables", std::move(tables)}};
  }

  const MaintainSource source_;
  const catalog::Catalog& catalog_;
  const Clock& clock_;
};

}  // namespace

void AddMaintainRoutes(Router& router, const MaintainSource& source,
                       const catalog::Catalog& catalog, const Clock& clock) {
  if (source.operations == nullptr || source.forget_requests == nullptr) return;
  const auto api = std::make_shared<const MaintainApi>(source, catalog, clock);
  using Method = Result<net::Response> (MaintainApi::*)(const Call&) const;
  const auto add = [&](std::string_view method, std::string pattern, Method answer) {
    router.Add({.method = method,
                .pattern = "/api/v1/maintain/" + std::move(pattern),
                .answer = [api, answer](const Call& call) { return (*api.*answer)(call); },
                .body_bytes_max = method == "POST" ? kBodyBytesMax : 0});
  };
  add("POST", "compact", &MaintainApi::Compact);
  add("POST", "expire", &MaintainApi::Expire);
  add("POST", "gc", &MaintainApi::Gc);
  add("POST", "forget", &MaintainApi::Forget);
  add("GET", "operations/{}", &MaintainApi::ShowOperation);
  add("GET", "forget", &MaintainApi::ListForgets);
  add("GET", "forget/{}", &MaintainApi::ShowForget);
}

}  // namespace weir::serve
