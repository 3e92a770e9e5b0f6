// SPDX-License-Identifier: Apache-2.0
#pragma once
// The series of a column of data points, numbered.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace weir::columnar {

/// Numbers series in order of appearance. Their ids are hashes already. One thread.
class SeriesNumbers {
 public:
  int32_t Number(int64_t id) {
    size_t slot = static_cast<size_t>(id) & (slots_.size() - 1);
    while (slots_[slot] >= 0 && ids_[slots_[slot]] != id) slot = (slot + 1) & (slots_.size() - 1);
    return slots_[slot] >= 0 ? slots_[slot] : Add(id, slot);
  }

 private:
  int32_t Add(int64_t id, size_t slot) {
    const auto number = static_cast<int32_t>(ids_.size());
    ids_.push_back(id);
    slots_[slot] = number;
    if (ids_.size() * 2 > slots_.size()) Grow();
    return number;
  }
  void Grow() {
    slots_.assign(slots_.size() * 4, -1);
    for (size_t number = 0; number < ids_.size(); ++number) {
      size_t slot = static_cast<size_t>(ids_[number]) & (slots_.size() - 1);
      while (slots_[slot] >= 0) slot = (slot + 1) & (slots_.size() - 1);
      slots_[slot] = static_cast<int32_t>(number);
    }
  }

  std::vector<int64_t> ids_;
  std::vector<int32_t> slots_ = std::vector<int32_t>(1024, -1);  // Open addressing.
};

}  // namespace weir::columnar
