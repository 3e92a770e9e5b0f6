// SPDX-License-Identifier: Apache-2.0
#include "serve/router.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/check.h"

namespace weir::serve {
namespace {

/// Longer paths are shown cut in messages.
constexpr size_t kShownPathMax = 200;

std::optional<std::vector<std::string>> Match(const std::vector<std::string>& pattern,
                                              const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) return std::nullopt;
  std::vector<std::string> arguments;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == "{}" && !path[i].empty()) {
      arguments.push_back(path[i]);
    } else if (pattern[i] != path[i]) {
      return std::nullopt;
    }
  }
  return arguments;
}

bool Accepts(const Route& route, std::string_view method) {
  return route.method == method || (method == "HEAD" && route.method == "GET");
}

ErrorStyle StyleOf(std::string_view path) {
  return path.starts_with("/iceberg/") ? ErrorStyle::kIceberg : ErrorStyle::kWeir;
}

}  // namespace

void Router::Add(Route route) {
  auto pattern = SplitPath(route.pattern);
  CHECK(pattern.ok());
  entries_.push_back({std::move(route), *std::move(pattern)});
}

Routing Router::Find(const net::RequestHead& head) const {
  auto path = SplitPath(head.path);
  if (!path.ok()) return ErrorAnswer(StyleOf(head.path), path.status());
  const Entry* get = nullptr;
  std::vector<std::string> get_arguments;
  for (const Entry& entry : entries_) {
    if (!Accepts(entry.route, head.method)) continue;
    auto arguments = Match(entry.pattern, *path);
    if (!arguments) continue;
    if (entry.route.method == head.method) return RouteMatch{&entry.route, *std::move(arguments)};
    if (get != nullptr) continue;
    get = &entry;
    get_arguments = *std::move(arguments);
  }
  if (get != nullptr) return RouteMatch{&get->route, std::move(get_arguments)};
  return NoRoute(head, *path);
}

net::Response Router::NoRoute(const net::RequestHead& head,
                              const std::vector<std::string>& path) const {
  std::set<std::string_view> methods;
  for (const Entry& entry : entries_) {
    if (!Match(entry.pattern, path)) continue;
    methods.insert(entry.route.method);
    if (entry.route.method == "GET") methods.insert("HEAD");
  }
  const ErrorStyle style = StyleOf(head.path);
  const std::string shown = head.path.substr(0, kShownPathMax);
  if (methods.empty()) {
    return ErrorAnswer(style, 404,
                       style == ErrorStyle::kIceberg ? "NotFoundException" : "not_found",
                       fmt::format("nothing is served at {}; GET / says what is", shown));
  }
  const std::string allow = fmt::format("{}", fmt::join(methods, ", "));
  net::Response response = ErrorAnswer(
      style, 405,
      style == ErrorStyle::kIceberg ? "UnsupportedOperationException" : "method_not_allowed",
      fmt::format("{} {} is not served, only {}", head.method, shown, allow));
  response.headers.push_back({"allow", allow});
  return response;
}

}  // namespace weir::serve
