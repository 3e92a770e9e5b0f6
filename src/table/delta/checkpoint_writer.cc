// SPDX-License-Identifier: Apache-2.0
#include <arrow/builder.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <arrow/util/checked_cast.h>

#include <map>
#include <memory>
#include <vector>

#include "datafile/plain_table.h"
#include "table/delta/checkpoint.h"
#include "table/delta/checkpoint_schema.h"
#include "table/delta/log_entry.h"

namespace weir::table::delta {
namespace {

using arrow::internal::checked_cast;

/// Appends one action, member by member in the schema's order.
class Members {
 public:
  explicit Members(arrow::ArrayBuilder& builder)
      : builder_(checked_cast<arrow::StructBuilder&>(builder)) {}

  Status Begin() { return builder_.Append(); }
  Status Text(std::string_view text) { return Next<arrow::StringBuilder>().Append(text); }
  Status Number(int64_t number) { return Next<arrow::Int64Builder>().Append(number); }
  Status Int(int64_t number) {
    return Next<arrow::Int32Builder>().Append(static_cast<int32_t>(number));
  }
  Status Flag(bool flag) { return Next<arrow::BooleanBuilder>().Append(flag); }
  /// An empty list of features is none at all: with one, versions that know no features are wrong.
  Status Features(const std::vector<std::string>& features) {
    if (features.empty()) return Next<arrow::ListBuilder>().AppendNull();
    return Texts(features);
  }
  Status Texts(const std::vector<std::string>& texts) {
    auto& list = Next<arrow::ListBuilder>();
    TRY(list.Append());
    return checked_cast<arrow::StringBuilder&>(*list.value_builder()).AppendValues(texts);
  }
  Status TextMap(const std::map<std::string, std::string>& texts) {
    auto& map = Next<arrow::MapBuilder>();
    TRY(map.Append());
    for (const auto& [key, value] : texts) {
      TRY(checked_cast<arrow::StringBuilder&>(*map.key_builder()).Append(key));
      TRY(checked_cast<arrow::StringBuilder&>(*map.item_builder()).Append(value));
    }
    return Status::OK();
  }
  Members Struct() { return Members(*builder_.field_builder(next_++)); }

 private:
  template <typename Builder>
  Builder& Next() {
    return checked_cast<Builder&>(*builder_.field_builder(next_++));
  }

  arrow::StructBuilder& builder_;
  int next_ = 0;
};

Status Append(const std::string& id, const Transaction& transaction, Members out) {
  TRY(out.Begin());
  TRY(out.Text(id));
  TRY(out.Number(transaction.version));
  return out.Number(transaction.last_updated_ms);
}

Status Append(const AddAction& add, Members out) {
  TRY(out.Begin());
  TRY(out.Text(UriEncoded(add.path)));
  TRY(out.TextMap(add.partition_values));
  TRY(out.Number(add.file_bytes));
  TRY(out.Number(add.modification_ms));
  TRY(out.Flag(false));  // Whatever it was in its entry: a checkpoint changes no data.
  TRY(out.Text(add.statistics));
  return out.TextMap(add.tags);
}

Status Append(const RemoveAction& remove, Members out) {
  TRY(out.Begin());
  TRY(out.Text(UriEncoded(remove.path)));
  TRY(out.Number(remove.deletion_ms));
  TRY(out.Flag(false));
  TRY(out.Flag(true));
  TRY(out.TextMap(remove.partition_values));
  return out.Number(remove.file_bytes);
}

Status Append(const TableMetadata& metadata, Members out) {
  TRY(out.Begin());
  TRY(out.Text(metadata.id));
  Members format = out.Struct();
  TRY(format.Begin());
  TRY(format.Text("parquet"));
  TRY(format.TextMap({}));
  TRY(out.Text(metadata.schema_json));
  TRY(out.Texts(metadata.partition_columns));
  TRY(out.TextMap(metadata.configuration));
  return out.Number(metadata.created_ms);
}

Status Append(const Protocol& protocol, Members out) {
  TRY(out.Begin());
  TRY(out.Int(protocol.reader_version));
  TRY(out.Int(protocol.writer_version));
  TRY(out.Features(protocol.reader_features));
  return out.Features(protocol.writer_features);
}

/// The rows, column by column.
class Rows {
 public:
  Status Open() {
    for (const auto& field : schema_->fields()) {
      columns_.push_back(nullptr);
      TRY(arrow::MakeBuilder(arrow::default_memory_pool(), field->type(), &columns_.back()));
    }
    return Status::OK();
  }

  template <typename... Action>
  Status Add(ActionKind kind, const Action&... action) {
    for (int i = 0; i < kActionKinds; ++i) {
      if (i != static_cast<int>(kind)) TRY(columns_[i]->AppendNull());
    }
    return Append(action..., Members(*columns_[static_cast<int>(kind)]));
  }

  Result<std::shared_ptr<arrow::Table>> Finish() {
    std::vector<std::shared_ptr<arrow::Array>> arrays;
    for (const auto& column : columns_) {
      arrays.push_back(nullptr);
      TRY(column->Finish(&arrays.back()));
    }
    return arrow::Table::Make(schema_, arrays);
  }

 private:
  const std::shared_ptr<arrow::Schema> schema_ = CheckpointSchema();
  std::vector<std::unique_ptr<arrow::ArrayBuilder>> columns_;
};

}  // namespace

Result<Checkpoint> EncodeCheckpoint(const Snapshot& snapshot) {
  if (!snapshot.protocol || !snapshot.metadata) {
    return Error(ErrorKind::kBadRequest, "delta checkpoint: no protocol or no metaData");
  }
  Rows rows;
  TRY(rows.Open());
  TRY(rows.Add(ActionKind::kProtocol, *snapshot.protocol));
  TRY(rows.Add(ActionKind::kMetadata, *snapshot.metadata));
  for (const auto& [id, transaction] : snapshot.transactions) {
    TRY(rows.Add(ActionKind::kTransaction, id, transaction));
  }
  for (const auto& [path, remove] : snapshot.tombstones) {
    TRY(rows.Add(ActionKind::kRemove, remove));
  }
  for (const auto& [path, add] : snapshot.files) TRY(rows.Add(ActionKind::kAdd, add));
  const auto table = TRY(rows.Finish());
  Checkpoint checkpoint{.bytes = {}, .actions = table->num_rows()};
  checkpoint.bytes = TRY(datafile::EncodePlainTable(*table));
  return checkpoint;
}

}  // namespace weir::table::delta
