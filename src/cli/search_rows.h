// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows of the search API as lines for people.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace weir::cli {

/// `answer`: of `/api/v1/search` or `/api/v1/tail`. Traces, spans and metrics become a table, log
/// records a line each, the oldest first.
std::string RowsText(std::string_view signal, const nlohmann::ordered_json& answer,
                     bool use_colour);

/// A line a row, without a heading, in the order of the answer: what follows says the same.
std::string RowLines(std::string_view signal, const nlohmann::ordered_json& answer,
                     bool use_colour);

/// One line of at most `chars_max` characters. Texts come from anywhere: what would move the cursor
/// or change colours becomes a space.
std::string OneLine(std::string_view text, size_t chars_max);

}  // namespace weir::cli
