// SPDX-License-Identifier: Apache-2.0
#pragma once
// The Avro schemas of manifests and manifest lists, with the field ids of Iceberg's spec (format
// v2).

#include <string>

#include "table/iceberg/metadata.h"

namespace weir::table::iceberg {

/// Of `manifest_entry`; the partition is a date and what else the spec has or, without partition
/// fields, an empty record.
std::string ManifestEntrySchema(const PartitionSpec& spec, const LeafTypes& leaf_types);

/// How the values of a partition field are kept: by its transform and its column.
LeafType PartitionValueType(const PartitionField& field, const LeafTypes& leaf_types);

/// Of `manifest_file`.
const std::string& ManifestFileSchema();

}  // namespace weir::table::iceberg
