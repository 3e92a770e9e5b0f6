// SPDX-License-Identifier: Apache-2.0
#include "datafile/lookup/zstd_pages.h"

#include <arrow/buffer.h>
#include <parquet/column_page.h>
#include <parquet/exception.h>

#include <cstring>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>

namespace weir::datafile {
namespace {

// Ours have a megabyte, and dictionaries some.
constexpr size_t kPageBytesMax = 256 << 20;
constexpr size_t kLengthBytes = 4;

class Pages final : public parquet::PageReader {
 public:
  Pages(std::unique_ptr<parquet::PageReader> packed, ZstdDecompressors& zstd, StoredTexts* texts)
      : packed_(std::move(packed)), zstd_(zstd), texts_(texts) {}

  std::shared_ptr<parquet::Page> NextPage() override {
    const std::shared_ptr<parquet::Page> page = packed_->NextPage();
    if (page == nullptr) return nullptr;
    switch (page->type()) {
      case parquet::PageType::DICTIONARY_PAGE:
        return Unpack(static_cast<const parquet::DictionaryPage&>(*page));
      case parquet::PageType::DATA_PAGE: {
        const auto& data = static_cast<const parquet::DataPageV1&>(*page);
        return std::make_shared<parquet::DataPageV1>(
            Borrow(Decompress(data, zstd_.pages)), data.num_values(), data.encoding(),
            data.definition_level_encoding(), data.repetition_level_encoding(),
            data.uncompressed_size());
      }
      case parquet::PageType::DATA_PAGE_V2:
        return Unpack(static_cast<const parquet::DataPageV2&>(*page));
      default: parquet::ParquetException::NYI("a page of a kind that no published table has");
    }
  }
  void set_max_page_header_size(uint32_t size) override { packed_->set_max_page_header_size(size); }

 private:
  static std::string_view Decompress(const parquet::Page& page, ZstdDecompressor& zstd) {
    const auto plain = zstd.Decompress(
        {reinterpret_cast<const char*>(page.data()), static_cast<size_t>(page.size())},
        kPageBytesMax);
    PARQUET_THROW_NOT_OK(plain.status());
    return *plain;
  }
  static std::shared_ptr<arrow::Buffer> Borrow(std::string_view bytes) {
    return std::make_shared<arrow::Buffer>(reinterpret_cast<const uint8_t*>(bytes.data()),
                                           static_cast<int64_t>(bytes.size()));
  }

  /// Its levels stand before the values, never compressed.
  std::shared_ptr<parquet::Page> Unpack(const parquet::DataPageV2& page) {
    const int64_t levels =
        int64_t{page.definition_levels_byte_length()} + page.repetition_levels_byte_length();
    if (levels < 0 || levels > page.size()) {
      parquet::ParquetException::NYI("a page of more levels than bytes");
    }
    whole_.assign(reinterpret_cast<const char*>(page.data()), static_cast<size_t>(page.size()));
    if (page.is_compressed() && levels < page.size()) {
      const auto values = zstd_.pages.Decompress(
          std::string_view(whole_).substr(static_cast<size_t>(levels)), kPageBytesMax);
      PARQUET_THROW_NOT_OK(values.status());
      whole_.replace(static_cast<size_t>(levels), std::string::npos, *values);
    }
    return std::make_shared<parquet::DataPageV2>(
        Borrow(whole_), page.num_values(), page.num_nulls(), page.num_rows(), page.encoding(),
        page.definition_levels_byte_length(), page.repetition_levels_byte_length(),
        static_cast<int64_t>(whole_.size()), /*is_compressed=*/false);
  }

  std::shared_ptr<parquet::Page> Unpack(const parquet::DictionaryPage& page) {
    const std::string_view plain = Decompress(page, zstd_.dictionaries);
    const int32_t count = page.num_values();
    if (texts_ == nullptr) {
      return std::make_shared<parquet::DictionaryPage>(Borrow(plain), count, page.encoding(),
                                                       page.is_sorted());
    }
    // Each has its length at least: no more are made room for.
    if (count < 0 || plain.size() / kLengthBytes < static_cast<size_t>(count)) {
      parquet::ParquetException::NYI("a dictionary of fewer texts than it tells");
    }
    *texts_ = StoredTexts(plain, count);
    numbers_.resize(static_cast<size_t>(count));
    std::iota(numbers_.begin(), numbers_.end(), 0);
    const std::string_view numbers(reinterpret_cast<const char*>(numbers_.data()),
                                   numbers_.size() * sizeof(int32_t));
    return std::make_shared<parquet::DictionaryPage>(Borrow(numbers), count, page.encoding());
  }

  const std::unique_ptr<parquet::PageReader> packed_;
  ZstdDecompressors& zstd_;
  StoredTexts* const texts_;
  std::vector<int32_t> numbers_;
  std::string whole_;  // A page with its levels.
};

}  // namespace

/// `on_text(number, text)`; false ends it.
template <typename OnText>
Status StoredTexts::ForEach(const OnText& on_text) const {
  size_t at = 0;
  for (int64_t number = 0; number < count_; ++number) {
    uint32_t length = 0;
    if (plain_.size() - at >= kLengthBytes) std::memcpy(&length, plain_.data() + at, kLengthBytes);
    at += kLengthBytes;
    if (at > plain_.size() || length > plain_.size() - at) {
      return Error(ErrorKind::kBadRequest, "read parquet dictionary: it ends within a text");
    }
    if (!on_text(number, plain_.substr(at, length))) break;
    at += length;
  }
  return Status::OK();
}

Result<std::vector<std::string_view>> StoredTexts::At(std::span<const int64_t> numbers) const {
  std::vector<std::string_view> texts;
  texts.reserve(numbers.size());
  if (numbers.empty()) return texts;
  TRY(ForEach([&](int64_t number, std::string_view text) {
    if (numbers[texts.size()] == number) texts.push_back(text);
    return texts.size() < numbers.size();
  }));
  if (texts.size() == numbers.size()) return texts;
  return Error(ErrorKind::kBadRequest, "read parquet dictionary: it has fewer texts than are used");
}

Result<int64_t> StoredTexts::Find(std::string_view text) const {
  int64_t found = -1;
  TRY(ForEach([&](int64_t number, std::string_view one) {
    if (one == text) found = number;
    return found < 0;
  }));
  return found;
}

std::unique_ptr<parquet::PageReader> UnpackPages(std::unique_ptr<parquet::PageReader> packed,
                                                 ZstdDecompressors& zstd, StoredTexts* texts) {
  return std::make_unique<Pages>(std::move(packed), zstd, texts);
}

}  // namespace weir::datafile
