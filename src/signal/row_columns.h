// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows under construction, as the stages between decoder and file see them.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "signal/dead_letter.h"
#include "signal/export_request.h"
#include "signal/leaf_column.h"

namespace weir::signal {

/// Where a request's rows come from; makes their record_id the same again after a replay.
struct RowOrigin {
  uint32_t writer = 0;    // One journal's number, unique in the catalog.
  uint64_t sequence = 0;  // The request's number in that journal, from 1.
};

/// Rows of one day in file order: the partition value, and the rows' numbers.
struct DayRows {
  int32_t date = 0;  // Days since the epoch, UTC.
  std::vector<int32_t> rows;
};

/// The rows of one table between two flushes. One thread.
class RowColumns {
 public:
  virtual ~RowColumns() = default;

  virtual int64_t num_rows() const = 0;
  /// Memory in use, about.
  virtual int64_t byte_size() const = 0;
  /// Forgets the rows from `num_rows` on.
  virtual void Truncate(int64_t num_rows) = 0;

  /// The table's columns, as they leave.
  virtual std::shared_ptr<arrow::Schema> schema() const = 0;
  /// All rows by day, earliest first, each day in the table's file order. To be called before the
  /// first Gather.
  virtual std::vector<DayRows> SortIntoDays() = 0;
  /// The columns of those rows, in that order, as the table's schema has them (texts plain or
  /// dictionary-encoded, the same way in every call). They are views of the rows: nothing can be
  /// appended while they are in use.
  virtual std::shared_ptr<arrow::RecordBatch> Gather(std::span<const int32_t> rows) = 0;
  /// The same columns, leaf by leaf in the schema's order: how rows become a row group of a file.
  virtual Status WriteTo(std::span<const int32_t> rows, LeafSink& sink) = 0;
};

/// Those of a signal's table.
class SignalRows : public RowColumns {
 public:
  /// Decodes `request` and appends its rows. A record that can't be kept is left out, counted as
  /// rejected and told to `dead_letters`. Errors: kBadRequest when the request as a whole can't be
  /// read; no row of it is kept then.
  virtual Result<ExportOutcome> Append(const ExportRequest& request, RowOrigin origin,
                                       DeadLetters& dead_letters) = 0;
  /// The rows of the trace index that follow from these: one a trace and day. Null where none do.
  virtual std::unique_ptr<RowColumns> TraceIndex() const = 0;
};

/// Those of the dead letters.
class DeadLetterRows : public RowColumns {
 public:
  /// Where a letter comes from: its request, in which it is the one of that number.
  struct Origin {
    RowOrigin request;
    int32_t ordinal = 0;
    int64_t received_unix_nano = 0;
    std::string_view source;
    std::string_view target_table;
  };
  /// Appends a row, its original cut where it is long. False, and nothing kept, where the letters
  /// of this flush have no room for more.
  virtual bool Add(const DeadLetter& letter, const Origin& origin) = 0;
  /// True from the first letter on that there was no room for.
  virtual bool is_full() const = 0;
};

/// What makes the rows of a new flush.
struct RowColumnsFactory {
  std::function<std::unique_ptr<SignalRows>(Signal)> signal_rows;
  std::function<std::unique_ptr<DeadLetterRows>()> dead_letters;  // None: they are not kept.
};

}  // namespace weir::signal
