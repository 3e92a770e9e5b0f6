// SPDX-License-Identifier: Apache-2.0
#pragma once
// "Did you mean": the known word closest to a mistyped one.

#include <string>
#include <string_view>
#include <vector>

namespace weir::cli {

/// The word of `known` that takes the fewest insertions, deletions, replacements and swaps of
/// neighbours; empty when even the best differs in more than a third of its letters.
std::string Nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace weir::cli
