// SPDX-License-Identifier: Apache-2.0
#pragma once
// All that the versions of a table name which can still be asked for, in both formats.

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "catalog/catalog.h"
#include "maintain/finding.h"
#include "maintain/fingerprint.h"
#include "maintain/lake.h"
#include "table/iceberg/table_state.h"

namespace weir::maintain {

/// An object in the table's folder that a version names.
struct RetainedFile {
  std::optional<int64_t> bytes = {};  // Where it is recorded.
  std::optional<int64_t> rows = {};   // Of data files.
  Format named_by = Format::kIceberg;
  bool is_needed = true;    // False for what no version is read from: older metadata, hints.
  bool is_current = false;  // A data file of Iceberg's current snapshot.
};

/// Every version: Iceberg's snapshots, whatever keeps them, and Delta's from the oldest on that its
/// log tells of.
struct RetainedFiles {
  std::map<std::string, RetainedFile> files;  // By path relative to the table.
  std::map<int64_t, Fingerprint> snapshots;   // Iceberg's data files by version.
  std::map<int64_t, Fingerprint> delta_versions;
  bool is_complete =
      true;  // False where something could not be read, so that files may be missing.
};

/// Reads them all; what cannot be read is a finding. `root`: the table's folder in the store.
/// Memory: about 200 bytes a file. Errors: the catalog's.
Result<RetainedFiles> ReadRetainedFiles(const Lake& lake, const catalog::TableEntry& entry,
                                        const std::string& root, Findings& findings);

}  // namespace weir::maintain
