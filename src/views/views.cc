// SPDX-License-Identifier: Apache-2.0
#include "views/views.h"

#include <fmt/format.h>

#include "views/definitions.h"

namespace weir::views {
namespace {

/// Quoted: schemas and prefixes may have letters that a bare name can't.
std::string Quoted(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

}  // namespace

const std::vector<View>& AllViews() {
  static const std::vector<View> views = {ServiceMap(), ServiceSummary(), SpanLatency(),
                                          TokenUsage(), TraceUnified()};
  return views;
}

std::optional<std::string> TextOf(std::string_view schema, std::string_view name) {
  for (const View& view : AllViews()) {
    if (!name.ends_with(view.name)) continue;
    const std::string_view prefix = name.substr(0, name.size() - view.name.size());
    if (!prefix.empty() && !prefix.ends_with('_')) continue;
    std::string text;
    std::string_view rest = view.text;
    for (size_t open = rest.find("{otel_"); open != std::string_view::npos;
         open = rest.find("{otel_")) {
      const size_t close = rest.find('}', open);
      const std::string table(rest.substr(open + 1, close - open - 1));
      text += rest.substr(0, open);
      text += fmt::format("{}.{}", Quoted(schema), Quoted(std::string(prefix) + table));
      rest.remove_prefix(close + 1);
    }
    return text.append(rest);
  }
  return std::nullopt;
}

}  // namespace weir::views
