// SPDX-License-Identifier: Apache-2.0
#include "datafile/lookup/zstd_pages.h"

#include <arrow/buffer.h>
#include <parquet/column_page.h>
#include <parquet/exception.h>

#include <string_view>
#include <utility>

namespace weir::datafile {
namespace {

// Ours have a megabyte, and dictionaries some.
constexpr size_t kPageBytesMax = 256 << 20;

class Pages final : public parquet::PageReader {
 public:
  Pages(std::unique_ptr<parquet::PageReader> packed, ZstdDecompressor& zstd)
      : packed_(std::move(packed)), zstd_(zstd) {}

  std::shared_ptr<parquet::Page> NextPage() override {
    const std::shared_ptr<parquet::Page> page = packed_->NextPage();
    if (page == nullptr) return nullptr;
    switch (page->type()) {
      case parquet::PageType::DICTIONARY_PAGE: {
        const auto& whole = static_cast<const parquet::DictionaryPage&>(*page);
        return std::make_shared<parquet::DictionaryPage>(Unpack(whole), whole.num_values(),
                                                         whole.encoding(), whole.is_sorted());
      }
      case parquet::PageType::DATA_PAGE: {
        const auto& data = static_cast<const parquet::DataPageV1&>(*page);
        return std::make_shared<parquet::DataPageV1>(
            Unpack(data), data.num_values(), data.encoding(), data.definition_level_encoding(),
            data.repetition_level_encoding(), data.uncompressed_size());
      }
      default: parquet::ParquetException::NYI("a page of a kind that no published table has");
    }
  }
  void set_max_page_header_size(uint32_t size) override { packed_->set_max_page_header_size(size); }

 private:
  std::shared_ptr<arrow::Buffer> Unpack(const parquet::Page& page) {
    const auto plain = zstd_.Decompress(
        {reinterpret_cast<const char*>(page.data()), static_cast<size_t>(page.size())},
        kPageBytesMax);
    PARQUET_THROW_NOT_OK(plain.status());
    return std::make_shared<arrow::Buffer>(reinterpret_cast<const uint8_t*>(plain->data()),
                                           static_cast<int64_t>(plain->size()));
  }

  const std::unique_ptr<parquet::PageReader> packed_;
  ZstdDecompressor& zstd_;
};

}  // namespace

std::unique_ptr<parquet::PageReader> UnpackPages(std::unique_ptr<parquet::PageReader> packed,
                                                 ZstdDecompressor& zstd) {
  return std::make_unique<Pages>(std::move(packed), zstd);
}

}  // namespace weir::datafile
