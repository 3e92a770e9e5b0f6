// SPDX-License-Identifier: Apache-2.0
#include "datafile/rewrite/merge_files.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <parquet/arrow/schema.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "datafile/no_throw.h"
#include "datafile/page_file.h"
#include "datafile/rewrite/leaf_reader.h"
#include "datafile/rewrite/row_order.h"

namespace weir::datafile {
namespace {

using Readers = std::vector<std::unique_ptr<parquet::ParquetFileReader>>;

Status Refused(const std::string& what) {
  return Error(ErrorKind::kBadRequest, "merge parquet files: " + what);
}

Result<Readers> OpenAll(const std::vector<std::string>& files) {
  Readers readers;
  for (const std::string& bytes : files) {
    readers.push_back(parquet::ParquetFileReader::Open(std::make_shared<arrow::io::BufferReader>(
        arrow::Buffer::Wrap(bytes.data(), bytes.size()))));
    const auto& first = *readers.front()->metadata()->schema();
    if (!readers.back()->metadata()->schema()->Equals(first)) {
      return Refused(fmt::format("file {} has other columns", readers.size() - 1));
    }
  }
  if (readers.empty()) return Refused("there are none");
  return readers;
}

/// A text leaf's dictionary for the rows of one row group: positions instead of numbers.
class UsedDictionary {
 public:
  UsedDictionary(const StoredLeaf& leaf, std::span<const uint32_t> rows) {
    positions_.assign(static_cast<size_t>(leaf.num_texts()), -1);
    signal::LeafPage page;
    FillPage(leaf, rows, page);
    for (const int32_t number : page.ints) {
      if (positions_[number] >= 0) continue;
      positions_[number] = static_cast<int32_t>(numbers_.size());
      numbers_.push_back(number);
    }
  }
  std::span<const int32_t> numbers() const { return numbers_; }
  void Translate(std::vector<int32_t>& numbers) const {
    for (int32_t& number : numbers) number = positions_[number];
  }

 private:
  std::vector<int32_t> positions_, numbers_;
};

Status AddLeaf(const StoredLeaf& stored, std::span<const uint32_t> rows, signal::LeafSink& sink) {
  signal::Leaf leaf{.kind = stored.kind, .texts = stored.texts()};
  std::optional<UsedDictionary> used;
  if (stored.kind == signal::LeafKind::kDictionary) {
    // Texts that do not repeat are not worth a dictionary.
    if (2 * stored.single_texts > std::ssize(stored.ints)) {
      leaf.kind = signal::LeafKind::kText;
    } else {
      used.emplace(stored, rows);
      leaf.dictionary = used->numbers();
    }
  }
  leaf.fill = [&](int64_t begin, int64_t end, signal::LeafPage& page) {
    FillPage(stored, rows.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin)),
             page);
    if (used) used->Translate(page.ints);
  };
  return sink.Add(leaf);
}

/// One merge. One thread.
class Merge {
 public:
  Merge(Readers readers, const MergeOptions& options)
      : readers_(std::move(readers)),
        options_(options),
        columns_(*readers_.front()->metadata()->schema()) {}

  Result<ParquetFile> Run() {
    TRY(Order());
    std::shared_ptr<arrow::Schema> schema;
    TRY(parquet::arrow::FromParquetSchema(&columns_, &schema));
    const auto writer = TRY(PageFileWriter::Open(schema, options_.file));
    const auto group_rows = static_cast<size_t>(options_.file.row_group_rows);
    for (size_t begin = 0; begin < order_.size(); begin += group_rows) {
      const auto rows = std::span<const uint32_t>(order_).subspan(
          begin, std::min(group_rows, order_.size() - begin));
      signal::LeafSink* sink = TRY(writer->BeginRowGroup(std::ssize(rows)));
      for (int column = 0; column < columns_.num_columns(); ++column) {
        TRY(AddColumn(column, rows, *sink));
      }
    }
    return writer->Finish();
  }

 private:
  Status Order() {
    std::vector<StoredLeaf> keys;
    for (const std::string& name : options_.sort_columns) {
      const int column = columns_.ColumnIndex(name);
      if (column < 0 || columns_.Column(column)->max_repetition_level() > 0) {
        return Refused(fmt::format("no column {} to order by", name));
      }
      StoredLeaf key = TRY(Read(column));
      keys.push_back(std::move(key));
    }
    order_ = OrderRows(keys);
    return LeaveOut();
  }

  Status LeaveOut() {
    if (options_.left_out.empty()) return Status::OK();
    std::vector<bool> is_out(order_.size());
    for (const RowCondition& condition : options_.left_out) {
      const int column = columns_.ColumnIndex(condition.column);
      if (column < 0) continue;
      const StoredLeaf leaf = TRY(Read(column));
      TRY(MarkRows(leaf, condition, is_out));
    }
    std::erase_if(order_, [&](uint32_t row) { return is_out[row]; });
    return order_.empty() ? Refused("no row is left") : Status::OK();
  }

  Result<StoredLeaf> Read(int column) {
    LeafReader reader = TRY(LeafReader::Open(*columns_.Column(column)));
    for (const auto& file : readers_) {
      for (int group = 0; group < file->metadata()->num_row_groups(); ++group) {
        TRY(reader.Append(*file->RowGroup(group), column));
      }
    }
    return reader.Take();
  }

  Status AddColumn(int column, std::span<const uint32_t> rows, signal::LeafSink& sink) {
    if (options_.is_cancelled()) return Error(ErrorKind::kConflict, "merge cancelled");
    const StoredLeaf leaf = TRY(Read(column));
    return AddLeaf(leaf, rows, sink);
  }

  const Readers readers_;
  const MergeOptions& options_;
  const parquet::SchemaDescriptor& columns_;
  std::vector<uint32_t> order_;
};

}  // namespace

Result<ParquetFile> MergeFiles(const std::vector<std::string>& files, const MergeOptions& options) {
  return NoThrow([&]() -> Result<ParquetFile> {
    Readers readers = TRY(OpenAll(files));
    return Merge(std::move(readers), options).Run();
  });
}

}  // namespace weir::datafile
