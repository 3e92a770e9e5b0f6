// SPDX-License-Identifier: Apache-2.0
#include "datafile/rewrite/join_files.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <fmt/format.h>
#include <parquet/file_writer.h>
#include <parquet/metadata.h>
#include <parquet/page_index.h>
#include <parquet/properties.h>
#include <parquet/schema.h>
#include <parquet/statistics.h>

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include "datafile/footer_bytes.h"
#include "datafile/no_throw.h"
#include "datafile/parquet_file.h"
#include "datafile/parquet_statistics.h"
#include "datafile/rewrite/join_facts.h"

namespace weir::datafile {
namespace {

constexpr std::string_view kMagic = "PAR1";

Status Refused(const std::string& path, const std::string& what) {
  return Error(ErrorKind::kBadRequest, fmt::format("join parquet file {}: {}", path, what));
}

/// Bytes of a file.
struct Part {
  int64_t begin = 0, end = 0;

  int64_t size() const { return end - begin; }
};

/// A file by its end.
struct Source {
  const JoinInput* input = nullptr;
  std::shared_ptr<parquet::FileMetaData> metadata;
  Part pages;         // All of them.
  std::string tail;   // From the last page to the footer: page indexes and bloom filters.
  int64_t shift = 0;  // From where a page is in this file to where it is in the joined one.
};

Status CheckSame(const Source& source, const Source& first) {
  if (!source.metadata->schema()->Equals(*first.metadata->schema())) {
    return Refused(source.input->path, "other columns than " + first.input->path);
  }
  if (!source.metadata->created_by().starts_with("weir version ")) {
    return Refused(source.input->path, "written by " + source.metadata->created_by());
  }
  if (source.metadata->num_rows() != source.input->facts.record_count) {
    return Refused(source.input->path,
                   fmt::format("expected {} rows, found {}", source.input->facts.record_count,
                               source.metadata->num_rows()));
  }
  return Status::OK();
}

Result<Source> Open(const store::Store& store, const JoinInput& input) {
  const int64_t file_bytes = input.facts.file_bytes;
  const std::string thrift = TRY(ReadFooterBytes(store, input.path, file_bytes));
  Source source{.input = &input};
  source.metadata = parquet::FileMetaData::Make(thrift.data(), std::ssize(thrift));
  const int64_t footer_begin = file_bytes - kFileEndBytes - std::ssize(thrift);
  source.pages = {std::numeric_limits<int64_t>::max(), kMagicBytes};
  for (int group = 0; group < source.metadata->num_row_groups(); ++group) {
    const auto row_group = source.metadata->RowGroup(group);
    for (int column = 0; column < row_group->num_columns(); ++column) {
      const ChunkPlace place = TRY(PlaceOf(*row_group->ColumnChunk(column), footer_begin));
      if (place.end == 0) return Refused(input.path, "a column chunk without pages");
      source.pages.begin = std::min(source.pages.begin, place.begin);
      source.pages.end = std::max(source.pages.end, place.end);
    }
  }
  source.pages.begin = std::min(source.pages.begin, source.pages.end);
  const int64_t tail_bytes = footer_begin - source.pages.end;
  source.tail = TRY(store.ReadRange(input.path, source.pages.end, tail_bytes));
  if (std::ssize(source.tail) != tail_bytes) return Refused(input.path, "it ended early");
  return source;
}

/// Of an index or a filter; empty where it is not behind the last page, as ours are.
std::string_view InTail(const Source& source, int64_t offset, int64_t length) {
  const int64_t at = offset - source.pages.end;
  if (at < 0 || length <= 0 || length > std::ssize(source.tail) - at) return {};
  return std::string_view(source.tail).substr(static_cast<size_t>(at), static_cast<size_t>(length));
}

std::string_view Find(const Source& source, const std::optional<parquet::IndexLocation>& location) {
  return location ? InTail(source, location->offset, location->length) : std::string_view();
}

std::string_view FindBloom(const Source& source, const parquet::ColumnChunkMetaData& chunk) {
  if (!chunk.bloom_filter_offset() || !chunk.bloom_filter_length()) return {};
  return InTail(source, *chunk.bloom_filter_offset(), *chunk.bloom_filter_length());
}

/// The order of the rows of each row group, where all say the same.
std::vector<parquet::SortingColumn> OrderOf(const std::vector<Source>& sources) {
  std::optional<std::vector<parquet::SortingColumn>> order;
  for (const Source& source : sources) {
    for (int group = 0; group < source.metadata->num_row_groups(); ++group) {
      const auto columns = source.metadata->RowGroup(group)->sorting_columns();
      if (order.value_or(columns) != columns) return {};
      order = columns;
    }
  }
  return order.value_or(std::vector<parquet::SortingColumn>());
}

using Encodings = std::map<parquet::Encoding::type, int32_t>;

/// A chunk's metadata as it was, in its new place.
void CarryOver(const parquet::ColumnChunkMetaData& chunk, int64_t shift,
               parquet::ColumnChunkMetaDataBuilder& builder) {
  if (chunk.is_stats_set()) {
    if (const auto statistics = chunk.encoded_statistics()) builder.SetStatistics(*statistics);
  }
  if (const auto sizes = chunk.size_statistics()) builder.SetSizeStatistics(*sizes);
  Encodings of_dictionary, of_data;
  for (const parquet::PageEncodingStats& pages : chunk.encoding_stats()) {
    (pages.page_type == parquet::PageType::DICTIONARY_PAGE ? of_dictionary
                                                           : of_data)[pages.encoding] +=
        pages.count;
  }
  const bool has_dictionary = chunk.has_dictionary_page();
  const bool has_fallen_back =
      has_dictionary && std::ranges::any_of(of_data, [](const auto& pages) {
        return pages.first != parquet::Encoding::RLE_DICTIONARY;
      });
  builder.Finish(chunk.num_values(), has_dictionary ? chunk.dictionary_page_offset() + shift : 0,
                 /*index_page_offset=*/0, chunk.data_page_offset() + shift,
                 chunk.total_compressed_size(), chunk.total_uncompressed_size(), has_dictionary,
                 has_fallen_back, of_dictionary, of_data);
}

/// The footer, and what stands between pages and footer. One thread.
class Tail {
 public:
  /// `begin`: where it stands in the file.
  Tail(const std::vector<Source>& sources, int64_t begin)
      : sources_(sources),
        begin_(begin),
        properties_(parquet::WriterProperties::Builder()
                        .compression(parquet::Compression::ZSTD)
                        ->created_by(CreatedBy())
                        ->version(parquet::ParquetVersion::PARQUET_2_6)
                        ->set_sorting_columns(OrderOf(sources))
                        ->build()),
        builder_(
            parquet::FileMetaDataBuilder::Make(sources.front().metadata->schema(), properties_)) {}

