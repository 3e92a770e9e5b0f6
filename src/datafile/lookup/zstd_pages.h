// SPDX-License-Identifier: Apache-2.0
#pragma once
// Pages decompressed with one context for all of them, and dictionaries of texts left as they are:
// Arrow makes a context for each page, and a copy of every text where a few are wanted.

#include <parquet/column_reader.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "datafile/lookup/file_head.h"

namespace weir::datafile {

/// The texts of a column chunk, as its dictionary page has them. A view of it.
class StoredTexts {
 public:
  StoredTexts() = default;
  /// `plain`: a length of four bytes before each text, `count` of them.
  StoredTexts(std::string_view plain, int32_t count) : plain_(plain), count_(count) {}

  /// Those of `numbers`, which ascend. Errors: kBadRequest where there are not so many.
  Result<std::vector<std::string_view>> At(std::span<const int64_t> numbers) const;
  /// The number of `text`, -1 where it is none of them.
  Result<int64_t> Find(std::string_view text) const;

 private:
  template <typename OnText>
  Status ForEach(const OnText& on_text) const;

  std::string_view plain_;
  int32_t count_ = 0;
};

/// `packed` gives the pages as they are in the file, as if they were not compressed. Those that
/// come out are valid until the next. `texts`: null, or what gets the dictionary when it comes,
/// valid until the next column is read; the pages are then those of the texts' numbers, an INT32
/// column. Throws what Parquet throws.
std::unique_ptr<parquet::PageReader> UnpackPages(std::unique_ptr<parquet::PageReader> packed,
                                                 ZstdDecompressors& zstd, StoredTexts* texts);

}  // namespace weir::datafile
