// SPDX-License-Identifier: Apache-2.0
#pragma once
// The rows of all tables that one writer gathered between two commits.

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "signal/row_columns.h"

namespace weir::buffer {

/// Which table rows go to.
struct TableKey {
  signal::TableSet tables;
  signal::Signal signal = signal::Signal::kTraces;
  auto operator<=>(const TableKey&) const = default;
};

/// One thread. Every row in a sealed generation is durable in the writer's journal, at or before
/// `last_sequence`.
class Generation {
 public:
  Generation(uint32_t writer, signal::RowColumnsFactory new_columns)
      : writer_(writer), new_columns_(std::move(new_columns)) {}

  /// Decodes `request` into its table's columns. Errors: kBadRequest; nothing is kept of the
  /// request then.
  Result<signal::ExportOutcome> Append(const signal::ExportRequest& request, uint64_t sequence);
  /// Forgets the rows of requests after `sequence`, back to the last Mark at most.
  void ForgetAfter(uint64_t sequence);
  /// Requests up to here are there to stay.
  void Mark() { appends_.clear(); }

  uint32_t writer() const { return writer_; }
  uint64_t last_sequence() const { return last_sequence_; }
  int64_t num_rows() const;
  int64_t byte_size() const;
  std::map<TableKey, std::unique_ptr<signal::RowColumns>>& tables() { return tables_; }

 private:
  struct Appended {
    uint64_t sequence = 0;
    signal::RowColumns* columns = nullptr;
    int64_t rows_before = 0;
  };
  const uint32_t writer_;
  const signal::RowColumnsFactory new_columns_;
  std::map<TableKey, std::unique_ptr<signal::RowColumns>> tables_;
  std::vector<Appended> appends_;  // Since the last Mark.
  uint64_t last_sequence_ = 0;
};

}  // namespace weir::buffer
