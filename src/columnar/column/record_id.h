// SPDX-License-Identifier: Apache-2.0
#pragma once
// record_id in binary: writer, sequence, ordinal, big-endian, so that bytes sort as the numbers do.

#include <cstdint>

#include "signal/row_columns.h"

namespace weir::columnar {

inline constexpr int kWriterBytes = 3, kSequenceBytes = 6, kOrdinalBytes = 3;
inline constexpr int kRecordIdBytes = kWriterBytes + kSequenceBytes + kOrdinalBytes;

/// Returns where the next byte goes.
inline char* PutRecordId(const signal::RowOrigin& origin, int64_t ordinal, char* out) {
  const auto put = [&out](uint64_t number, int bytes) {
    for (int byte = bytes - 1; byte >= 0; --byte) *out++ = static_cast<char>(number >> (8 * byte));
  };
  put(origin.writer, kWriterBytes);
  put(origin.sequence, kSequenceBytes);
  put(static_cast<uint64_t>(ordinal), kOrdinalBytes);
  return out;
}

}  // namespace weir::columnar
