// SPDX-License-Identifier: Apache-2.0
#include "buffer/generation.h"

#include "base/check.h"

namespace weir::buffer {

Result<signal::ExportOutcome> Generation::Append(const signal::ExportRequest& request,
                                                 uint64_t sequence) {
  CHECK(sequence > last_sequence_);
  auto& columns = tables_[{request.tables, request.signal}];
  if (columns == nullptr) columns = new_columns_(request.signal);
  const int64_t rows_before = columns->num_rows();
  const auto outcome = TRY(columns->Append(request, {.writer = writer_, .sequence = sequence}));
  appends_.push_back({sequence, columns.get(), rows_before});
  last_sequence_ = sequence;
  return outcome;
}

void Generation::ForgetAfter(uint64_t sequence) {
  while (!appends_.empty() && appends_.back().sequence > sequence) {
    appends_.back().columns->Truncate(appends_.back().rows_before);
    appends_.pop_back();
  }
  // The numbers stay used: a forgotten request's number never comes back with other rows.
}

int64_t Generation::num_rows() const {
  int64_t rows = 0;
  for (const auto& [key, columns] : tables_) rows += columns->num_rows();
  return rows;
}

int64_t Generation::byte_size() const {
  int64_t bytes = 0;
  for (const auto& [key, columns] : tables_) bytes += columns->byte_size();
  return bytes;
}

}  // namespace weir::buffer
