// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which files of a table are to become one, and how: a pure function of the files and of how long
// their partitions have been quiet.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "datafile/data_file.h"

namespace weir::maintain {

struct CompactionLimits {
  // A merge reads no more, of either, and makes one row group; files of half of one are merged no
  // more.
  int64_t merge_bytes = 32 << 20;
  int64_t merge_rows = 208 << 10;  // A bloom filter of 256 KiB holds as many distinct ids at 1 %.
  int fan_in = 16;                 // So many files of one size class, before they become one.
  // A joined file becomes no larger; files of half stay as they are.
  int64_t file_bytes = 128 << 20;
  // A partition to which nothing came for so long: all its small files become few.
  std::chrono::milliseconds quiet = std::chrono::minutes(10);
};

/// Whose rows may be put into one file.
struct PartitionKey {
  int32_t date = 0;
  int32_t spec_id = 0;  // Of a table that was divided otherwise; the values of its further fields.
  std::vector<std::optional<datafile::Bound>> values = {};

  auto operator<=>(const PartitionKey&) const = default;
};

/// What a plan needs of a live file.
struct LiveFile {
  std::string path;
  PartitionKey partition;
  int64_t bytes = 0, rows = 0;
  int64_t version = 0;  // Of the commit that added it.
  int64_t since = 0;    // Of its earliest row, in any unit; 0 where that is not known.
  // Not in the order of compacted files, or without the values of a column that its rows have some
  // for: to be merged, large or alone too.
  bool is_fresh = false;
  std::string columns = {};  // Those that the table was given: `1` where the file has it, else `0`.

  bool operator==(const LiveFile&) const = default;
};

/// How long ago each partition got its newest file.
using QuietTimes = std::map<PartitionKey, std::chrono::milliseconds>;

enum class RunKind : uint8_t {
  kMerge,  // Rows decoded and put in one order: a row group.
  kJoin,   // Row groups put together as they are.
};

/// Files of one partition that are to become one.
struct CompactionRun {
  RunKind kind = RunKind::kMerge;
  PartitionKey partition;
  std::vector<LiveFile> files;  // In the order of their rows' times.
  bool is_last = false;         // Of merges: its rows are not expected to be merged again.

  bool operator==(const CompactionRun&) const = default;
};

/// Runs that share no file, oldest partitions first, so that closed ones never wait for the one
/// that grows. Small files are merged up to row groups, size class by size class; what is as large
/// as a row group is joined up to files. Joins, which are cheap, stand before their partition's
/// merges. Every run has two files at least, but for merges of a fresh one; nothing is planned for
/// files that would only be written again as they are.
std::vector<CompactionRun> PlanCompaction(std::vector<LiveFile> files, const QuietTimes& quiet,
                                          const CompactionLimits& limits);

}  // namespace weir::maintain
