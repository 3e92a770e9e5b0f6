// SPDX-License-Identifier: Apache-2.0
#pragma once
// How nested fields are named: `resource.attributes.key`.

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace weir::table {

/// The path of the member `name` of the field at `path`, which is empty for the table itself.
inline std::string MemberPath(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

}  // namespace weir::table
