// SPDX-License-Identifier: Apache-2.0
#pragma once
// Short texts that bound a column's texts from below and above.

#include <optional>
#include <string>
#include <string_view>

namespace weir::datafile {

// As Iceberg's `truncate(16)` metrics mode: enough to prune by, small enough for every manifest.
inline constexpr int kBoundCodePoints = 16;

/// The first code points of `text`: sorts at or before it.
std::string LowerBound(std::string_view text);

/// `text` itself where it is short, else its first code points with the last one that can be raised
/// raised by one: sorts after every text with that prefix, in byte order. Nothing where no code
/// point can be raised.
std::optional<std::string> UpperBound(std::string_view text);

}  // namespace weir::datafile
