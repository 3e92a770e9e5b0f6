// SPDX-License-Identifier: Apache-2.0
#pragma once
// Texts and hex ids as the values of a page: PLAIN for dictionary pages, DELTA_LENGTH_BYTE_ARRAY
// and DELTA_BYTE_ARRAY.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "datafile/encoding/page_bytes.h"
#include "signal/leaf_column.h"

namespace weir::datafile {

/// Binary ids one behind the other.
struct IdList {
  std::string_view bytes;
  int id_bytes = 1;

  size_t size() const { return bytes.size() / static_cast<size_t>(id_bytes); }
  std::string_view at(size_t i) const {
    return bytes.substr(i * static_cast<size_t>(id_bytes), static_cast<size_t>(id_bytes));
  }
};

/// PLAIN: a length before each text.
void AppendPlainTexts(const signal::TextTable& texts, std::span<const int32_t> numbers,
                      PageBytes& out);
void AppendPlainHex(const IdList& ids, PageBytes& out);

/// DELTA_LENGTH_BYTE_ARRAY: all lengths, then all texts. `lengths` is scratch.
void AppendTexts(const signal::TextTable& texts, std::span<const int32_t> numbers,
                 std::vector<int32_t>& lengths, PageBytes& out);
void AppendHex(const IdList& ids, PageBytes& out);

/// DELTA_BYTE_ARRAY: how much each one shares with the one before it, then what is new as
/// DELTA_LENGTH_BYTE_ARRAY. `lengths` is scratch.
void AppendTextsWithoutPrefixes(const signal::TextTable& texts, std::span<const int32_t> numbers,
                                std::vector<int32_t>& lengths, PageBytes& out);
void AppendHexWithoutPrefixes(const IdList& ids, std::vector<int32_t>& lengths, PageBytes& out);

/// Bytes of the texts together.
size_t BytesOf(const signal::TextTable& texts, std::span<const int32_t> numbers);

}  // namespace weir::datafile
