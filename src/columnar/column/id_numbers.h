// SPDX-License-Identifier: Apache-2.0
#pragma once
// The distinct ones of many binary ids, numbered.

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace weir::columnar {

/// Numbers equal ids alike, in order of appearance. The ids are random, so their bytes are their
/// hash.
class IdNumbers {
 public:
  IdNumbers(size_t id_bytes, size_t count_max, std::string& ids) : id_bytes_(id_bytes), ids_(ids) {
    size_t slots = 64;
    while (slots < count_max * 2) slots *= 2;
    slots_.assign(slots, -1);
    ids_.clear();
  }
  int32_t Number(const char* id) {
    uint64_t head;
    std::memcpy(&head, id + id_bytes_ - 8, 8);
    // Traces that one sender numbers itself may differ in few bits.
    size_t slot = (head * 0x9e3779b97f4a7c15u >> 20) & (slots_.size() - 1);
    for (; slots_[slot] >= 0; slot = (slot + 1) & (slots_.size() - 1)) {
      if (std::memcmp(ids_.data() + slots_[slot] * id_bytes_, id, id_bytes_) == 0)
        return slots_[slot];
    }
    slots_[slot] = static_cast<int32_t>(count());
    ids_.append(id, id_bytes_);
    return slots_[slot];
  }
  size_t count() const { return ids_.size() / id_bytes_; }

 private:
  const size_t id_bytes_;
  std::string& ids_;
  std::vector<int32_t> slots_;
};

}  // namespace weir::columnar
