// SPDX-License-Identifier: Apache-2.0
#pragma once
// A table's place under its two names: the URI that engines open and the path in our store.

#include <string>
#include <string_view>

namespace weir::table::iceberg {

/// `uri` and `root` name the same folder. Neither ends with a slash.
struct Location {
  std::string uri;   // file:///warehouse/tables/telemetry/otel_spans
  std::string root;  // tables/telemetry/otel_spans

  /// `path` is relative to the table; one that already is a URI (a foreign writer's) stays.
  std::string Uri(std::string_view path) const;
  /// Relative to the table where `file_uri` lies below it, else `file_uri` itself.
  std::string Relative(std::string_view file_uri) const;
  /// Relative to the store's root; empty where `file_uri` lies outside the table.
  std::string StorePath(std::string_view file_uri) const;

  bool operator==(const Location&) const = default;
};

}  // namespace weir::table::iceberg
