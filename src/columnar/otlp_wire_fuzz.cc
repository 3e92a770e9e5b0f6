// SPDX-License-Identifier: Apache-2.0
// Any bytes as an export request: the first byte picks signal and encoding. Whatever is kept makes
// a batch that Arrow finds sound, and forgetting a request leaves no trace of it.

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "base/check.h"
#include "columnar/column/text_dictionary.h"
#include "columnar/table_rows.h"

namespace weir::columnar {
namespace {

constexpr TableRowsOptions kOptions = {.limits = {.nesting_depth = 8, .attributes_per_record = 16},
                                       .body_bytes_max = 1 << 20};
constexpr int64_t kReceivedNanos = 1'700'000'000'000'000'000;

signal::ExportRequest RequestOf(uint8_t choice, std::string_view body) {
  signal::ExportRequest request;
  request.signal = static_cast<signal::Signal>(choice % signal::kSignalCount);
  request.encoding = choice < 0x80 ? signal::Encoding::kProtobuf : signal::Encoding::kJson;
  request.received_unix_nano = kReceivedNanos;
  request.body = body;
  return request;
}

/// All days' rows as batches, each of them checked.
arrow::RecordBatchVector GatherAll(signal::RowColumns& columns) {
  arrow::RecordBatchVector batches;
  int64_t rows = 0;
  for (const signal::DayRows& day : columns.SortIntoDays()) rows += std::ssize(day.rows);
  CHECK(rows == columns.num_rows());
  for (const signal::DayRows& day : columns.SortIntoDays()) {
    // Two slices: both must have the same schema.
    const auto all = std::span(day.rows);
    batches.push_back(columns.Gather(all.first(all.size() / 2)));
    batches.push_back(columns.Gather(all.subspan(all.size() / 2)));
    CHECK(batches.back()->schema()->Equals(*batches.front()->schema()));
  }
  for (const auto& batch : batches) {
    const Status valid = batch->ValidateFull();
    if (!valid.ok()) std::fprintf(stderr, "%s\n", valid.ToString().c_str());
    CHECK(valid.ok());
  }
  return batches;
}

void CheckOutcome(const Result<signal::ExportOutcome>& outcome, int64_t rows_added) {
  if (!outcome.ok()) {
    CHECK(KindOf(outcome.status()) == ErrorKind::kBadRequest && rows_added == 0);
    return;
  }
  CHECK(outcome->accepted == rows_added && outcome->rejected >= 0);
  CHECK((outcome->rejected > 0) == !outcome->reason.empty());
  CHECK(IsUtf8(outcome->reason));
}

/// A refused record is refused again when its letter is sent.
class SentAgain final : public signal::DeadLetters {
 public:
  bool HasRoom() const override { return true; }
  void Add(const signal::DeadLetter& letter) override {
    CHECK(IsUtf8(letter.detail) && IsUtf8(letter.service_name));
    // Where there was no room for its resource, that may have been what was wrong.
    const bool is_whole = letter.encoding == signal::Encoding::kProtobuf &&
                          letter.original.size() < kOptions.dead_letter_original_bytes / 2;
    if (!is_whole || ++sent_ > kSentMax) return;
    const auto rows = NewTableRows(letter.signal, kOptions);
    signal::NoDeadLetters none;
    const auto outcome =
        rows->Append({.signal = letter.signal, .body = std::string(letter.original)}, {1, 1}, none);
    CHECK(outcome.ok() && outcome->accepted == 0 && outcome->rejected > 0);
  }

 private:
  static constexpr int kSentMax = 4;
  int sent_ = 0;
};

void AppendTwice(const signal::ExportRequest& request) {
  SentAgain letters;
  const auto columns = NewTableRows(request.signal, kOptions);
  const auto first = columns->Append(request, {.writer = 1, .sequence = 1}, letters);
  CheckOutcome(first, columns->num_rows());
  columns->Truncate(columns->num_rows() / 2);
  const int64_t rows_before = columns->num_rows();
  const auto second = columns->Append(request, {.writer = 1, .sequence = 2}, letters);
  CheckOutcome(second, columns->num_rows() - rows_before);
  CHECK(first.ok() == second.ok());
  CHECK(columns->byte_size() > 0);
  GatherAll(*columns);
}

/// A request that was forgotten is as if it had never come.
void AppendAfterTruncate(const signal::ExportRequest& request) {
  signal::NoDeadLetters letters;
  const auto once = NewTableRows(request.signal, kOptions);
  const auto again = NewTableRows(request.signal, kOptions);
  Ignore(once->Append(request, {.writer = 1, .sequence = 2}, letters).status(),
         "checked in AppendTwice");
  Ignore(again->Append(request, {.writer = 1, .sequence = 1}, letters).status(),
         "checked in AppendTwice");
  again->Truncate(0);
  Ignore(again->Append(request, {.writer = 1, .sequence = 2}, letters).status(),
         "checked in AppendTwice");

  const auto expected = GatherAll(*once);
  const auto actual = GatherAll(*again);

  CHECK(expected.size() == actual.size());
  const auto options = arrow::EqualOptions::Defaults().nans_equal(true);
  for (size_t i = 0; i < expected.size(); ++i)
    CHECK(expected[i]->Equals(*actual[i], false, options));
}

}  // namespace
}  // namespace weir::columnar

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir::columnar;
  if (size == 0) return 0;
  const auto request = RequestOf(data[0], {reinterpret_cast<const char*>(data) + 1, size - 1});
  AppendTwice(request);
  AppendAfterTruncate(request);
  return 0;
}
