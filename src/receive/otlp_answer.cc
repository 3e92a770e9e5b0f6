// SPDX-License-Identifier: Apache-2.0
#include "receive/otlp_answer.h"

#include <nlohmann/json.hpp>

#include "base/compression.h"

namespace weir::receive {
namespace {

// Long enough for a commit to make room, short enough that nobody's queue overflows meanwhile.
constexpr int kRetryAfterSeconds = 1;

// Status codes of gRPC that OTLP names.
constexpr int kInvalidArgument = 3, kNotFound = 5, kResourceExhausted = 8, kInternalCode = 13,
              kUnavailable = 14, kUnauthenticated = 16;

void AppendVarint(uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void AppendNumber(int field, uint64_t value, std::string& out) {
  if (value == 0) return;
  AppendVarint(static_cast<uint64_t>(field) << 3, out);
  AppendVarint(value, out);
}

void AppendBytes(int field, std::string_view bytes, std::string& out) {
  if (bytes.empty()) return;
  AppendVarint(static_cast<uint64_t>(field) << 3 | 2, out);
  AppendVarint(bytes.size(), out);
  out += bytes;
}

constexpr std::string_view kRetryInfo = "type.googleapis.com/google.rpc.RetryInfo";
constexpr std::string_view kBadRequest = "type.googleapis.com/google.rpc.BadRequest";

void AppendDetail(std::string_view type, std::string_view detail, std::string& status) {
  std::string any;
  AppendBytes(1, type, any);
  AppendBytes(2, detail, any);
  AppendBytes(3, any, status);
}

/// google.rpc.Status, with a google.rpc.RetryInfo where a retry helps, a BadRequest where the
/// request itself is wrong.
std::string StatusMessage(const Refusal& refusal) {
  std::string out;
  AppendNumber(1, static_cast<uint64_t>(refusal.grpc_code), out);
  AppendBytes(2, refusal.message, out);
  if (refusal.is_retryable) {
    std::string delay, retry_info;
    AppendNumber(1, kRetryAfterSeconds, delay);
    AppendBytes(1, delay, retry_info);
    AppendDetail(kRetryInfo, retry_info, out);
  }
  if (refusal.grpc_code == kInvalidArgument) {
    std::string violation, bad_request;
    AppendBytes(2, refusal.message, violation);
    AppendBytes(1, violation, bad_request);
    AppendDetail(kBadRequest, bad_request, out);
  }
  return out;
}

/// Messages can quote what a client sent; bad UTF-8 in them must not break the answer.
std::string JsonText(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// The same Status in JSON.
std::string StatusJson(const Refusal& refusal) {
  nlohmann::ordered_json json = {{"code", refusal.grpc_code}, {"message", refusal.message}};
  if (refusal.is_retryable) {
    json["details"].push_back(
        {{"@type", kRetryInfo}, {"retryDelay", std::to_string(kRetryAfterSeconds) + "s"}});
  }
  if (refusal.grpc_code == kInvalidArgument) {
    const nlohmann::ordered_json violation = {{"description", refusal.message}};
    json["details"].push_back(
        {{"@type", kBadRequest}, {"fieldViolations", nlohmann::ordered_json::array({violation})}});
  }
  return JsonText(json);
}

std::string_view ContentType(const AnswerForm& form) {
  return form.encoding == signal::Encoding::kJson ? "application/json" : "application/x-protobuf";
}

std::string_view RejectedField(signal::Signal signal) {
  switch (signal) {
    case signal::Signal::kTraces: return "rejectedSpans";
    case signal::Signal::kLogs: return "rejectedLogRecords";
    case signal::Signal::kMetrics: return "rejectedDataPoints";
  }
  return "";
}

}  // namespace

net::Response Success(const AnswerForm& form, signal::Signal signal,
                      const signal::ExportOutcome& outcome) {
  net::Response response;
  if (form.encoding == signal::Encoding::kJson) {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    if (outcome.rejected > 0) {
      json["partialSuccess"] = {{RejectedField(signal), std::to_string(outcome.rejected)},
                                {"errorMessage", outcome.reason}};
    }
    response.body = JsonText(json);
  } else if (outcome.rejected > 0) {
    std::string partial;
    AppendNumber(1, static_cast<uint64_t>(outcome.rejected), partial);
    AppendBytes(2, outcome.reason, partial);
    AppendBytes(1, partial, response.body);
  }
  if (form.protocol != net::Protocol::kGrpc) {
    response.headers.push_back({"content-type", std::string(ContentType(form))});
  }
  return response;
}

net::Response Refuse(const AnswerForm& form, const Refusal& refusal) {
  net::Response response;
  if (form.protocol == net::Protocol::kGrpc) {
    response.grpc = {refusal.grpc_code, refusal.message, StatusMessage(refusal)};
    return response;
  }
  response.status = refusal.http_status;
  response.headers.push_back({"content-type", std::string(ContentType(form))});
  if (refusal.is_retryable) {
    response.headers.push_back({"retry-after", std::to_string(kRetryAfterSeconds)});
  }
  // What we would have taken in the place of what we don't.
  if (refusal.http_status == 415) {
    response.headers.push_back({"accept-encoding", std::string(kCompressionNames)});
  }
  response.body =
      form.encoding == signal::Encoding::kJson ? StatusJson(refusal) : StatusMessage(refusal);
  return response;
}

Refusal RefusalOf(const Status& status) {
  if (IsTooLarge(status)) return {413, kResourceExhausted, status.message()};
  switch (KindOf(status)) {
    case ErrorKind::kBadRequest: return {400, kInvalidArgument, status.message()};
    case ErrorKind::kUnauthorized: return {401, kUnauthenticated, status.message()};
    case ErrorKind::kNotFound: return {404, kNotFound, status.message()};
    case ErrorKind::kConflict:
    case ErrorKind::kUnknownOutcome:
    case ErrorKind::kRetryLater: return {503, kUnavailable, status.message(), true};
    case ErrorKind::kInternal: break;
  }
  return {500, kInternalCode, status.message()};
}

}  // namespace weir::receive
