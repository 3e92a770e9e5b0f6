// SPDX-License-Identifier: Apache-2.0
#pragma once
// A snapshot that another engine wrote metadata for, read as what it is to be: its parent and some
// more data files. Nothing of it is trusted.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "datafile/written_file.h"
#include "store/store.h"
#include "table/iceberg/table_state.h"

namespace weir::table::iceberg {

struct ProposedSnapshot {
  int64_t snapshot_id = 0;
  std::optional<int64_t> parent_snapshot_id;  // None: it was made for a table without snapshots.
  std::string manifest_list;                  // URI.
  std::map<std::string, std::string> summary;
};

struct ProposedAppend {
  /// As the engine's manifests record them; paths relative to the table.
  std::vector<datafile::DataFile> files;
  /// The manifest list and the manifests of these files alone, relative to the table.
  std::vector<std::string> metadata_files;
};

/// Reads the proposed snapshot's list and the manifests that are not its parent's. The parent need
/// not be the table's current snapshot, but one that it still has.
/// Errors: kBadRequest with the reason where it is anything but the parent's live files and added
/// ones, or a file lies elsewhere than below the table's `data`; kConflict where the table does not
/// have the parent any more; the store's.
Result<ProposedAppend> ReadProposedAppend(const store::Store& store, const TableState& state,
                                          const ProposedSnapshot& proposed);

/// Holds an added file against what its manifest records of it and against the table's schema: by
/// field id, as Iceberg's readers go, and by name, as Delta's do. Returns its facts from the
/// footer, with path and date. Errors: kBadRequest with the reason.
Result<datafile::DataFile> CheckAddedFile(const TableState& state,
                                          const datafile::DataFile& recorded,
                                          const datafile::WrittenFile& written);

/// A file that is live, and the snapshot that added it.
struct LiveFile {
  std::string path;
  int64_t snapshot_id = 0;
};
/// Of `files` one that the table has in its current snapshot; nothing where there is none. Errors:
/// as ReadTable.
Result<std::optional<LiveFile>> FindLive(const store::Store& store, const TableState& state,
                                         const std::vector<datafile::DataFile>& files);

}  // namespace weir::table::iceberg