  Result<std::shared_ptr<arrow::Buffer>> Build() {
    sink_ = TRY(arrow::io::BufferOutputStream::Create(1 << 20));
    TRY(AddRowGroups());
    TRY(AddIndexes(parquet::IndexKind::kBloomFilter, [](const Source& source, const auto& chunk) {
      return std::string(FindBloom(source, chunk));
    }));
    TRY(AddIndexes(parquet::IndexKind::kColumnIndex, [](const Source& source, const auto& chunk) {
      return std::string(Find(source, chunk.GetColumnIndexLocation()));
    }));
    TRY(AddIndexes(parquet::IndexKind::kOffsetIndex, MoveOffsetIndex));
    metadata_ = builder_->Finish();
    parquet::WriteFileMetaData(*metadata_, sink_.get());
    return sink_->Finish();
  }
  /// After Build.
  const parquet::FileMetaData& metadata() const { return *metadata_; }

 private:
  Status AddRowGroups() {
    int16_t number = 0;
    for (const Source& source : sources_) {
      for (int group = 0; group < source.metadata->num_row_groups(); ++group) {
        if (number == std::numeric_limits<int16_t>::max()) {
          return Refused(source.input->path, "too many row groups");
        }
        const auto row_group = source.metadata->RowGroup(group);
        parquet::RowGroupMetaDataBuilder* builder = builder_->AppendRowGroup();
        builder->set_num_rows(row_group->num_rows());
        for (int column = 0; column < row_group->num_columns(); ++column) {
          CarryOver(*row_group->ColumnChunk(column), source.shift, *builder->NextColumnChunk());
        }
        builder->Finish(row_group->total_byte_size(), number++);
      }
    }
    return Status::OK();
  }

