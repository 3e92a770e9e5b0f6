// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows as they are told to whoever writes them down: one value after the other, depth first.

#include <cstdint>
#include <string_view>

namespace weir::datafile {

/// A row is a struct of its columns. Every value of a struct has its name told before it; entries
/// of a map too, by their key. A member that is null is not told at all; in lists and maps it is
/// Null.
class RowSink {
 public:
  virtual ~RowSink() = default;

  virtual void BeginStruct() = 0;
  virtual void EndStruct() = 0;
  virtual void BeginList() = 0;
  virtual void EndList() = 0;
  virtual void Name(std::string_view name) = 0;

  virtual void Null() = 0;
  virtual void Bool(bool value) = 0;
  virtual void Number(int64_t value) = 0;
  virtual void Double(double value) = 0;
  virtual void Text(std::string_view value) = 0;
  virtual void Date(int32_t days) = 0;          // Since the epoch.
  virtual void Time(int64_t microseconds) = 0;  // Since the epoch, UTC.
};

}  // namespace weir::datafile
