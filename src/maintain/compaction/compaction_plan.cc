// SPDX-License-Identifier: Apache-2.0
#include "maintain/compaction/compaction_plan.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <tuple>
#include <utility>

namespace weir::maintain {
namespace {

/// 0 for files that make a row group; each further class is smaller by the fan-in.
int ClassOf(const LiveFile& file, const CompactionLimits& limits) {
  int64_t least_bytes = limits.merge_bytes / 2, least_rows = limits.merge_rows / 2;
  int size_class = 0;
  while (file.bytes < least_bytes && file.rows < least_rows) {
    ++size_class;
    least_bytes /= limits.fan_in;
    least_rows /= limits.fan_in;
  }
  return size_class;
}

/// Of some files together, or the most that they may have.
struct Size {
  int64_t bytes = 0, rows = 0;

  Size operator+(const LiveFile& file) const { return {bytes + file.bytes, rows + file.rows}; }
  bool IsMoreThan(const Size& most) const { return bytes > most.bytes || rows > most.rows; }
};

Size SizeOf(const std::vector<LiveFile>& files) {
  Size size;
  for (const LiveFile& file : files) size = size + file;
  return size;
}

Size MostOf(RunKind kind, const CompactionLimits& limits) {
  if (kind == RunKind::kMerge) return {limits.merge_bytes, limits.merge_rows};
  return {limits.file_bytes, std::numeric_limits<int64_t>::max()};
}

/// Files of one partition, in the order of their times.
struct Partition {
  PartitionKey key;
  bool is_quiet = false;
  std::vector<LiveFile> files;
};

/// Runs of neighbours, as many as fit into one file each.
std::vector<CompactionRun> Pack(RunKind kind, const Partition& partition,
                                const std::vector<LiveFile>& files,
                                const CompactionLimits& limits) {
  std::vector<CompactionRun> runs;
  Size size;
  for (const LiveFile& file : files) {
    // Row groups that are put together as they are have the same columns.
    const bool is_other = kind == RunKind::kJoin && !runs.empty() &&
                          runs.back().files.front().columns != file.columns;
    if (runs.empty() || is_other || (size + file).IsMoreThan(MostOf(kind, limits))) {
      runs.push_back({.kind = kind, .partition = partition.key});
      size = {};
    }
    runs.back().files.push_back(file);
    size = size + file;
  }
  return runs;
}

bool IsDone(const CompactionRun& run) {
  return run.files.size() < 2 && !(run.kind == RunKind::kMerge && run.files.front().is_fresh);
}

/// While files still come: a class when it is full, or when it makes a row group.
std::vector<CompactionRun> MergeOpen(const Partition& partition, const CompactionLimits& limits) {
  std::map<int, std::vector<LiveFile>> classes;
  for (const LiveFile& file : partition.files) {
    const int size_class = ClassOf(file, limits);
    if (size_class > 0 || file.is_fresh) classes[size_class].push_back(file);
  }
  std::vector<CompactionRun> runs;
  for (const auto& [size_class, members] : classes) {
    const bool is_full = size_class == 0 || std::ssize(members) >= limits.fan_in ||
                         SizeOf(members).IsMoreThan(MostOf(RunKind::kMerge, limits));
    if (!is_full) continue;
    std::ranges::move(Pack(RunKind::kMerge, partition, members, limits), std::back_inserter(runs));
  }
  return runs;
}

std::vector<CompactionRun> MergeQuiet(const Partition& partition, const CompactionLimits& limits) {
  std::vector<LiveFile> files;
  for (const LiveFile& file : partition.files) {
    if (ClassOf(file, limits) > 0 || file.is_fresh) files.push_back(file);
  }
  return Pack(RunKind::kMerge, partition, files, limits);
}

std::vector<CompactionRun> PlanMerges(const Partition& partition, const CompactionLimits& limits) {
  std::vector<CompactionRun> runs =
      partition.is_quiet ? MergeQuiet(partition, limits) : MergeOpen(partition, limits);
  std::erase_if(runs, IsDone);
  for (CompactionRun& run : runs) {
    const Size size = SizeOf(run.files);
    run.is_last = partition.is_quiet || 2 * size.bytes >= limits.merge_bytes ||
                  2 * size.rows >= limits.merge_rows;
  }
  return runs;
}

/// `is_merged`: nothing is left to be merged.
std::vector<CompactionRun> PlanJoins(const Partition& partition, bool is_merged,
                                     const CompactionLimits& limits) {
  const bool takes_all = partition.is_quiet && is_merged;
  std::vector<LiveFile> files;
  for (const LiveFile& file : partition.files) {
    const bool is_small = ClassOf(file, limits) > 0 && !takes_all;
    if (!is_small && !file.is_fresh && 2 * file.bytes < limits.file_bytes) files.push_back(file);
  }
  std::vector<CompactionRun> runs = Pack(RunKind::kJoin, partition, files, limits);
  // The last one may become fuller.
  if (!takes_all && !runs.empty()) runs.pop_back();
  std::erase_if(runs, IsDone);
  return runs;
}

}  // namespace

std::vector<CompactionRun> PlanCompaction(std::vector<LiveFile> files, const QuietTimes& quiet,
                                          const CompactionLimits& limits) {
  std::ranges::sort(files, {}, [](const LiveFile& file) {
    return std::tuple<int64_t, int64_t, std::string_view>(file.since, file.version, file.path);
  });
  std::map<PartitionKey, Partition> partitions;
  for (LiveFile& file : files) partitions[file.partition].files.push_back(std::move(file));
  std::vector<CompactionRun> runs;
  for (auto& [key, partition] : partitions) {
    const auto since = quiet.find(key);
    partition.key = key;
    partition.is_quiet = since != quiet.end() && since->second >= limits.quiet;
    std::vector<CompactionRun> merges = PlanMerges(partition, limits);
    std::ranges::move(PlanJoins(partition, merges.empty(), limits), std::back_inserter(runs));
    std::ranges::move(merges, std::back_inserter(runs));
  }
  return runs;
}

}  // namespace weir::maintain
