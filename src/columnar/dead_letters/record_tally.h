// SPDX-License-Identifier: Apache-2.0
#pragma once
// What became of a request's records: counted for the answer, the refused ones kept as dead
// letters.

#include <cstdint>
#include <string_view>

#include "columnar/record_error.h"
#include "columnar/row_frame.h"
#include "signal/dead_letter.h"

namespace weir::columnar {

/// Of one request. One thread.
class RecordTally {
 public:
  struct Options {
    signal::Signal signal = signal::Signal::kTraces;
    signal::Encoding encoding = signal::Encoding::kProtobuf;  // In which the request came.
    size_t original_bytes_max = 0;                            // Of a letter.
  };
  RecordTally(const Options& options, const RowFrame& frame, signal::DeadLetters& letters)
      : options_(options), frame_(frame), letters_(letters) {}

  void Accept() { ++outcome_.accepted; }
  /// `item`: what is counted, as the sender is told. `wire`: of the record, or of the part of it
  /// that is refused, as a message of the record's kind; it counts as `rows`.
  void Refuse(std::string_view item, const RecordError& error, const RowFrame::Record& record,
              std::string_view wire, int64_t rows = 1);
  /// True where `wire` is what the JSON reader leaves of a record that it can't read.
  bool IsJson(std::string_view wire) const;
  /// Whether what is refused now would be kept; where not, `wire` need not be made.
  bool wants_letters() const { return letters_.HasRoom(); }

  const signal::ExportOutcome& outcome() const { return outcome_; }

 private:
  void Keep(const RecordError& error, const RowFrame::Record& record, std::string_view wire);

  const Options options_;
  const RowFrame& frame_;
  signal::DeadLetters& letters_;
  signal::ExportOutcome outcome_;
};

}  // namespace weir::columnar
