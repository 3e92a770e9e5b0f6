// SPDX-License-Identifier: Apache-2.0
#include "maintain/finding.h"

#include <utility>

namespace weir::maintain {
namespace {

struct Words {
  std::string_view name, advice;
  bool is_error = true;
};

constexpr std::string_view kRestoreMetadata =
    "restore the file from a backup; no engine can read the table's current snapshot without it";
constexpr std::string_view kRestoreLog =
    "restore the entry from a backup; Delta readers fail or lack rows until then, Iceberg's do not";
constexpr std::string_view kRestoreData =
    "restore the file from a backup; until then reads that touch it fail or are wrong";
constexpr std::string_view kIcebergIsTruth =
    "Iceberg is the truth: stop who else writes to the Delta log, and restore the log's entries";
constexpr std::string_view kRestoreOld =
    "restore the file from a backup, or drop the versions that need it (`weir maintain expire "
    "--versions-older-than`); the current version is not concerned";
constexpr std::string_view kForgetAgain =
    "ask to forget it again (`weir maintain forget`): these came later, or a crash left them";
constexpr std::string_view kReport =
    "no reader is right to prune by these; report it as a defect with this line and the file";

Words WordsOf(Check check) {
  switch (check) {
    case Check::kLocation:
      return {"location", "the data folder was moved or copied: put it back where it was made"};
    case Check::kTableUuid:
      return {"table_uuid", "another table's files lie here: restore this table's from a backup"};
    case Check::kMetadataUnreadable: return {"metadata_unreadable", kRestoreMetadata};
    case Check::kSnapshotId:
      return {"snapshot_id", "catalog.db and the tables are of different times: restore both"};
    case Check::kSequenceNumber:
      return {"sequence_number", "catalog.db and the tables are of different times: restore both"};
    case Check::kSnapshotTotals: return {"snapshot_totals", kReport};
    case Check::kManifestListUnreadable: return {"manifest_list_unreadable", kRestoreMetadata};
    case Check::kManifestUnreadable: return {"manifest_unreadable", kRestoreMetadata};
    case Check::kManifestLength: return {"manifest_length", kRestoreMetadata};
    case Check::kManifestCounts: return {"manifest_counts", kRestoreMetadata};
    case Check::kDeltaEntryMissing: return {"delta_entry_missing", kRestoreLog};
    case Check::kDeltaEntryUnreadable: return {"delta_entry_unreadable", kRestoreLog};
    case Check::kDeltaEntryPending:
      return {"delta_entry_pending", "nothing: a running server writes it, or the next start",
              false};
    case Check::kDeltaCheckpoint:
      return {
          "delta_checkpoint",
          "delete the file: readers then begin at the checkpoint before it, and a running server "
          "writes another; report it as a defect"};
    case Check::kDeltaUnreadable: return {"delta_unreadable", kIcebergIsTruth};
    case Check::kDeltaVersion: return {"delta_version", kIcebergIsTruth};
    case Check::kSchemasDiffer: return {"schemas_differ", kIcebergIsTruth};
    case Check::kListedTwice:
      return {"listed_twice", "its rows count twice for some engines: report it as a defect"};
    case Check::kOnlyInIceberg: return {"only_in_iceberg", kIcebergIsTruth};
    case Check::kOnlyInDelta: return {"only_in_delta", kIcebergIsTruth};
    case Check::kRowsDiffer: return {"rows_differ", kIcebergIsTruth};
    case Check::kSizesDiffer: return {"sizes_differ", kIcebergIsTruth};
    case Check::kPartitionsDiffer: return {"partitions_differ", kIcebergIsTruth};
    case Check::kStatisticsDiffer: return {"statistics_differ", kIcebergIsTruth};
    case Check::kFileMissing: return {"file_missing", kRestoreData};
    case Check::kFileSize: return {"file_size", kRestoreData};
    case Check::kFooterUnreadable: return {"footer_unreadable", kRestoreData};
    case Check::kFileRows: return {"file_rows", kRestoreData};
    case Check::kFileSchema: return {"file_schema", kRestoreData};
    case Check::kFileContent: return {"file_content", kRestoreData};
    case Check::kNullCount: return {"null_count", kReport};
    case Check::kBounds: return {"bounds", kReport};
    case Check::kUnreferenced:
      return {"unreferenced", "nothing: left by a crash between file and commit, it costs space",
              false};
    case Check::kPagesUnreadable: return {"pages_unreadable", kRestoreData};
    case Check::kContentHash: return {"content_hash", kRestoreData};
    case Check::kOldVersionUnreadable: return {"old_version_unreadable", kRestoreOld};
    case Check::kOldFileMissing: return {"old_file_missing", kRestoreOld};
    case Check::kOldFileSize: return {"old_file_size", kRestoreOld};
    case Check::kVersionsDiffer: return {"versions_differ", kIcebergIsTruth};
    case Check::kForgottenRows: return {"forgotten_rows", kForgetAgain};
  }
  return {"unknown", ""};
}

}  // namespace

std::string_view NameOf(Check check) { return WordsOf(check).name; }
std::string_view AdviceOn(Check check) { return WordsOf(check).advice; }
bool IsError(Check check) { return WordsOf(check).is_error; }

std::string_view NameOf(Format format) {
  switch (format) {
    case Format::kCatalog: return "catalog";
    case Format::kIceberg: return "iceberg";
    case Format::kDelta: return "delta";
    case Format::kData: return "data";
  }
  return "unknown";
}

void Findings::Add(Finding finding) {
  ++(IsError(finding.check) ? errors_ : warnings_);
  if (kept_.size() < kKeptMax) kept_.push_back(std::move(finding));
}

}  // namespace weir::maintain
