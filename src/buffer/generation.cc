// SPDX-License-Identifier: Apache-2.0
#include "buffer/generation.h"

#include "base/check.h"

namespace weir::buffer {

/// Where the letters of one request go.
class Generation::Letters final : public signal::DeadLetters {
 public:
  Letters(signal::DeadLetterRows* rows, const signal::ExportRequest& request,
          signal::RowOrigin origin)
      : rows_(rows),
        rows_before_(rows == nullptr ? 0 : rows->num_rows()),
        target_table_(rows == nullptr
                          ? ""
                          : signal::TableName(request.tables, signal::TableOf(request.signal))),
        origin_{.request = origin,
                .received_unix_nano = request.received_unix_nano,
                .source = request.source,
                .target_table = target_table_} {}

  bool HasRoom() const override { return rows_ != nullptr && !rows_->is_full(); }
  void Add(const signal::DeadLetter& letter) override {
    if (HasRoom() && rows_->Add(letter, origin_)) ++origin_.ordinal;
  }
  bool has_rows() const { return origin_.ordinal > 0; }
  void Forget() {
    if (has_rows()) rows_->Truncate(rows_before_);
    origin_.ordinal = 0;
  }
  Undo undo() const { return {origin_.request.sequence, rows_, rows_before_}; }

 private:
  signal::DeadLetterRows* const rows_;
  const int64_t rows_before_;
  const std::string target_table_;
  signal::DeadLetterRows::Origin origin_;
};

Result<Generation::Appended> Generation::Append(const signal::ExportRequest& request,
                                                uint64_t sequence) {
  CHECK(sequence > last_sequence_);
  auto& columns = rows_[{request.tables, signal::TableOf(request.signal)}];
  if (columns == nullptr) columns = new_columns_.signal_rows(request.signal);
  const int64_t rows_before = columns->num_rows();
  const signal::RowOrigin origin{.writer = writer_, .sequence = sequence};
  Letters letters(DeadLettersOf(request.tables), request, origin);
  Result<signal::ExportOutcome> outcome = columns->Append(request, origin, letters);
  if (!outcome.ok()) {
    letters.Forget();
    return outcome.status();
  }
  appends_.push_back({sequence, columns.get(), rows_before});
  if (letters.has_rows()) appends_.push_back(letters.undo());
  last_sequence_ = sequence;
  const bool has_rows = outcome->accepted > 0 || letters.has_rows();
  return Appended{*std::move(outcome), has_rows};
}

bool Generation::AddRefused(const signal::ExportRequest& request, uint64_t sequence,
                            std::string_view detail, bool is_cut) {
  CHECK(sequence > last_sequence_);
  Letters letters(DeadLettersOf(request.tables), request, {writer_, sequence});
  letters.Add({.signal = request.signal,
               .reason = signal::kInvalidRequest,
               .detail = detail,
               .encoding = request.encoding,
               .compression = request.compression,
               .original = request.body,
               .is_cut = is_cut});
  if (!letters.has_rows()) return false;
  appends_.push_back(letters.undo());
  last_sequence_ = sequence;
  return true;
}

signal::DeadLetterRows* Generation::DeadLettersOf(const signal::TableSet& tables) {
  if (!new_columns_.dead_letters) return nullptr;
  auto& rows = dead_letters_[tables];
  if (rows == nullptr) rows = new_columns_.dead_letters();
  return rows.get();
}

void Generation::ForgetAfter(uint64_t sequence) {
  while (!appends_.empty() && appends_.back().sequence > sequence) {
    appends_.back().columns->Truncate(appends_.back().rows_before);
    appends_.pop_back();
  }
  // Were the forgotten numbers committed, a replay would pass over frames of theirs that could not
  // be cut off, and whose requests are known as taken then.
  last_sequence_ = appends_.empty() ? marked_sequence_ : appends_.back().sequence;
}

int64_t Generation::num_rows() const {
  int64_t rows = 0;
  for (const auto& [key, columns] : rows_) rows += columns->num_rows();
  for (const auto& [key, columns] : dead_letters_) rows += columns->num_rows();
  return rows;
}

int64_t Generation::byte_size() const {
  int64_t bytes = 0;
  for (const auto& [key, columns] : rows_) bytes += columns->byte_size();
  for (const auto& [key, columns] : dead_letters_) bytes += columns->byte_size();
  return bytes;
}

std::vector<Generation::TableRows> Generation::TakeTables() {
  std::vector<TableRows> tables;
  for (auto& [key, columns] : rows_) {
    // Here, and not while they are gathered: what is forgotten before it is sealed is in no index.
    std::unique_ptr<signal::RowColumns> index = columns->TraceIndex();
    tables.push_back({key, std::move(columns)});
    if (index != nullptr) {
      tables.push_back({{key.tables, signal::Table::kTraceIndex}, std::move(index)});
    }
  }
  for (auto& [key, columns] : dead_letters_) {
    tables.push_back({{key, signal::Table::kDeadLetters}, std::move(columns)});
  }
  rows_.clear();
  dead_letters_.clear();
  return tables;
}

}  // namespace weir::buffer
