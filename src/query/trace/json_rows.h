// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows as JSON text.

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "datafile/lookup/row_sink.h"

namespace weir::query {

/// Maps and structs are objects, times text in ISO 8601. Numbers are numbers; those
/// named …_unix_nano are text, since they pass 2^53; of doubles NaN and the infinities are text.
///
/// With `columns`, a row is an array of their values, in that order, null where it has none: a
/// third of the text where there are many rows and few columns.
class JsonRows final : public datafile::RowSink {
 public:
  JsonRows() = default;
  /// `columns`: borrowed, at least one.
  explicit JsonRows(std::span<const std::string> columns) : columns_(columns) {}

  /// The rows told since the last call.
  std::string Take() { return std::exchange(text_, {}); }

  void BeginStruct() override;
  void EndStruct() override;
  void BeginList() override;
  void EndList() override;
  void Name(std::string_view name) override;
  void Null() override;
  void Bool(bool value) override;
  void Number(int64_t value) override;
  void Double(double value) override;
  void Text(std::string_view value) override;
  void Date(int32_t days) override;
  void Time(int64_t microseconds) override;

 private:
  /// Before a value: a comma where it is not the first of a list.
  void Separate();

  /// Whether the value that is told, or about to be named, is a column's.
  bool IsColumn() const { return !columns_.empty() && depth_ == 1; }
  void KeepColumn();

  std::span<const std::string> columns_;
  std::vector<std::string> values_;  // Of the row that is told, by column.
  size_t column_ = 0;                // Of the value in `text_`; beyond the last, none.
  int depth_ = 0;

  std::string text_;
  bool is_named_ = false;  // What comes is a member's value.
  bool is_text_ = false;   // And of a number that does not fit everywhere.
};

}  // namespace weir::query
