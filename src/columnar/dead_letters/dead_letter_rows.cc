// SPDX-License-Identifier: Apache-2.0
#include "columnar/dead_letters/dead_letter_rows.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/ids.h"
#include "columnar/column/columns.h"
#include "columnar/column/leaves.h"
#include "columnar/column/record_id.h"
#include "columnar/column/row_order.h"
#include "columnar/column/slots.h"
#include "columnar/metrics.h"
#include "columnar/row_frame.h"
#include "signal/published_table.h"

namespace weir::columnar {
namespace {

using signal::Leaf;
using signal::LeafKind;
using signal::LeafPage;

constexpr int64_t kDayNanos = 86'400'000'000'000;
// What a letter takes beside its original and its detail, about.
constexpr int64_t kLetterBytes = 64;

std::string_view NameOf(signal::Encoding encoding) {
  return encoding == signal::Encoding::kJson ? "json" : "protobuf";
}

/// Bytes that are no text, one value a row. One thread.
class BytesColumn {
 public:
  void Add(std::string_view value) {
    bytes_ += value;
    ends_.push_back(static_cast<int32_t>(bytes_.size()));
  }
  void Truncate(int64_t rows) {
    ends_.resize(static_cast<size_t>(rows) + 1);
    bytes_.resize(ends_.back());
  }
  int64_t byte_size() const {
    return static_cast<int64_t>(bytes_.capacity() + ends_.capacity() * sizeof(int32_t));
  }
  std::string_view at(int32_t row) const { return table().at(row); }
  Status WriteTo(const LeafTarget& out) const {
    Leaf leaf{.kind = LeafKind::kText};
    leaf.texts = table();
    leaf.fill = [&](int64_t begin, int64_t end, LeafPage& page) {
      const auto& rows = out.slots.positions;
      page.ints.assign(rows.begin() + begin, rows.begin() + end);
    };
    return out.sink.Add(leaf);
  }

 private:
  signal::TextTable table() const { return {bytes_.data(), ends_}; }

  std::string bytes_;
  std::vector<int32_t> ends_ = {0};
};

class Rows final : public signal::DeadLetterRows {
 public:
  explicit Rows(const DeadLetterLimits& limits) : limits_(limits) {}

  bool Add(const signal::DeadLetter& letter, const Origin& origin) override;
  bool is_full() const override { return is_full_; }

  int64_t num_rows() const override { return static_cast<int64_t>(times_us_.size()); }
  int64_t byte_size() const override;
  void Truncate(int64_t rows) override;
  std::shared_ptr<arrow::Schema> schema() const override {
    return signal::Published(signal::Table::kDeadLetters).schema;
  }
  std::vector<signal::DayRows> SortIntoDays() override {
    return columnar::SortIntoDays({dates_, std::vector<int32_t>(dates_.size(), 0), times_us_});
  }
  std::shared_ptr<arrow::RecordBatch> Gather(std::span<const int32_t> rows) override;
  Status WriteTo(std::span<const int32_t> rows, signal::LeafSink& sink) override;

 private:
  Status WriteIdentityTo(const LeafTarget& out) const;
  std::vector<TextColumn*> Texts() {
    return {&signal_, &target_table_, &reason_, &detail_, &source_, &encoding_, &compression_};
  }

