// SPDX-License-Identifier: Apache-2.0
#pragma once
// One decoder for every table and both encodings: the entrance to this room.

#include <memory>

#include "columnar/attribute_value.h"
#include "signal/row_columns.h"

namespace weir::columnar {

struct TableRowsOptions {
  DecodeLimits limits;
  size_t body_bytes_max = 20 << 20;              // After decompression.
  size_t dead_letter_original_bytes = 64 << 10;  // Of a refused record; more is cut off.
};

/// Rows under construction for `signal`'s table. `options` outlives them.
std::unique_ptr<signal::SignalRows> NewTableRows(signal::Signal signal,
                                                 const TableRowsOptions& options);

}  // namespace weir::columnar
