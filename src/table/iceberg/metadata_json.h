// SPDX-License-Identifier: Apache-2.0
#pragma once
// Table metadata to and from the JSON of Iceberg's spec.

#include <string>
#include <string_view>

#include "table/iceberg/metadata.h"

namespace weir::table::iceberg {

std::string MetadataJson(const Metadata& metadata);

/// The `fields` array alone, as manifests carry it.
std::string PartitionFieldsJson(const PartitionSpec& spec);

/// Reads v2 metadata, own or by another writer. The text need not be trusted.
/// Errors: kBadRequest with the field that is missing or of a wrong type.
Result<Metadata> MetadataFromJson(std::string_view text);

}  // namespace weir::table::iceberg
