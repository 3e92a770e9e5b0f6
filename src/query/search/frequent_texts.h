// SPDX-License-Identifier: Apache-2.0
#pragma once
// The most frequent texts of a stream, in bounded memory.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace weir::query::search {

/// SpaceSaving (Metwally, Agrawal, El Abbadi, 2005): a text that is not among `texts_max` takes the
/// place of the least frequent one and its count, which is then too large by at most `error`. One
/// thread.
class FrequentTexts {
 public:
  struct Count {
    int64_t count = 0;
    int64_t error = 0;  // Of it, at most.
    /// What surely came.
    int64_t known() const { return count - error; }
  };
  using Counts = std::map<std::string, Count, std::less<>>;

  explicit FrequentTexts(size_t texts_max) : texts_max_(texts_max) {}

  void Add(std::string_view text, int64_t times);
  /// Halves all counts; what comes to nothing is forgotten.
  void Halve();
  bool is_full() const { return counts_.size() >= texts_max_; }
  const Counts& counts() const { return counts_; }
  /// For what was kept elsewhere; more than there is room for is left out.
  void Put(std::string text, Count count);

 private:
  const size_t texts_max_;
  Counts counts_;
};

}  // namespace weir::query::search
