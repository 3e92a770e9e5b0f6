// SPDX-License-Identifier: Apache-2.0
#include "columnar/row_frame.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>
#include <chrono>

#include "base/check.h"
#include "base/ids.h"
#include "columnar/column/record_id.h"
#include "columnar/wire/pieces.h"
#include "columnar/wire/wire_reader.h"

namespace weir::columnar {
namespace {

using enum WireType;

constexpr int64_t kDayUs = 86'400'000'000;
constexpr int64_t kDayNanos = kDayUs * 1000;
constexpr int kRecordIdDigits = 2 * kRecordIdBytes;

int64_t FloorDivide(int64_t value, int64_t by) {
  return value / by - (value % by != 0 && value < 0 ? 1 : 0);
}

int32_t PartitionDate(int64_t time_us, int64_t received_unix_nano) {
  const auto date = static_cast<int32_t>(FloorDivide(time_us, kDayUs));
  const auto today = static_cast<int32_t>(FloorDivide(received_unix_nano, kDayNanos));
  if (date < today - kPartitionDaysBack) return 0;
  return std::min(date, today + kPartitionDaysAhead);
}

Status Malformed(std::string_view what) {
  return Error(ErrorKind::kBadRequest, std::string("malformed protobuf in ").append(what));
}

/// Looks for the origin in a Resource… or Scope… message, whose fields have the same numbers,
/// before any record in it is decoded: fields may come in any order. `joined` keeps what `message`
/// may point at. False on malformed bytes.
bool ReadOrigin(std::string_view wire, OriginMessage& message, std::string& joined) {
  WireReader reader(wire);
  while (reader.Next()) {
    if (reader.tag() == Tag(1, kBytes)) Merge(message.wire, reader.bytes(), joined);
    if (reader.tag() == Tag(3, kBytes)) message.schema_url = reader.bytes();
  }
  return reader.ok();
}

}  // namespace

Status RowFrame::Walk(std::string_view request_wire, const OnRecord& on_record) {
  WireReader reader(request_wire);
  while (reader.Next()) {
    if (reader.tag() == Tag(1, kBytes)) TRY(WalkResource(reader.bytes(), on_record));
  }
  return reader.ok() ? Status::OK() : Malformed("the request");
}

Status RowFrame::WalkResource(std::string_view wire, const OnRecord& on_record) {
  OriginMessage message;
  std::string joined;
  if (!ReadOrigin(wire, message, joined)) return Malformed("a resource");
  const OriginRef resource = resources_.Intern(message);
  const Record record{
      .resource = resource.ordinal, .origin_error = resource.error, .resource_message = &message};
  WireReader reader(wire);
  while (reader.Next()) {
    if (reader.tag() == Tag(2, kBytes)) TRY(WalkScope(reader.bytes(), record, on_record));
  }
  return Status::OK();
}

Status RowFrame::WalkScope(std::string_view wire, Record record, const OnRecord& on_record) {
  OriginMessage message;
  std::string joined;
  if (!ReadOrigin(wire, message, joined)) return Malformed("a scope");
  const OriginRef scope = scopes_.Intern(message);
  record.scope = scope.ordinal;
  record.scope_message = &message;
  if (record.origin_error == DecodeError::kNone) record.origin_error = scope.error;
  WireReader reader(wire);
  while (reader.Next()) {
    if (reader.tag() != Tag(2, kBytes)) continue;
    record.wire = reader.bytes();
    on_record(record);
  }
  return Status::OK();
}

void RowFrame::BeginRequest(signal::RowOrigin origin, int64_t received_unix_nano) {
  requests_.push_back({num_rows(), origin});
  received_unix_nano_ = received_unix_nano;
}

void RowFrame::AddRow(const Record& record, int64_t time_unix_nano) {
  resource_.push_back(record.resource);
  scope_.push_back(record.scope);
  time_us_.push_back(FloorDivide(time_unix_nano, 1000));
  dates_.push_back(PartitionDate(time_us_.back(), received_unix_nano_));
}

void RowFrame::Truncate(int64_t rows) {
  if (rows >= num_rows()) return;
  resource_.resize(rows);
  scope_.resize(rows);
  time_us_.resize(rows);
  dates_.resize(rows);
  // The search for a row's request needs them ascending.
  std::erase_if(requests_, [&](const RequestRun& run) { return run.first_row > rows; });
}

int64_t RowFrame::byte_size() const {
  return static_cast<int64_t>(time_us_.capacity() * (sizeof(int64_t) + 3 * sizeof(int32_t))) +
         static_cast<int64_t>(requests_.capacity() * sizeof(RequestRun)) + resources_.byte_size() +
         scopes_.byte_size();
}

RowOrder RowFrame::OrderByServiceAndTime() const {
  const std::vector<int32_t> ranks = RankTexts(
      resources_.size(), [&](int32_t ordinal) { return resources_.service_name(ordinal); });
  RowOrder order{dates_, std::vector<int32_t>(resource_.size()), time_us_};
  for (size_t row = 0; row < resource_.size(); ++row) order.ranks[row] = ranks[resource_[row]];
  return order;
}

std::shared_ptr<arrow::Array> RowFrame::GatherRecordId(Positions order) const {
  // Row → request is a search among runs; neighbours in `order` are often of one request.
  const int64_t length = static_cast<int64_t>(order.size());
  std::shared_ptr<arrow::Buffer> offsets = arrow::AllocateBuffer((length + 1) * 4).ValueOrDie();
  std::shared_ptr<arrow::Buffer> bytes =
      arrow::AllocateBuffer(length * kRecordIdDigits).ValueOrDie();
  auto* ends = reinterpret_cast<int32_t*>(offsets->mutable_data());
  char* out = reinterpret_cast<char*>(bytes->mutable_data());
  for (int64_t i = 0; i <= length; ++i) ends[i] = static_cast<int32_t>(i * kRecordIdDigits);
  for (int32_t row : order) {
    const auto after = std::ranges::upper_bound(requests_, row, {}, &RequestRun::first_row);
    const RequestRun& run = *std::prev(after);
    char id[kRecordIdBytes];
    PutRecordId(run.origin, row - run.first_row, id);
    HexEncode({id, sizeof id}, out);
    out += kRecordIdDigits;
  }
  return std::make_shared<arrow::StringArray>(length, offsets, bytes);
}

std::vector<int32_t> RowFrame::Pick(const std::vector<int32_t>& ordinals, Positions order) const {
  std::vector<int32_t> picked(order.size());
  std::ranges::transform(order, picked.begin(), [&](int32_t row) { return ordinals[row]; });
  return picked;
}

void RowFrame::GatherIdentityTo(Positions order, std::vector<std::shared_ptr<arrow::Array>>& out) {
  const int64_t length = static_cast<int64_t>(order.size());
  std::shared_ptr<arrow::Buffer> times = arrow::AllocateBuffer(length * 8).ValueOrDie();
  std::shared_ptr<arrow::Buffer> dates = arrow::AllocateBuffer(length * 4).ValueOrDie();
  for (int64_t i = 0; i < length; ++i) {
    reinterpret_cast<int64_t*>(times->mutable_data())[i] = time_us_[order[i]];
    reinterpret_cast<int32_t*>(dates->mutable_data())[i] = dates_[order[i]];
  }
  out.push_back(GatherRecordId(order));
  out.push_back(std::make_shared<arrow::TimestampArray>(
      arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), length, times));
  out.push_back(std::make_shared<arrow::Date32Array>(length, dates));
  out.push_back(resources_.GatherServiceName(Pick(resource_, order)));
}

