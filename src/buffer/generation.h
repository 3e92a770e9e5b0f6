// SPDX-License-Identifier: Apache-2.0
#pragma once
// The rows of all tables that one writer gathered between two commits.

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "signal/published_table.h"
#include "signal/row_columns.h"

namespace weir::buffer {

/// Which table rows go to.
struct TableKey {
  signal::TableSet tables;
  signal::Table table = signal::Table::kSpans;
  auto operator<=>(const TableKey&) const = default;
};

/// One thread. Every row in a sealed generation is durable in the writer's journal, at or before
/// `last_sequence`.
class Generation {
 public:
  Generation(uint32_t writer, signal::RowColumnsFactory new_columns)
      : writer_(writer), new_columns_(std::move(new_columns)) {}

  /// What a request left: its answer, and whether there are rows of it, dead letters included.
  struct Appended {
    signal::ExportOutcome outcome;
    bool has_rows = false;
  };
  /// Decodes `request` into its table's columns, and what it refuses into the dead letters.
  /// Errors: kBadRequest; nothing is kept of the request then.
  Result<Appended> Append(const signal::ExportRequest& request, uint64_t sequence);
  /// Keeps a request that can't be read as a dead letter; `is_cut`: its body is only a beginning.
  /// False where letters are not kept, or not that many.
  bool AddRefused(const signal::ExportRequest& request, uint64_t sequence, std::string_view detail,
                  bool is_cut);
  /// Forgets the rows of requests after `sequence`, back to the last Mark at most.
  void ForgetAfter(uint64_t sequence);
  /// Requests up to here are there to stay.
  void Mark() {
    appends_.clear();
    marked_sequence_ = last_sequence_;
  }

  uint32_t writer() const { return writer_; }
  uint64_t last_sequence() const { return last_sequence_; }
  int64_t num_rows() const;
  int64_t byte_size() const;

  /// One table's rows.
  struct TableRows {
    TableKey key;
    std::unique_ptr<signal::RowColumns> rows;
  };
  /// All tables' rows, which the generation has no more, and those that follow from them.
  std::vector<TableRows> TakeTables();

 private:
  class Letters;
  struct Undo {
    uint64_t sequence = 0;
    signal::RowColumns* columns = nullptr;
    int64_t rows_before = 0;
  };
  /// Null where dead letters are not kept.
  signal::DeadLetterRows* DeadLettersOf(const signal::TableSet& tables);

  const uint32_t writer_;
  const signal::RowColumnsFactory new_columns_;
  std::map<TableKey, std::unique_ptr<signal::SignalRows>> rows_;
  std::map<signal::TableSet, std::unique_ptr<signal::DeadLetterRows>> dead_letters_;
  std::vector<Undo> appends_;  // Since the last Mark.
  uint64_t last_sequence_ = 0, marked_sequence_ = 0;
};

}  // namespace weir::buffer
