// SPDX-License-Identifier: Apache-2.0
#pragma once
// Partition specs of Weir's own tables: the date, which Delta is divided by too, and further fields
// within it.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "datafile/added/file_shape.h"
#include "table/iceberg/metadata.h"
#include "table/iceberg/schema_fields.h"

namespace weir::table::iceberg {

inline constexpr size_t kPartitionPartsMax = 3;  // Behind the date.

/// `hour`, `bucket[16]`. Errors: kBadRequest for one that there is not.
Result<datafile::PartitionPart> ReadTransform(std::string_view transform, std::string column);
std::string TransformText(const datafile::PartitionPart& part);

/// Makes a spec of the date and `parts` the default one; the same fields get the same ids again.
/// Errors: kBadRequest for a part that the columns of the schema do not allow.
Status SetPartition(const std::vector<datafile::PartitionPart>& parts, Metadata& metadata);

/// The fields of the default spec behind the date. Errors: kBadRequest where the date is not its
/// first field, or one is of what this program does not do.
Result<std::vector<datafile::PartitionPart>> PartsOf(const Metadata& metadata,
                                                     const std::vector<TopField>& columns);

}  // namespace weir::table::iceberg
