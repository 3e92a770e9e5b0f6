// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows as JSON text.

#include <string>
#include <utility>

#include "datafile/lookup/row_sink.h"

namespace weir::query {

/// Maps and structs are objects, times text in ISO 8601. Numbers are numbers; those
/// named …_unix_nano are text, since they pass 2^53; of doubles NaN and the infinities are text.
class JsonRows final : public datafile::RowSink {
 public:
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

  std::string text_;
  bool is_named_ = false;  // What comes is a member's value.
  bool is_text_ = false;   // And of a number that does not fit everywhere.
};

}  // namespace weir::query