void RowFrame::GatherPromotedTo(Positions order, std::vector<std::shared_ptr<arrow::Array>>& out) {
  resources_.GatherPromotedTo(Pick(resource_, order), out);
}

void RowFrame::GatherOriginTo(Positions order, const arrow::Schema& schema,
                              std::vector<std::shared_ptr<arrow::Array>>& out) {
  const std::vector<int32_t> resources = Pick(resource_, order);
  const std::vector<int32_t> scopes = Pick(scope_, order);
  out.push_back(resources_.GatherStruct(resources, *schema.GetFieldByName("resource")));
  out.push_back(resources_.GatherSchemaUrl(resources));
  out.push_back(scopes_.GatherStruct(scopes, *schema.GetFieldByName("instrumentation_scope")));
  out.push_back(scopes_.GatherSchemaUrl(scopes));
}

std::shared_ptr<arrow::RecordBatch> MakeBatch(const arrow::Schema& schema,
                                              std::vector<std::shared_ptr<arrow::Array>> columns) {
  CHECK(static_cast<int>(columns.size()) == schema.num_fields());
  arrow::FieldVector fields;
  for (int i = 0; i < schema.num_fields(); ++i) {
    fields.push_back(schema.field(i)->WithType(columns[i]->type()));
  }
  const int64_t rows = columns.front()->length();
  return arrow::RecordBatch::Make(arrow::schema(fields), rows, std::move(columns));
}

}  // namespace weir::columnar
