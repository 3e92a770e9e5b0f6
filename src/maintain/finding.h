// SPDX-License-Identifier: Apache-2.0
#pragma once
// What is wrong with a table, in words for whoever must repair it.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::maintain {

/// What was looked at when it was found. Names and advice are in one table in finding.cc.
enum class Check : uint8_t {
  kLocation,
  kTableUuid,
  kMetadataUnreadable,
  kSnapshotId,
  kSequenceNumber,
  kSnapshotTotals,
  kManifestListUnreadable,
  kManifestUnreadable,
  kManifestLength,
  kManifestCounts,
  kDeltaEntryMissing,
  kDeltaEntryUnreadable,
  kDeltaEntryPending,
  kDeltaCheckpoint,
  kDeltaUnreadable,
  kDeltaVersion,
  kSchemasDiffer,
  kListedTwice,
  kOnlyInIceberg,
  kOnlyInDelta,
  kRowsDiffer,
  kSizesDiffer,
  kPartitionsDiffer,
  kStatisticsDiffer,
  kFileMissing,
  kFileSize,
  kFooterUnreadable,
  kFileRows,
  kFileSchema,
  kFileContent,
  kNullCount,
  kBounds,
  kUnreferenced,
  kOldVersionUnreadable,
  kOldFileMissing,
  kOldFileSize,
  kVersionsDiffer,
  kForgottenRows,
  kPagesUnreadable,
  kContentHash,
};

enum class Format : uint8_t { kCatalog, kIceberg, kDelta, kData };

struct Finding {
  Check check{};
  Format format{};   // Who says what was found.
  std::string file;  // Relative to the table; empty where it is about none.
  std::string found;
  std::string expected;
};

/// A word for programs, part of the stable interface: `file_missing`.
std::string_view NameOf(Check check);
std::string_view NameOf(Format format);
/// What to do about it.
std::string_view AdviceOn(Check check);
/// False for what costs space or passes by itself.
bool IsError(Check check);

/// The findings of one check of a table. One thread.
class Findings {
 public:
  // A table whose files all went would fill memory with the same sentence.
  static constexpr size_t kKeptMax = 1'000;

  void Add(Finding finding);

  const std::vector<Finding>& kept() const { return kept_; }
  /// Those not kept included.
  int64_t errors() const { return errors_; }
  int64_t warnings() const { return warnings_; }

 private:
  std::vector<Finding> kept_;
  int64_t errors_ = 0, warnings_ = 0;
};

}  // namespace weir::maintain
