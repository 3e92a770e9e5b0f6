// SPDX-License-Identifier: Apache-2.0
#pragma once
// The distinct texts of one column between two flushes, numbered in order of appearance.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "signal/leaf_column.h"

namespace weir::columnar {

/// Whose texts a column holds: each position is one row's own, or a resource's, scope's or metric's
/// that many rows share and that is gathered again for each of them.
enum class TextUse : uint8_t { kOwn, kShared };

/// Whether the texts of one source, a column or the values of a key, repeat: looking up texts that
/// are nearly all new costs more than listing twice the few that are not.
class RepeatGuess {
 public:
  bool is_mostly_new() const { return is_mostly_new_; }
  /// Of a source whose texts are mostly new, one in kSampleOneIn is still looked up, chosen by
  /// hash: were texts to repeat, they would be met again among these.
  bool wants_lookup(uint64_t hash) const { return !is_mostly_new_ || hash % kSampleOneIn == 0; }
  void Count(bool was_found) {
    found_ = static_cast<uint16_t>(found_ + was_found);
    if (++looked_up_ < kJudgedLookups) return;
    is_mostly_new_ = found_ < kJudgedLookups / 8;
    looked_up_ = found_ = 0;
  }

 private:
  static constexpr uint64_t kSampleOneIn = 16;
  static constexpr uint16_t kJudgedLookups = 512;
  uint16_t looked_up_ = 0, found_ = 0;
  bool is_mostly_new_ = false;
};

/// One thread. Texts are checked to be UTF-8 once, when they are first met.
/// A column of ever new texts stops being a dictionary at kDistinctMax: later new texts are kept
/// without looking for an equal one, so that memory and time stay linear.
class TextDictionary {
 public:
  // Past this many the table that finds them is larger than a core's cache.
  static constexpr int32_t kDistinctMax = 1 << 17;
  static constexpr int32_t kNotText = -1;
  static constexpr int64_t kDenseBytesMax = 1 << 30;

  explicit TextDictionary(TextUse use = TextUse::kOwn);

  /// The number of `text`, or kNotText where it is not UTF-8. `hash` (if given) gets a stable hash
  /// of it.
  int32_t Intern(std::string_view text, uint64_t* hash = nullptr);
  /// The same where its hash is known already.
  int32_t InternHashed(std::string_view text, uint64_t hash);
  /// The same, but `text` is looked for only as `guess` has it.
  int32_t InternGuessed(std::string_view text, uint64_t hash, RepeatGuess& guess);
  /// A stable hash of `text`.
  static uint64_t Hash(std::string_view text);

  std::string_view at(int32_t id) const {
    return {bytes_.data() + ends_[id], static_cast<size_t>(ends_[id + 1] - ends_[id])};
  }
  int32_t size() const { return static_cast<int32_t>(ends_.size()) - 1; }
  int64_t byte_size() const;
  /// True where the rows' texts can leave one by one: Arrow's text arrays end at 2^31 bytes.
  bool fits_dense() const { return use_ == TextUse::kOwn && interned_bytes_ <= kDenseBytesMax; }

  TextUse use() const { return use_; }

  /// All texts, by number; both are views, valid until the next text is added.
  signal::TextTable table() const { return {bytes_.data(), ends_}; }
  std::shared_ptr<arrow::StringArray> ToArrow() const;

 private:
  int32_t AddNew(std::string_view text);
  int32_t Add(std::string_view text);
  void Rehash();

  const TextUse use_;
  int64_t interned_bytes_ = 0;  // Of all texts, equal ones counted again.
  std::string bytes_;
  std::vector<int32_t> ends_;  // Text i is bytes_[ends_[i], ends_[i + 1]).
  struct Slot {
    uint32_t hash = 0;
    int32_t id = -1;
  };
  int64_t used_slots_ = 0;
  std::vector<Slot> slots_;  // Open addressing; a power of two, at most half full.
};

/// True where `text` is well-formed UTF-8.
bool IsUtf8(std::string_view text);

}  // namespace weir::columnar
