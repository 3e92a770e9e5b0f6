// SPDX-License-Identifier: Apache-2.0
#include "datafile/encoding/int_dictionary.h"

#include <algorithm>

namespace weir::datafile {

void IntDictionary::Clear() {
  places_.clear();
  numbers_.clear();
}

bool IntDictionary::Add(std::span<const int32_t> values, int32_t least, int32_t largest) {
  return AddAll(values, least, largest);
}

bool IntDictionary::Add(std::span<const int64_t> values, int64_t least, int64_t largest) {
  return AddAll(values, least, largest);
}

template <typename Number>
bool IntDictionary::AddAll(std::span<const Number> values, Number least, Number largest) {
  const uint64_t span = static_cast<uint64_t>(largest) - static_cast<uint64_t>(least);
  if (span >= kSpanMax) return false;
  if (places_.empty()) {
    // Room on both sides for what later pages bring.
    first_ = static_cast<int64_t>(static_cast<uint64_t>(least) - (kSpanMax - span) / 2);
    places_.assign(kSpanMax, -1);
  }
  if (PlaceOf(least) >= kSpanMax || PlaceOf(largest) >= kSpanMax) return false;
  if (least == largest) values = values.first(1);
  positions_.resize(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    int16_t& place = places_[PlaceOf(values[i])];
    if (place < 0) [[unlikely]] {
      if (numbers_.size() == kNumbersMax) return false;
      place = static_cast<int16_t>(numbers_.size());
      numbers_.push_back(values[i]);
    }
    positions_[i] = place;
  }
  return true;
}

}  // namespace weir::datafile
