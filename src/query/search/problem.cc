// SPDX-License-Identifier: Apache-2.0
#include "query/search/problem.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir::query::search {

std::string ProblemPlace::ToString() const { return fmt::format("position {}", position_); }

Status Problem(std::string_view query, size_t offset, std::string_view message) {
  const auto before = query.substr(0, offset);
  const auto position = static_cast<size_t>(
      1 + std::ranges::count_if(before, [](char byte) { return (byte & 0xC0) != 0x80; }));
  // KindOf reads this code as kBadRequest.
  return Status(arrow::StatusCode::Invalid, fmt::format("{} at {}", message, position),
                std::make_shared<ProblemPlace>(position));
}

std::optional<size_t> PositionOf(const Status& status) {
  const auto& detail = status.detail();
  if (detail == nullptr || std::string_view(detail->type_id()) != ProblemPlace::kTypeId) {
    return std::nullopt;
  }
  return static_cast<const ProblemPlace&>(*detail).position();
}

}  // namespace weir::query::search
