// SPDX-License-Identifier: Apache-2.0
#include "receive/otlp_route.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "signal/published_table.h"

namespace weir::receive {
namespace {

constexpr std::string_view kTableHeader = "x-databricks-uc-table-name";
constexpr size_t kNameBytesMax = 128;

constexpr std::string_view kGrpcServices[signal::kSignalCount] = {
    "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
    "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"};

Status Bad(std::string message) { return Error(ErrorKind::kBadRequest, std::move(message)); }

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return lower;
}

std::vector<std::string> SplitAtDots(const std::string& text) {
  std::vector<std::string> parts(1);
  for (char c : text) {
    if (c == '.') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytesMax && !(name[0] >= '0' && name[0] <= '9') &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

Status CheckAuthorization(const net::RequestHead& head) {
  const std::string_view value = head.Find("authorization");
  if (value.empty()) {
    return Error(ErrorKind::kUnauthorized,
                 "header Authorization is missing; send `Authorization: Bearer <token>`");
  }
  const bool is_bearer = Lower(value.substr(0, 7)) == "bearer " &&
                         value.find_first_not_of(' ', 7) != std::string_view::npos;
  return is_bearer ? Status::OK() : Bad("header Authorization is not `Bearer <token>`");
}

}  // namespace

std::optional<OtlpRoute> FindRoute(const net::RequestHead& head) {
  for (signal::Signal signal : signal::kSignals) {
    const std::string_view service = kGrpcServices[static_cast<int>(signal)];
    if (head.protocol == net::Protocol::kGrpc) {
      if (head.path == service) return OtlpRoute{signal, Door::kOtlp};
      continue;
    }
    if (head.path == fmt::format("/v1/{}", Name(signal))) return OtlpRoute{signal, Door::kOtlp};
    if (head.path == fmt::format("/api/2.0/otel/v1/{}", Name(signal))) {
      return OtlpRoute{signal, Door::kDatabricks};
    }
  }
  return std::nullopt;
}

bool IsGrpcPath(std::string_view path) { return std::ranges::count(kGrpcServices, path) > 0; }

Result<signal::TableSet> ReadTableHeader(const net::RequestHead& head, signal::Signal signal,
                                         std::string_view catalog_name) {
  TRY(CheckAuthorization(head));
  const std::string name = Lower(head.Find(kTableHeader));
  const std::string& table = signal::Published(signal::TableOf(signal)).name;
  const std::string wanted = fmt::format("{}.<schema>.<prefix>_{}", catalog_name, table);
  if (name.empty())
    return Bad(fmt::format("header X-Databricks-UC-Table-Name is missing; send {}", wanted));
  const std::vector<std::string> parts = SplitAtDots(name);
  if (parts.size() != 3 || !IsName(parts[1]) || !IsName(parts[2])) {
    return Bad(
        fmt::format("X-Databricks-UC-Table-Name {}: expected {} of letters, digits and underscores",
                    name, wanted));
  }
  if (parts[0] != catalog_name) {
    return Bad(
        fmt::format("X-Databricks-UC-Table-Name {}: this server's catalog is {} (catalog.name)",
                    name, catalog_name));
  }
  const bool has_suffix = parts[2] == table || parts[2].ends_with("_" + table);
  if (!has_suffix) {
    return Bad(fmt::format("X-Databricks-UC-Table-Name {}: a table of {} ends with {}", name,
                           Name(signal), table));
  }
  return signal::TableSet{parts[1], parts[2].substr(0, parts[2].size() - table.size())};
}

}  // namespace weir::receive
