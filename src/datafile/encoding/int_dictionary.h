// SPDX-License-Identifier: Apache-2.0
#pragma once
// A dictionary of whole numbers that lie close together: found without hashing.

#include <cstdint>
#include <span>
#include <vector>

namespace weir::datafile {

/// Numbers by place: a table over the neighbourhood of the first page's values. One thread.
class IntDictionary {
 public:
  static constexpr uint64_t kSpanMax = 4096;  // From the least to the largest number.
  static constexpr size_t kNumbersMax =
      size_t{1} << 8;  // An index is a byte at most; more repeat too little.

  void Clear();
  /// Looks up `values`, at least one, all of them from `least` to `largest`, and adds new ones.
  /// Returns false where they lie too far apart or are too many; some that no page uses may have
  /// been added then.
  bool Add(std::span<const int32_t> values, int32_t least, int32_t largest);
  bool Add(std::span<const int64_t> values, int64_t least, int64_t largest);

  /// Where the values of the last call stand in numbers(); only one where they are all the same.
  std::span<const int32_t> positions() const { return positions_; }
  const std::vector<int64_t>& numbers() const { return numbers_; }

 private:
  template <typename Number>
  bool AddAll(std::span<const Number> values, Number least, Number largest);
  uint64_t PlaceOf(int64_t value) const {
    // Unsigned, so that nothing overflows at the ends.
    return static_cast<uint64_t>(value) - static_cast<uint64_t>(first_);
  }

  int64_t first_ = 0;            // What place 0 stands for.
  std::vector<int16_t> places_;  // Position in numbers_, or -1. Empty before the first page.
  std::vector<int64_t> numbers_;
  std::vector<int32_t> positions_;
};

}  // namespace weir::datafile
