// SPDX-License-Identifier: Apache-2.0
#pragma once
// Comparing texts of a few bytes, as keys and most values are, without a call.

#include <cstdint>
#include <cstring>
#include <string_view>

namespace weir::columnar {

template <typename Word>
Word LoadWord(const char* at) {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

/// True where `a` and `b`, both `size` bytes long, differ in the words at both ends, which cover
/// all of them where `size` is at most two words.
template <typename Word>
bool DifferAtEnds(const char* a, const char* b, size_t size) {
  const size_t last = size - sizeof(Word);
  return ((LoadWord<Word>(a) ^ LoadWord<Word>(b)) |
          (LoadWord<Word>(a + last) ^ LoadWord<Word>(b + last))) != 0;
}

inline bool EqualTexts(std::string_view a, std::string_view b) {
  const size_t size = a.size();
  if (size != b.size()) return false;
  if (size > 32) return std::memcmp(a.data(), b.data(), size) == 0;
  if (size >= 8) {
    if (DifferAtEnds<uint64_t>(a.data(), b.data(), size)) return false;
    return size <= 16 || !DifferAtEnds<uint64_t>(a.data() + 8, b.data() + 8, size - 16);
  }
  if (size >= 4) return !DifferAtEnds<uint32_t>(a.data(), b.data(), size);
  if (size >= 2) return !DifferAtEnds<uint16_t>(a.data(), b.data(), size);
  return size == 0 || a[0] == b[0];
}

}  // namespace weir::columnar
