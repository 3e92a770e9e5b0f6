// SPDX-License-Identifier: Apache-2.0
#pragma once
// Texts taken apart without a stream: making one takes longer than reading what is in it.

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace weir::simulation {

/// Takes what is before the next `separator`, or all, off the front of `rest`.
inline std::string_view TakeUntil(std::string_view& rest, char separator) {
  const size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

/// The decimal number that `text` begins with; 0 where it begins with none.
inline int64_t NumberIn(std::string_view text) {
  int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace weir::simulation
