// SPDX-License-Identifier: Apache-2.0
#include "cli/table_path.h"

#include <fmt/format.h>

#include <string_view>

namespace weir::cli {

Result<std::string> TablePath(const std::string& table) {
  const size_t dot = table.find('.');
  const std::string schema = dot == std::string::npos ? "telemetry" : table.substr(0, dot);
  const std::string name = dot == std::string::npos ? table : table.substr(dot + 1);
  // Only what can be a name goes into the URL, so nothing needs escaping.
  const std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789_";
  if (schema.empty() || name.empty() ||
      (schema + name).find_first_not_of(allowed) != std::string::npos) {
    return Error(ErrorKind::kNotFound, fmt::format("no table {}", table));
  }
  return schema + "/" + name;
}

}  // namespace weir::cli
