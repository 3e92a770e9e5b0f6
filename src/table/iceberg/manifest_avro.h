// SPDX-License-Identifier: Apache-2.0
#pragma once
// Manifests and manifest lists to and from Avro, format v2.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "table/iceberg/avro.h"
#include "table/iceberg/location.h"
#include "table/iceberg/manifest.h"
#include "table/iceberg/metadata.h"

namespace weir::table::iceberg {

/// What a manifest says of the table around its entries. Borrowed for the call.
struct ManifestSetting {
  const Location& location;
  const Schema& schema;
  const PartitionSpec& spec;
  const LeafTypes& leaf_types;
};

/// The value of a partition field behind the date. Errors: kBadRequest when it is not of the
/// field's type.
Result<std::optional<datafile::Bound>> PartitionValue(const avro::Datum& datum,
                                                      const PartitionField& field,
                                                      const LeafTypes& leaf_types);

/// The identity of the snapshot that a manifest list is of.
struct ListHeader {
  int64_t snapshot_id = 0;
  std::optional<int64_t> parent_snapshot_id;
  int64_t sequence_number = 0;
};

/// Added entries leave their sequence numbers to be inherited. `seed` makes the file's sync marker.
std::string ManifestAvro(const std::vector<ManifestEntry>& entries, const ManifestSetting& setting,
                         const std::string& seed);

/// Reads the manifest that `listed` describes, resolving inherited numbers. The bytes need not be
/// trusted. Errors: kBadRequest with what is missing or malformed.
Result<std::vector<ManifestEntry>> ReadManifest(std::string_view bytes, const ManifestFile& listed,
                                                const ManifestSetting& setting);

/// As ReadManifest, one entry in memory at a time, until `on_entry` is false.
Status ForEachEntry(std::string_view bytes, const ManifestFile& listed,
                    const ManifestSetting& setting,
                    const std::function<bool(const ManifestEntry&)>& on_entry);

/// As ReadManifest, but entries of a manifest like ours keep their file encoded: to merge manifests
/// quickly.
Result<std::vector<ManifestEntry>> ReadManifestToCopy(std::string_view bytes,
                                                      const ManifestFile& listed,
                                                      const ManifestSetting& setting);

std::string ManifestListAvro(const std::vector<ManifestFile>& manifests, const ListHeader& header,
                             const std::string& seed);

/// Errors: kBadRequest with what is missing or malformed.
Result<std::vector<ManifestFile>> ReadManifestList(std::string_view bytes);

}  // namespace weir::table::iceberg
