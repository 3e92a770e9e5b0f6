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

/// True where the words at `at` in `a` and in `b` differ, or those that end at `end`.
template <typename Word>
bool Differ(const char* a, const char* b, size_t at, size_t end) {
  const size_t last = end - sizeof(Word);
  return ((LoadWord<Word>(a + at) ^ LoadWord<Word>(b + at)) |
          (LoadWord<Word>(a + last) ^ LoadWord<Word>(b + last))) != 0;
}

/// The words at both ends, overlapping where they must, cover a text of up to two words, and those
/// next to them up to four.
inline bool EqualTexts(std::string_view a, std::string_view b) {
  const size_t size = a.size();
  if (size != b.size()) return false;
  if (size > 32) return std::memcmp(a.data(), b.data(), size) == 0;
  if (size >= 8) {
    if (Differ<uint64_t>(a.data(), b.data(), 0, size)) return false;
    return size <= 16 || !Differ<uint64_t>(a.data(), b.data(), 8, size - 8);
  }
  if (size >= 4) return !Differ<uint32_t>(a.data(), b.data(), 0, size);
  if (size >= 2) return !Differ<uint16_t>(a.data(), b.data(), 0, size);
  return size == 0 || a[0] == b[0];
}

}  // namespace weir::columnar
