// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a data file's footer says against what the table says of the file. Pure.

#include "datafile/data_file.h"
#include "datafile/footer.h"
#include "maintain/finding.h"
#include "table/iceberg/schema_fields.h"

namespace weir::maintain {

/// `fields`: those of all schemas of the table. A file whose schema or rows are others is another
/// file, so its columns are not looked at.
void CheckFooter(const datafile::DataFile& recorded, const datafile::Footer& footer,
                 const table::iceberg::SchemaFields& fields, Findings& findings);

}  // namespace weir::maintain
