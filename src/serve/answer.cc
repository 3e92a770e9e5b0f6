// SPDX-License-Identifier: Apache-2.0
#include "serve/answer.h"

#include <nlohmann/json.hpp>

#include "base/log.h"
#include "serve/error_status.h"

namespace weir::serve {
namespace {

using nlohmann::ordered_json;

/// The exception that Iceberg's Java client raises for a kind, where no route knows a better one.
std::string_view IcebergType(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kBadRequest: return "BadRequestException";
    case ErrorKind::kUnauthorized: return "NotAuthorizedException";
    case ErrorKind::kNotFound: return "NotFoundException";
    case ErrorKind::kConflict: return "CommitFailedException";
    case ErrorKind::kUnknownOutcome: return "CommitStateUnknownException";
    case ErrorKind::kRetryLater: return "ServiceUnavailableException";
    case ErrorKind::kInternal: return "InternalServerError";
  }
  return "InternalServerError";
}

}  // namespace

std::string ToText(const ordered_json& json) {
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

net::Response TextAnswer(int status, std::string_view content_type, std::string body) {
  return {.status = status,
          .headers = {{"content-type", std::string(content_type)},
                      {"x-content-type-options", "nosniff"}},
          .body = std::move(body),
          .grpc = {}};
}

net::Response JsonAnswer(int status, const ordered_json& json) {
  return TextAnswer(status, "application/json", ToText(json));
}

net::Response EmptyAnswer(int status) {
  return {.status = status, .headers = {}, .body = {}, .grpc = {}};
}

net::Response ErrorAnswer(ErrorStyle style, int status, std::string_view type,
                          std::string_view message) {
  ordered_json error = {{"message", message}, {"type", type}};
  if (style == ErrorStyle::kIceberg) error["code"] = status;
  return JsonAnswer(status, {{"error", std::move(error)}});
}

net::Response ErrorAnswer(ErrorStyle style, const Status& status) {
  const ErrorKind kind = KindOf(status);
  const ErrorStatus told = ErrorStatusOf(kind);
  std::string message = status.message();
  if (kind == ErrorKind::kInternal) {
    log::Error("request failed", {{"error", status.ToString()}});
    message = "internal error; the server's log says more";
  }
  net::Response response = ErrorAnswer(
      style, told.http, style == ErrorStyle::kIceberg ? IcebergType(kind) : told.name, message);
  if (told.is_retryable) response.headers.push_back({"retry-after", "1"});
  return response;
}

}  // namespace weir::serve
