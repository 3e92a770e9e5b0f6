// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows on their way into a file, with the columns that their table was given.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <span>

#include "base/result.h"
#include "datafile/added/file_shape.h"
#include "signal/row_columns.h"

namespace weir::datafile {

/// The columns that rows come with, and those that the table was given.
std::shared_ptr<arrow::Schema> ShapedSchema(const signal::RowColumns& columns,
                                            const FileShape& shape);

/// One row group of `rows`, its leaves in the order of ShapedSchema. Errors: kNotFound where an
/// attribute's map is missing; the sink's.
Status WriteShaped(signal::RowColumns& columns, const FileShape& shape,
                   std::span<const int32_t> rows, signal::LeafSink& sink);

}  // namespace weir::datafile
