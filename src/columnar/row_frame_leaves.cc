// SPDX-License-Identifier: Apache-2.0
// The columns that all tables share on their way to a file.

#include <algorithm>

#include "columnar/column/leaves.h"
#include "columnar/column/record_id.h"
#include "columnar/row_frame.h"

namespace weir::columnar {

using signal::Leaf;
using signal::LeafKind;
using signal::LeafPage;

RowFrame::OriginSlots RowFrame::FindOrigins(Positions order) const {
  OriginSlots origins;
  origins.resources.positions = Pick(resource_, order);
  origins.resources.extent = resources_.size();
  origins.scopes.positions = Pick(scope_, order);
  origins.scopes.extent = scopes_.size();
  return origins;
}

Status RowFrame::WriteRecordId(const LeafTarget& out) const {
  Leaf leaf{.kind = LeafKind::kHexId, .id_bytes = kRecordIdBytes, .shares_prefixes = true};
  leaf.fill = [&](int64_t begin, int64_t end, LeafPage& page) {
    page.bytes.resize(static_cast<size_t>(end - begin) * kRecordIdBytes);
    char* at = page.bytes.data();
    // Neighbours are often of one request: its run is looked for only where a row is of another.
    auto run = requests_.begin();
    int64_t run_end = -1;
    for (int64_t i = begin; i < end; ++i) {
      const int32_t row = out.slots.positions[i];
      if (row < run->first_row || row >= run_end) {
        const auto next = std::ranges::upper_bound(requests_, row, {}, &RequestRun::first_row);
        run = std::prev(next);
        run_end = next == requests_.end() ? num_rows() : next->first_row;
      }
      at = PutRecordId(run->origin, row - run->first_row, at);
    }
  };
  return out.sink.Add(leaf);
}

Status RowFrame::WriteIdentityTo(const LeafTarget& out, const OriginSlots& origins) const {
  TRY(WriteRecordId(out));
  TRY(AddNumbers(out, time_us_));
  TRY(AddNumbers(out, dates_));
  return resources_.WriteServiceName({out.sink, origins.resources, out.scratch});
}

Status RowFrame::WritePromotedTo(const LeafTarget& out, const OriginSlots& origins) const {
  return resources_.WritePromoted({out.sink, origins.resources, out.scratch});
}

Status RowFrame::WriteOriginTo(const LeafTarget& out, const OriginSlots& origins) const {
  TRY(resources_.WriteTo({out.sink, origins.resources, out.scratch}));
  return scopes_.WriteTo({out.sink, origins.scopes, out.scratch});
}

}  // namespace weir::columnar
