// SPDX-License-Identifier: Apache-2.0
#include "columnar/column/slots.h"

#include "base/check.h"

namespace weir::columnar {

Slots RowSlots(Positions order, int64_t extent) {
  Slots slots;
  slots.positions.assign(order.begin(), order.end());
  slots.extent = extent;
  return slots;
}

Slots StructSlots(const Slots& rows, const NumberColumn<uint8_t>& present) {
  CHECK(rows.is_dense());
  Slots slots;
  slots.extent = rows.extent;
  slots.base = static_cast<uint8_t>(rows.base + 1);
  slots.absent = rows.base;
  if (present.is_set_to(rows.extent)) {
    slots.positions = rows.positions;
    return slots;
  }
  slots.definition.assign(rows.positions.size(), rows.base);
  for (size_t entry = 0; entry < rows.positions.size(); ++entry) {
    if (!present.IsSet(rows.positions[entry])) continue;
    slots.definition[entry] = slots.base;
    slots.positions.push_back(rows.positions[entry]);
    slots.entry_of.push_back(static_cast<int32_t>(entry));
  }
  return slots;
}

Slots ListSlots(const Slots& rows, const ListOffsets& offsets) {
  CHECK(rows.is_dense() && rows.repetition.empty());
  Slots slots;
  slots.extent = offsets.child_count();
  slots.base = static_cast<uint8_t>(rows.base + 3);
  slots.absent = static_cast<uint8_t>(rows.base + 1);  // An empty list.
  if (slots.extent == 0) return slots;
  slots.row_begins.reserve(rows.positions.size() + 1);
  for (const int32_t row : rows.positions) {
    const auto entry = static_cast<int32_t>(slots.definition.size());
    slots.row_begins.push_back(entry);
    const int32_t begin = offsets.begin(row), end = offsets.end(row);
    if (begin == end) {
      slots.definition.push_back(slots.absent);
      slots.repetition.push_back(0);
      continue;
    }
    for (int32_t child = begin; child < end; ++child) {
      slots.entry_of.push_back(static_cast<int32_t>(slots.definition.size()));
      slots.positions.push_back(child);
      slots.definition.push_back(slots.base);
      slots.repetition.push_back(child > begin);
    }
  }
  slots.row_begins.push_back(static_cast<int32_t>(slots.definition.size()));
  return slots;
}

Status AddNoValues(const LeafTarget& out) {
  signal::Leaf leaf;
  const Slots& slots = out.slots;
  if (slots.is_empty() || (slots.is_dense() && slots.repetition.empty())) {
    leaf.level = slots.is_empty() ? slots.absent : slots.base;
  } else {
    leaf.fill = [&](int64_t begin, int64_t end, signal::LeafPage& page) {
      const auto none = [](int64_t) { return false; };
      FillLeaf(slots, false, begin, end, page, page.ints, none, [](int64_t) { return 0; });
    };
  }
  return out.sink.Add(leaf);
}

}  // namespace weir::columnar