  /// `bytes_of`: a chunk's index of that kind for the new file; empty where it has none.
  template <typename BytesOf>
  Status AddIndexes(parquet::IndexKind kind, BytesOf bytes_of) {
    parquet::IndexLocations places;
    int32_t number = 0;
    for (const Source& source : sources_) {
      for (int group = 0; group < source.metadata->num_row_groups(); ++group, ++number) {
        const auto row_group = source.metadata->RowGroup(group);
        for (int column = 0; column < row_group->num_columns(); ++column) {
          const std::string bytes = bytes_of(source, *row_group->ColumnChunk(column));
          if (bytes.empty()) continue;
          const int64_t at = TRY(sink_->Tell());
          places.push_back({{number, column}, {begin_ + at, static_cast<int32_t>(bytes.size())}});
          TRY(sink_->Write(bytes.data(), std::ssize(bytes)));
        }
      }
    }
    builder_->SetIndexLocations(kind, places);
    return Status::OK();
  }

  static std::string MoveOffsetIndex(const Source& source,
                                     const parquet::ColumnChunkMetaData& chunk) {
    const std::string_view old = Find(source, chunk.GetOffsetIndexLocation());
    if (old.empty()) return {};
    const auto index = parquet::OffsetIndex::Make(old.data(), std::ssize(old),
                                                  parquet::default_reader_properties());
    const auto moved = parquet::OffsetIndexBuilder::Make();
    for (const parquet::PageLocation& page : index->page_locations()) {
      moved->AddPage(page.offset + source.shift, page.compressed_page_size, page.first_row_index);
    }
    moved->Finish(0);
    const auto sink = arrow::io::BufferOutputStream::Create().ValueOrDie();
    moved->WriteTo(sink.get());
    return sink->Finish().ValueOrDie()->ToString();
  }

  const std::vector<Source>& sources_;
  const int64_t begin_;
  const std::shared_ptr<parquet::WriterProperties> properties_;
  const std::unique_ptr<parquet::FileMetaDataBuilder> builder_;
  std::shared_ptr<arrow::io::BufferOutputStream> sink_;
  std::unique_ptr<parquet::FileMetaData> metadata_;
};

/// Gives the bytes of a joined file. A value. One thread.
class Pieces {
 public:
  /// The pages of one file.
  struct Pages {
    std::string path;
    Part left;
  };
  Pieces(const store::Store& store, std::vector<Pages> pages, std::shared_ptr<arrow::Buffer> tail)
      : store_(&store), pages_(std::move(pages)), tail_(std::move(tail)) {}

  Result<std::string> operator()() {
    if (!std::exchange(has_begun_, true)) return std::string(kMagic);
    while (at_ < pages_.size() && pages_[at_].left.size() == 0) ++at_;
    if (at_ == pages_.size()) {
      const auto tail = std::exchange(tail_, nullptr);
      return tail == nullptr ? std::string() : tail->ToString();
    }
    auto& [path, left] = pages_[at_];
    const int64_t bytes = std::min(left.size(), kJoinPieceBytes);
    std::string piece = TRY(store_->ReadRange(path, left.begin, bytes));
    if (std::ssize(piece) != bytes) return Refused(path, "it ended early");
    left.begin += bytes;
    return piece;
  }

 private:
  const store::Store* store_;
  std::vector<Pages> pages_;
  std::shared_ptr<arrow::Buffer> tail_;
  size_t at_ = 0;
  bool has_begun_ = false;
};

Result<JoinedFile> Join(const store::Store& store, const std::vector<JoinInput>& inputs) {
  std::vector<Source> sources;
  std::vector<Pieces::Pages> pages;
  std::vector<const DataFile*> facts;
  int64_t end = kMagicBytes;
  for (const JoinInput& input : inputs) {
    Source source = TRY(Open(store, input));
    sources.push_back(std::move(source));
    TRY(CheckSame(sources.back(), sources.front()));
    sources.back().shift = end - sources.back().pages.begin;
    end += sources.back().pages.size();
    pages.push_back({input.path, sources.back().pages});
    facts.push_back(&input.facts);
  }
  if (sources.empty()) return Error(ErrorKind::kBadRequest, "join parquet files: there are none");
  Tail tail(sources, end);
  const std::shared_ptr<arrow::Buffer> tail_bytes = TRY(tail.Build());
  JoinedFile joined{.file = JoinFacts(facts), .next = {}};
  joined.file.split_offsets = Describe(tail.metadata(), {}).split_offsets;
  joined.file.file_bytes = end + tail_bytes->size();
  joined.next = Pieces(store, std::move(pages), tail_bytes);
  return joined;
}

}  // namespace

Result<JoinedFile> JoinFiles(const store::Store& store, const std::vector<JoinInput>& inputs) {
  return NoThrow([&] { return Join(store, inputs); });
}

}  // namespace weir::datafile
