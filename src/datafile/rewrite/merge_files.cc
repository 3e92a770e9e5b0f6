// SPDX-License-Identifier: Apache-2.0
#include "datafile/rewrite/merge_files.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <algorithm>
#include <bit>
#include <map>
#include <memory>
#include <numeric>
#include <utility>

#include "datafile/added/wider_files.h"
#include "datafile/no_throw.h"
#include "datafile/page_file.h"
#include "datafile/rewrite/leaf_reader.h"
#include "datafile/rewrite/row_order.h"
#include "datafile/rewrite/stored_leaf.h"

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
  }
  if (readers.empty()) return Refused("there are none");
  return readers;
}

/// A row group of a file.
struct Source {
  int file = 0, group = 0;
};

/// By file, where each column of the new file is among its own; -1: it has none.
using Places = std::vector<std::vector<int>>;

/// Those that become one row group each.
using Batch = std::vector<Source>;

/// About what a leaf takes in memory when it is read: texts once, and levels, numbers and starts
/// once as they came and once in order.
int64_t BytesOf(const parquet::ColumnChunkMetaData& chunk) {
  constexpr int64_t kEntryBytes = 16;
  return chunk.total_uncompressed_size() + kEntryBytes * chunk.num_values();
}

/// Whole row groups side by side, as many as make one row group.
std::vector<Batch> PackRowGroups(const Readers& readers, const Places& places, int64_t rows_max) {
  std::vector<Batch> batches;
  int64_t rows = 0;
  std::vector<int64_t> bytes;  // By column.
  for (int file = 0; file < static_cast<int>(readers.size()); ++file) {
    const auto metadata = readers[file]->metadata();
    for (int number = 0; number < metadata->num_row_groups(); ++number) {
      const auto group = metadata->RowGroup(number);
      if (group->num_rows() == 0) continue;
      rows += group->num_rows();
      bytes.resize(places[file].size());
      std::vector<int64_t> own;
      for (const int place : places[file]) {
        own.push_back(place < 0 ? 0 : BytesOf(*group->ColumnChunk(place)));
        bytes[own.size() - 1] += own.back();
      }
      if (batches.empty() || rows > rows_max || std::ranges::max(bytes) > kMergeLeafBytesMax) {
        batches.emplace_back();
        rows = group->num_rows();
        bytes = own;
      }
      batches.back().push_back({file, number});
    }
  }
  return batches;
}

/// Bytes of text against those of positions: a dictionary of texts that hardly repeat is read whole
/// for each page, and saves nothing.
bool IsWorthADictionary(const StoredLeaf& stored) {
  const auto values = static_cast<double>(stored.ints.size());
  const auto texts = static_cast<double>(stored.num_texts());
  if (texts > 0.75 * values) return false;
  // zstd halves hex, and most other text that is not the same.
  const double text_bytes =
      0.5 * static_cast<double>(stored.text_bytes.size()) / std::max(1.0, texts);
  const double position_bytes = std::bit_width(static_cast<uint64_t>(stored.num_texts())) / 8.0;
  return texts * text_bytes + values * position_bytes < values * (text_bytes + 0.5);
}

/// One merge. One thread.
class Merge {
 public:
  Merge(Readers readers, WiderColumns wider, const MergeOptions& options)
      : readers_(std::move(readers)),
        options_(options),
        wider_(std::move(wider)),
        columns_(*wider_.columns) {}

  Result<ParquetFile> Run() {
    TRY(CheckOrder());
    ParquetOptions file = options_.file;
    std::erase_if(file.bloom_columns, [&](const std::string& name) { return !IsText(name); });
    const auto writer = TRY(PageFileWriter::Open(wider_.schema, file));
    bool has_rows = options_.left_out.empty();
    for (const Batch& batch :
         PackRowGroups(readers_, wider_.places, options_.file.row_group_rows)) {
      TRY(FindMissing(batch));
      const std::vector<uint32_t> order = TRY(Order(batch));
      if (order.empty()) continue;
      has_rows = true;
      signal::LeafSink* sink = TRY(writer->BeginRowGroup(std::ssize(order)));
      for (int column = 0; column < columns_.num_columns(); ++column) {
        if (options_.is_cancelled()) return Error(ErrorKind::kConflict, "merge cancelled");
        TRY(AddColumn(batch, column, order, *sink));
      }
    }
    return has_rows ? writer->Finish() : Refused("no row is left");
  }

 private:
  Status CheckOrder() const {
    for (const std::string& name : options_.file.sort_columns) {
      const int column = columns_.ColumnIndex(name);
      if (column < 0 || columns_.Column(column)->max_repetition_level() > 0) {
        return Refused(fmt::format("no column {} to order by", name));
      }
    }
    return Status::OK();
  }

  bool IsText(const std::string& name) const {
    const int column = columns_.ColumnIndex(name);
    return column >= 0 && columns_.Column(column)->physical_type() == parquet::Type::BYTE_ARRAY;
  }

  Result<std::vector<uint32_t>> Order(const Batch& batch) {
    std::vector<StoredLeaf> keys;
    std::vector<bool> descends;
    for (const std::string& name : options_.file.sort_columns) {
      descends.push_back(std::ranges::count(options_.file.descending_columns, name) > 0);
      TRY(Read(batch, columns_.ColumnIndex(name)));
      keys.push_back(reader_.Take());
    }
    std::vector<uint32_t> order = keys.empty() ? AsTheyAre(batch) : OrderRows(keys, descends);
    TRY(LeaveOut(batch, order));
    return order;
  }

