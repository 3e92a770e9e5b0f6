// SPDX-License-Identifier: Apache-2.0
#pragma once
// Named questions over the published tables, as SQL of the engine inside. docs/views.md has them
// for Spark and Trino.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::views {

/// A view. Its text names tables in braces, `{otel_spans}`: those of the set that it is asked of.
struct View {
  std::string_view name;
  std::string_view summary;  // What a row is.
  std::string_view text;
};

/// In the order of their names.
const std::vector<View>& AllViews();

/// The SELECT behind `name` in `schema`, over its tables there: `service_summary` reads
/// `otel_spans`, `shop_service_summary` reads `shop_otel_spans`. Nothing where that is no view.
std::optional<std::string> TextOf(std::string_view schema, std::string_view name);

}  // namespace weir::views
