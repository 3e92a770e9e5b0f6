// SPDX-License-Identifier: Apache-2.0
#pragma once
// Acknowledged rows that are in no table yet, as the stage that reads sees them.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/guarded.h"
#include "base/result.h"
#include "signal/export_request.h"
#include "signal/published_table.h"
#include "signal/row_columns.h"

namespace weir::signal {

/// Some rows of one table; never more or less of them. Any thread.
class TailRows {
 public:
  explicit TailRows(std::unique_ptr<RowColumns> rows)
      : num_rows_(rows->num_rows()), rows_(std::move(rows)) {}

  /// Of these rows alone, in this process.
  uint64_t id() const { return id_; }
  int64_t num_rows() const { return num_rows_; }
  /// Calls `read` while nobody else reads them.
  Status Read(const std::function<Status(RowColumns&)>& read) {
    auto rows = rows_.Lock();
    return read(**rows);
  }

 private:
  static uint64_t NewId() {
    static std::atomic<uint64_t> last{0};
    return ++last;
  }

  const uint64_t id_ = NewId();
  const int64_t num_rows_;
  Guarded<std::unique_ptr<RowColumns>> rows_;
};

/// The tail of all journals at one moment. One thread.
class TailView {
 public:
  virtual ~TailView() = default;

  /// The journals that may have rows.
  virtual std::vector<uint32_t> writers() const = 0;
  /// Requests of `writer` up to `sequence` are in the tables: their rows are no part of the tail
  /// any more.
  virtual void LeaveOut(uint32_t writer, uint64_t sequence) = 0;
  /// All rows of a table that are left. Errors: kInternal.
  virtual Result<std::vector<std::shared_ptr<TailRows>>> RowsOf(const TableSet& tables,
                                                                Table table) = 0;
};

/// Any thread.
class Tail {
 public:
  virtual ~Tail() = default;

  /// What was acknowledged before the call and is in no table, all of it; perhaps some that came
  /// since, and some that is in tables by now: whoever reads both asks the catalog afterwards how
  /// far the tables are, and leaves that out. A request's rows are all there, or none. Errors:
  /// kRetryLater where they are more than may be copied.
  virtual Result<std::unique_ptr<TailView>> Take() = 0;
};

}  // namespace weir::signal