  std::vector<uint32_t> AsTheyAre(const Batch& batch) const {
    int64_t rows = 0;
    for (const Source& source : batch) {
      rows += GroupOf(source)->metadata()->num_rows();
    }
    std::vector<uint32_t> order(static_cast<size_t>(rows));
    std::iota(order.begin(), order.end(), 0);
    return order;
  }

  Status LeaveOut(const Batch& batch, std::vector<uint32_t>& order) {
    if (options_.left_out.empty()) return Status::OK();
    std::vector<bool> is_out(order.size());
    for (const RowCondition& condition : options_.left_out) {
      const int column = columns_.ColumnIndex(condition.column);
      if (column < 0) continue;
      TRY(Read(batch, column));
      TRY(MarkRows(reader_.leaf(), condition, is_out));
    }
    std::erase_if(order, [&](uint32_t row) { return is_out[row]; });
    return Status::OK();
  }

  /// Where its file has the column; -1 where it lacks it.
  int PlaceOf(const Source& source, int column) const {
    return wider_.places[static_cast<size_t>(source.file)][static_cast<size_t>(column)];
  }

  /// What the rows of row groups that lack columns have in them.
  Status FindMissing(const Batch& batch) {
    missing_.clear();
    const int first_added = columns_.num_columns() - static_cast<int>(options_.added.size());
    for (const Source& source : batch) {
      bool lacks_some = false;
      for (size_t i = 0; i < options_.added.size(); ++i) {
        const bool lacks = PlaceOf(source, first_added + static_cast<int>(i)) < 0;
        lacks_some |= lacks && options_.added[i].source.has_value();
      }
      if (!lacks_some) continue;
      const auto& places = wider_.places[static_cast<size_t>(source.file)];
      auto values = TRY(MissingValues(*GroupOf(source), wider_, places, options_.added));
      missing_.insert_or_assign({source.file, source.group}, std::move(values));
    }
    return Status::OK();
  }

  /// The values of a column that the source's file lacks; null where it has none for it.
  const ColumnValues* MissingOf(const Source& source, int column) const {
    const auto found = missing_.find({source.file, source.group});
    const auto first_added = columns_.num_columns() - std::ssize(options_.added);
    if (found == missing_.end() || column < first_added) return nullptr;
    return &found->second[static_cast<size_t>(column - first_added)];
  }

  /// Into reader_.
  Status Read(const Batch& batch, int column) {
    int64_t entries = 0;
    for (const Source& source : batch) {
      const auto group = GroupOf(source);
      const int place = PlaceOf(source, column);
      entries += place < 0 ? group->metadata()->num_rows()
                           : group->metadata()->ColumnChunk(place)->num_values();
    }
    TRY(reader_.Start(*columns_.Column(column), entries));
    for (const Source& source : batch) {
      const int place = PlaceOf(source, column);
      const ColumnValues* missing = place < 0 ? MissingOf(source, column) : nullptr;
      if (place >= 0) {
        TRY(reader_.Append(*GroupOf(source), place));
      } else if (missing != nullptr) {
        TRY(reader_.Append(*missing));
      } else {
        reader_.AppendNulls(GroupOf(source)->metadata()->num_rows());
      }
    }
    return Status::OK();
  }

  Status AddColumn(const Batch& batch, int column, std::span<const uint32_t> order,
                   signal::LeafSink& sink) {
    const bool is_null = std::ranges::all_of(batch, [&](const Source& source) {
      const int place = PlaceOf(source, column);
      if (place < 0) return MissingOf(source, column) == nullptr;
      return LeafReader::AreNull(*GroupOf(source)->metadata(), place);
    });
    if (is_null && columns_.Column(column)->max_definition_level() == 0) {
      return Refused(fmt::format("no row has a {}", columns_.Column(column)->name()));
    }
    if (is_null) return sink.Add({.level = 0});
    TRY(Read(batch, column));
    return AddLeaf(reader_.leaf(), order, sink);
  }

  Status AddLeaf(const StoredLeaf& stored, std::span<const uint32_t> order,
                 signal::LeafSink& sink) {
    ordered_.Start(stored, order);
    if (ordered_.IsNone()) return sink.Add({.level = ordered_.none_level()});
    signal::Leaf leaf{.kind = stored.kind, .texts = stored.texts()};
    std::vector<int32_t> dictionary;
    if (stored.kind == signal::LeafKind::kDictionary) {
      if (!IsWorthADictionary(stored)) {
        leaf.kind = signal::LeafKind::kText;
        leaf.shares_prefixes = stored.shares_prefixes;
      } else {
        dictionary = ordered_.NumberByFirstUse();
        leaf.dictionary = dictionary;
      }
    }
    leaf.fill = [this](int64_t begin, int64_t end, signal::LeafPage& page) {
      ordered_.FillPage(begin, end, page);
    };
    return sink.Add(leaf);
  }

  std::shared_ptr<parquet::RowGroupReader> GroupOf(const Source& source) const {
    return readers_[source.file]->RowGroup(source.group);
  }

  const Readers readers_;
  const MergeOptions& options_;
  const WiderColumns wider_;
  const parquet::SchemaDescriptor& columns_;  // Of the new file.
  // Of the batch at hand: by file and row group, one a column of options_.added.
  std::map<std::pair<int, int>, std::vector<ColumnValues>> missing_;
  // Of the leaf at hand.
  LeafReader reader_;
  OrderedLeaf ordered_;
};

}  // namespace

Result<ParquetFile> MergeFiles(const std::vector<std::string>& files, const MergeOptions& options) {
  return NoThrow([&]() -> Result<ParquetFile> {
    Readers readers = TRY(OpenAll(files));
    WiderColumns columns = TRY(Widen(readers, options.added));
    return Merge(std::move(readers), std::move(columns), options).Run();
  });
}

}  // namespace weir::datafile
