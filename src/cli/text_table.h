// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows aligned in columns, and numbers as people read them.

#include <cstdint>
#include <string>
#include <vector>

namespace weir::cli {

/// Text on the left, numbers on the right, two spaces between; headings bold when `use_colour`.
class TextTable {
 public:
  struct Column {
    std::string heading;
    bool is_number = false;
  };
  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// As many cells as columns.
  void Add(std::vector<std::string> cells);
  std::string ToText(bool use_colour) const;

 private:
  const std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

std::string GroupedNumber(int64_t number);  // 1,234,567
std::string BytesText(int64_t bytes);       // 1.2 MiB
std::string DurationText(int64_t seconds);  // 2h 3m
std::string UtcText(int64_t unix_ms);       // 2026-11-20 14:16:13Z

/// Whether standard output is a terminal and NO_COLOR is unset (no-color.org).
bool UseColour();

}  // namespace weir::cli
