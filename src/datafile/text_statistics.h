// SPDX-License-Identifier: Apache-2.0
#pragma once
// The least and the largest text of a page. Exploits that most texts differ in their first eight
// bytes, which compare as one number, and that a dictionary's texts need only be compared once a
// page.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "datafile/data_file.h"
#include "datafile/encoding/delta_text.h"
#include "signal/leaf_column.h"

namespace weir::datafile {

/// Both of one type, and whole: texts are not cut.
struct Bounds {
  Bound lower, upper;
};

std::optional<Bounds> BoundsOfTexts(const signal::TextTable& texts,
                                    std::span<const int32_t> numbers);
/// As hex.
std::optional<Bounds> BoundsOfIds(const IdList& ids);

/// The first eight bytes of `text` as one number, which orders as the texts do where it differs.
/// `end`: where the memory ends that may be read, at or behind the text's end.
inline uint64_t TextKey(std::string_view text, const char* end) {
  uint64_t key = 0;
  if (end - text.data() < 8) [[unlikely]] {
    if (!text.empty()) std::memcpy(&key, text.data(), std::min<size_t>(text.size(), 8));
    return __builtin_bswap64(key);
  }
  std::memcpy(&key, text.data(), 8);
  key = __builtin_bswap64(key);
  if (text.size() >= 8) return key;
  return text.empty() ? 0 : key & ~uint64_t{0} << (64 - 8 * text.size());
}

/// Gathers the least and the largest of some texts, which stay where they are until the end. Most
/// texts are told apart by their keys. One thread.
class TextBounds {
 public:
  void Add(std::string_view text, uint64_t key) {
    if (key > least_key_ && key < largest_key_) [[likely]]
      return;
    AddUncertain(text, key);
  }
  std::optional<std::pair<std::string_view, std::string_view>> Get() const;

 private:
  void AddUncertain(std::string_view text, uint64_t key);

  bool is_empty_ = true;
  uint64_t least_key_ = ~uint64_t{0}, largest_key_ = 0;
  std::string_view least_, largest_;
};

/// Texts of a dictionary, of which each page uses some. One thread.
class UsedTexts {
 public:
  /// All of `texts` or `ids` is read until the next Start.
  void Start(const signal::TextTable& texts, std::span<const int32_t> numbers);
  void Start(const IdList& ids);

  /// Where a page of that many indices is to write a 1 for each one that it uses; null where that
  /// would not save anything, as the dictionary is the larger. Room for the next power of two, so
  /// that an index is checked by its bits.
  uint8_t* MarksFor(size_t indices) { return keys_.size() > indices ? nullptr : marks_.data(); }
  /// The bounds of the texts used, as texts. Takes the marks away. Errors: kInternal, index beyond
  /// the last text.
  Result<std::optional<Bounds>> Take(std::span<const int32_t> indices);

 private:
  std::string_view at(size_t i) const { return is_ids_ ? ids_.at(i) : texts_.at(numbers_[i]); }
  void StartMarks(size_t size);
  Result<TextBounds> TakeMarked();
  Result<TextBounds> Find(std::span<const int32_t> indices) const;

  bool is_ids_ = false;
  signal::TextTable texts_;
  std::span<const int32_t> numbers_;
  IdList ids_;
  std::vector<uint64_t> keys_;
  std::vector<uint8_t> marks_;
};

}  // namespace weir::datafile
