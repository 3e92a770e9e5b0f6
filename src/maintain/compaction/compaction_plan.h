// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which files of a table are to become one: a pure function of the files and of how long their
// partitions have been quiet.

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace weir::maintain {

struct CompactionLimits {
  // A run reads no more, of either; files of half of one stay as they are.
  int64_t file_bytes = 32 << 20;
  int64_t file_rows = 256 << 10;  // They are one row group: each column is decoded once.
  int fan_in = 16;                // So many files of one size class, before they become one.
  // A partition to which nothing came for so long: all its small files become few.
  std::chrono::milliseconds quiet = std::chrono::minutes(10);
};

/// What a plan needs of a live file.
struct LiveFile {
  std::string path;
  int32_t date = 0;  // Its partition.
  int64_t bytes = 0, rows = 0;
  int64_t version = 0;  // Of the commit that added it.

  bool operator==(const LiveFile&) const = default;
};

/// How long ago each partition got its newest file.
using QuietTimes = std::map<int32_t, std::chrono::milliseconds>;

/// Files of one partition that are to become one.
struct CompactionRun {
  int32_t date = 0;
  std::vector<LiveFile> files;  // In the order of their commits.

  bool operator==(const CompactionRun&) const = default;
};

/// Runs that share no file, oldest partitions first, so that closed ones never wait for the one
/// that grows. Every run has two files at least; nothing is planned for files that would only be
/// written again as they are.
std::vector<CompactionRun> PlanCompaction(std::vector<LiveFile> files, const QuietTimes& quiet,
                                          const CompactionLimits& limits);

}  // namespace weir::maintain
