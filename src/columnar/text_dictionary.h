// SPDX-License-Identifier: Apache-2.0
#pragma once
// The distinct texts of one column between two flushes, numbered in order of appearance.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir::columnar {

/// Whose texts a column holds: each position is one row's own, or a resource's, scope's or metric's
/// that many rows share and that is gathered again for each of them.
enum class TextUse : uint8_t { kOwn, kShared };

/// One thread. Texts are checked to be UTF-8 once, when they are first met.
/// A column of ever new texts stops being a dictionary at kDistinctMax: later new texts are kept
/// without looking for an equal one, so that memory and time stay linear.
class TextDictionary {
 public:
  // A larger dictionary page costs more than it saves: Parquet's own writers give up at 1 MiB.
  static constexpr int32_t kDistinctMax = 1 << 15;
  static constexpr int32_t kNotText = -1;
  static constexpr int64_t kDenseBytesMax = 1 << 30;

  explicit TextDictionary(TextUse use = TextUse::kOwn);

  /// The number of `text`, or kNotText where it is not UTF-8. `hash` (if given) gets a stable hash
  /// of it.
  int32_t Intern(std::string_view text, uint64_t* hash = nullptr);

  std::string_view at(int32_t id) const {
    return {bytes_.data() + ends_[id], static_cast<size_t>(ends_[id + 1] - ends_[id])};
  }
  int32_t size() const { return static_cast<int32_t>(ends_.size()) - 1; }
  int64_t byte_size() const;
  /// True where the rows' texts can leave one by one: Arrow's text arrays end at 2^31 bytes.
  bool fits_dense() const { return use_ == TextUse::kOwn && interned_bytes_ <= kDenseBytesMax; }

  /// Gives all texts away, by number; only this may be called again after.
  std::shared_ptr<arrow::StringArray> ToArrow();

 private:
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
  std::vector<Slot> slots_;  // Open addressing; a power of two, at most half full.
  std::shared_ptr<arrow::StringArray> arrow_;
};

/// True where `text` is well-formed UTF-8.
bool IsUtf8(std::string_view text);

}  // namespace weir::columnar
