// SPDX-License-Identifier: Apache-2.0
#pragma once
// What rows of every table have in common: who sent them, when they happened, in which request they
// came.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "columnar/column/row_order.h"
#include "columnar/column/slots.h"
#include "columnar/origin_columns.h"
#include "signal/row_columns.h"

namespace weir::columnar {

// A start-up time of 1970 or a clock gone wild must not open a partition of its own for every day
// between 1970 and 2262: rows older than this are filed under 1970-01-01, rows from the future
// under the last day allowed.
inline constexpr int32_t kPartitionDaysBack = 3660;
inline constexpr int32_t kPartitionDaysAhead = 2;

/// One thread.
class RowFrame {
 public:
  explicit RowFrame(const DecodeLimits& limits) : resources_(limits), scopes_(limits) {}

  /// Called for each record: its wire bytes, and why its resource or scope can't be kept (kNone
  /// where they can). Appends one row or more, or says why not.
  struct Record {
    std::string_view wire;
    int32_t resource = 0;
    int32_t scope = 0;
    DecodeError origin_error = DecodeError::kNone;
    const OriginMessage* resource_message = nullptr;
    const OriginMessage* scope_message = nullptr;
  };
  using OnRecord = std::function<void(const Record&)>;

  /// Walks the request, resource by resource and scope by scope.
  /// Errors: kBadRequest where the envelope around the records is malformed.
  Status Walk(std::string_view request_wire, const OnRecord& on_record);

  /// The rows that follow are of this request.
  void BeginRequest(signal::RowOrigin origin, int64_t received_unix_nano);
  void AddRow(const Record& record, int64_t time_unix_nano);
  int64_t num_rows() const { return static_cast<int64_t>(time_us_.size()); }
  void Truncate(int64_t rows);
  int64_t byte_size() const;

  /// Empty where the resource has none, or can't be kept.
  std::string_view service_name(const Record& record) const {
    return record.origin_error == DecodeError::kNone ? resources_.service_name(record.resource)
                                                     : std::string_view();
  }
  std::string_view service_name(int64_t row) const {
    return resources_.service_name(resource_[row]);
  }
  int64_t received_unix_nano() const { return received_unix_nano_; }
  uint64_t origin_hash(const Record& record) const {
    return resources_.hash(record.resource) * 31 + scopes_.hash(record.scope);
  }
  std::span<const int64_t> times_us() const { return time_us_; }
  std::span<const int32_t> dates() const { return dates_; }

  /// By (service_name, time); rows without a service name come first.
  RowOrder OrderByServiceAndTime() const;

  /// record_id, time, date, service_name: the columns that every table starts with.
  void GatherIdentityTo(Positions order, std::vector<std::shared_ptr<arrow::Array>>& out);
  void GatherPromotedTo(Positions order, std::vector<std::shared_ptr<arrow::Array>>& out);
  /// resource, resource_schema_url, instrumentation_scope, …_schema_url: those that it ends with.
  void GatherOriginTo(Positions order, const arrow::Schema& schema,
                      std::vector<std::shared_ptr<arrow::Array>>& out);

  /// The resources and scopes of rows.
  struct OriginSlots {
    Slots resources, scopes;
  };
  OriginSlots FindOrigins(Positions order) const;
  // The leaves of the same columns.
  Status WriteIdentityTo(const LeafTarget& out, const OriginSlots& origins) const;
  Status WritePromotedTo(const LeafTarget& out, const OriginSlots& origins) const;
  Status WriteOriginTo(const LeafTarget& out, const OriginSlots& origins) const;

 private:
  struct RequestRun {
    int64_t first_row = 0;
    signal::RowOrigin origin;
  };
  Status WalkResource(std::string_view wire, const OnRecord& on_record);
  Status WalkScope(std::string_view wire, Record record, const OnRecord& on_record);
  std::shared_ptr<arrow::Array> GatherRecordId(Positions order) const;
  Status WriteRecordId(const LeafTarget& out) const;
  std::vector<int32_t> Pick(const std::vector<int32_t>& ordinals, Positions order) const;

  ResourceColumns resources_;
  ScopeColumns scopes_;
  std::vector<RequestRun> requests_;
  std::vector<int32_t> resource_, scope_, dates_;  // One a row.
  std::vector<int64_t> time_us_;
  int64_t received_unix_nano_ = 0;
};

/// The record batch of `columns` in the order of `schema`, whose names and field ids it keeps; text
/// columns may be dictionary-encoded.
std::shared_ptr<arrow::RecordBatch> MakeBatch(const arrow::Schema& schema,
                                              std::vector<std::shared_ptr<arrow::Array>> columns);

}  // namespace weir::columnar