  const DeadLetterLimits limits_;
  bool is_full_ = false;
  int64_t kept_bytes_ = 0;
  std::string record_ids_;  // kRecordIdBytes each.
  std::vector<int64_t> times_us_;
  std::vector<int32_t> dates_;
  TextColumn service_name_, signal_, target_table_, reason_, detail_, source_, encoding_,
      compression_;
  BytesColumn original_;
  NumberColumn<uint8_t> is_cut_;
};

bool Rows::Add(const signal::DeadLetter& letter, const Origin& origin) {
  const std::string_view original = letter.original.substr(0, limits_.original_bytes_max);
  const auto bytes = static_cast<int64_t>(original.size() + letter.detail.size()) + kLetterBytes;
  if (!is_full_ && kept_bytes_ + bytes > limits_.bytes_max) {
    is_full_ = true;
    kDeadLettersFull.With().Add();
  }
  if (is_full_) return false;
  kDeadLetters.With({std::string(Name(letter.signal)), std::string(letter.reason)}).Add();
  kept_bytes_ += bytes;
  const int64_t row = num_rows();
  char id[kRecordIdBytes];
  PutRecordId(origin.request, origin.ordinal, id);
  record_ids_.append(id, sizeof id);
  times_us_.push_back(origin.received_unix_nano / 1000);
  dates_.push_back(static_cast<int32_t>(origin.received_unix_nano / kDayNanos));
  service_name_.SetUnlessEmpty(row, letter.service_name);
  signal_.Set(row, Name(letter.signal));
  target_table_.Set(row, origin.target_table);
  reason_.Set(row, letter.reason);
  if (!detail_.Set(row, letter.detail)) detail_.Set(row, "what was wrong is not UTF-8");
  source_.SetUnlessEmpty(row, origin.source);
  encoding_.Set(row, NameOf(letter.encoding));
  compression_.Set(row, CompressionName(letter.compression));
  original_.Add(original);
  is_cut_.Set(row, letter.is_cut || original.size() < letter.original.size());
  return true;
}

void Rows::Truncate(int64_t rows) {
  // Room that was taken stays taken until the flush: what may be kept of it is a limit, no promise.
  record_ids_.resize(static_cast<size_t>(rows) * kRecordIdBytes);
  times_us_.resize(rows);
  dates_.resize(rows);
  service_name_.Truncate(rows);
  for (TextColumn* column : Texts()) column->Truncate(rows);
  original_.Truncate(rows);
  is_cut_.Truncate(rows);
}

int64_t Rows::byte_size() const {
  return num_rows() * kLetterBytes + kept_bytes_ + original_.byte_size();
}

std::shared_ptr<arrow::RecordBatch> Rows::Gather(std::span<const int32_t> rows) {
  arrow::StringBuilder ids;
  arrow::TimestampBuilder times(schema()->GetFieldByName("time")->type(),
                                arrow::default_memory_pool());
  arrow::Date32Builder dates;
  arrow::BinaryBuilder originals;
  for (const int32_t row : rows) {
    const bool is_appended =
        ids.Append(HexEncode({record_ids_.data() + row * kRecordIdBytes, kRecordIdBytes})).ok() &&
        times.Append(times_us_[row]).ok() && dates.Append(dates_[row]).ok() &&
        originals.Append(original_.at(row)).ok();
    if (!is_appended) return nullptr;
  }
  std::vector<std::shared_ptr<arrow::Array>> columns = {
      ids.Finish().ValueOrDie(), times.Finish().ValueOrDie(), dates.Finish().ValueOrDie(),
      service_name_.Gather(rows)};
  for (const TextColumn* column : Texts()) columns.push_back(column->Gather(rows));
  columns.push_back(originals.Finish().ValueOrDie());
  columns.push_back(is_cut_.Gather(rows, arrow::boolean()));
  return MakeBatch(*schema(), std::move(columns));
}

Status Rows::WriteTo(std::span<const int32_t> rows, signal::LeafSink& sink) {
  const Slots slots = RowSlots(rows, num_rows());
  LeafScratch scratch;
  const LeafTarget out{sink, slots, scratch};
  TRY(WriteIdentityTo(out));
  TRY(service_name_.WriteTo(out));
  for (const TextColumn* column : Texts()) TRY(column->WriteTo(out));
  TRY(original_.WriteTo(out));
  return is_cut_.WriteTo(out);
}

Status Rows::WriteIdentityTo(const LeafTarget& out) const {
  const std::vector<int32_t>& rows = out.slots.positions;
  Leaf id{.kind = LeafKind::kHexId, .id_bytes = kRecordIdBytes, .shares_prefixes = true};
  id.fill = [&](int64_t begin, int64_t end, LeafPage& page) {
    for (int64_t i = begin; i < end; ++i) {
      page.bytes.append(record_ids_, static_cast<size_t>(rows[i]) * kRecordIdBytes, kRecordIdBytes);
    }
  };
  TRY(out.sink.Add(id));
  TRY(AddNumbers(out, times_us_));
  return AddNumbers(out, dates_);
}

}  // namespace

std::unique_ptr<signal::DeadLetterRows> NewDeadLetterRows(const DeadLetterLimits& limits) {
  return std::make_unique<Rows>(limits);
}

}  // namespace weir::columnar
