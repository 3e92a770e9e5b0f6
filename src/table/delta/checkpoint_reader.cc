// SPDX-License-Identifier: Apache-2.0
#include <arrow/array.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <arrow/util/checked_cast.h>
#include <fmt/format.h>

#include <utility>

#include "datafile/plain_table.h"
#include "table/delta/checkpoint.h"
#include "table/delta/checkpoint_schema.h"
#include "table/delta/entry_reader.h"

namespace weir::table::delta {
namespace {

using arrow::internal::checked_cast;

/// The members of one action, in the schema's order. Those that are null are empty.
class Members {
 public:
  Members(const arrow::StructArray& actions, int64_t row) : actions_(actions), row_(row) {}

  std::string Text() {
    const auto& texts = Next<arrow::StringArray>();
    return texts.IsNull(row_) ? "" : texts.GetString(row_);
  }
  int64_t Number() { return ValueOf(Next<arrow::Int64Array>()); }
  int64_t Int() { return ValueOf(Next<arrow::Int32Array>()); }
  void Skip() { ++next_; }
  bool HasNext() const { return next_ < actions_.num_fields(); }
  std::vector<std::string> Texts() {
    const auto& lists = Next<arrow::ListArray>();
    std::vector<std::string> out;
    if (lists.IsNull(row_)) return out;
    const auto& texts = checked_cast<const arrow::StringArray&>(*lists.values());
    for (int64_t i = lists.value_offset(row_); i < lists.value_offset(row_ + 1); ++i) {
      out.push_back(texts.GetString(i));
    }
    return out;
  }
  std::map<std::string, std::string> TextMap() {
    const auto& maps = Next<arrow::MapArray>();
    std::map<std::string, std::string> out;
    if (maps.IsNull(row_)) return out;
    const auto& keys = checked_cast<const arrow::StringArray&>(*maps.keys());
    const auto& values = checked_cast<const arrow::StringArray&>(*maps.items());
    for (int64_t i = maps.value_offset(row_); i < maps.value_offset(row_ + 1); ++i) {
      if (values.IsValid(i)) out[keys.GetString(i)] = values.GetString(i);
    }
    return out;
  }

 private:
  template <typename Array>
  const Array& Next() {
    return checked_cast<const Array&>(*actions_.field(next_++));
  }
  template <typename Array>
  int64_t ValueOf(const Array& numbers) const {
    return numbers.IsNull(row_) ? 0 : numbers.Value(row_);
  }

  const arrow::StructArray& actions_;
  const int64_t row_;
  int next_ = 0;
};

Status ReadTransaction(Members in, Snapshot& snapshot) {
  Transaction& transaction = snapshot.transactions[in.Text()];
  transaction.version = in.Number();
  transaction.last_updated_ms = in.Number();
  return Status::OK();
}

Status ReadAdd(Members in, Snapshot& snapshot) {
  AddAction add;
  add.path = TRY(UriDecoded(in.Text()));
  add.partition_values = in.TextMap();
  add.file_bytes = in.Number();
  add.modification_ms = in.Number();
  in.Skip();
  add.statistics = in.Text();
  if (in.HasNext()) add.tags = in.TextMap();
  snapshot.files[add.path] = std::move(add);
  return Status::OK();
}

Status ReadRemove(Members in, Snapshot& snapshot) {
  RemoveAction remove;
  remove.path = TRY(UriDecoded(in.Text()));
  remove.deletion_ms = in.Number();
  in.Skip();
  in.Skip();
  remove.partition_values = in.TextMap();
  remove.file_bytes = in.Number();
  snapshot.tombstones[remove.path] = std::move(remove);
  return Status::OK();
}

Status ReadMetadata(Members in, Snapshot& snapshot) {
  TableMetadata& metadata = snapshot.metadata.emplace();
  metadata.id = in.Text();
  in.Skip();
  metadata.schema_json = in.Text();
  metadata.partition_columns = in.Texts();
  metadata.configuration = in.TextMap();
  metadata.created_ms = in.Number();
  return Status::OK();
}

Status ReadProtocol(Members in, Snapshot& snapshot) {
  Protocol& protocol = snapshot.protocol.emplace();
  protocol.reader_version = in.Int();
  protocol.writer_version = in.Int();
  protocol.reader_features = in.Texts();
  protocol.writer_features = in.Texts();
  return Status::OK();
}

/// In the order of ActionKind.
constexpr Status (*kReaders[])(Members, Snapshot&) = {ReadTransaction, ReadAdd, ReadRemove,
                                                      ReadMetadata, ReadProtocol};
static_assert(std::size(kReaders) == kActionKinds);

}  // namespace

Result<Snapshot> DecodeCheckpoint(std::string_view bytes, int64_t version) {
  const auto table = TRY(datafile::DecodePlainTable(bytes));
  const auto is = [&](const std::shared_ptr<arrow::Schema>& schema) {
    return table->schema()->Equals(*schema, /*check_metadata=*/false);
  };
  if (!is(CheckpointSchema()) && !is(CheckpointSchema(/*has_tags=*/false))) {
    return Error(ErrorKind::kBadRequest,
                 fmt::format("delta checkpoint: columns {}", table->schema()->ToString()));
  }
  Snapshot snapshot{.version = version};
  for (int kind = 0; kind < kActionKinds; ++kind) {
    for (const auto& chunk : table->column(kind)->chunks()) {
      const auto& actions = checked_cast<const arrow::StructArray&>(*chunk);
      for (int64_t row = 0; row < actions.length(); ++row) {
        if (actions.IsValid(row)) TRY(kReaders[kind](Members(actions, row), snapshot));
      }
    }
  }
  return snapshot;
}

}  // namespace weir::table::delta
