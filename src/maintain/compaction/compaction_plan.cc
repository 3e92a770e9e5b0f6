// SPDX-License-Identifier: Apache-2.0
#include "maintain/compaction/compaction_plan.h"

#include <algorithm>
#include <utility>

namespace weir::maintain {
namespace {

/// 0 for files that are large enough; each further class is smaller by the fan-in.
int ClassOf(const LiveFile& file, const CompactionLimits& limits) {
  int64_t least_bytes = limits.file_bytes / 2, least_rows = limits.file_rows / 2;
  int size_class = 0;
  while (file.bytes < least_bytes && file.rows < least_rows) {
    ++size_class;
    least_bytes /= limits.fan_in;
    least_rows /= limits.fan_in;
  }
  return size_class;
}

/// Of some files together.
struct Size {
  int64_t bytes = 0, rows = 0;

  Size operator+(const LiveFile& file) const { return {bytes + file.bytes, rows + file.rows}; }
  bool IsMoreThanOneFile(const CompactionLimits& limits) const {
    return bytes > limits.file_bytes || rows > limits.file_rows;
  }
};

/// Runs of neighbours, as many as fit into one file each.
std::vector<CompactionRun> Pack(int32_t date, const std::vector<LiveFile>& files,
                                const CompactionLimits& limits) {
  std::vector<CompactionRun> runs;
  Size size;
  for (const LiveFile& file : files) {
    if (runs.empty() || (size + file).IsMoreThanOneFile(limits)) {
      runs.push_back({.date = date});
      size = {};
    }
    runs.back().files.push_back(file);
    size = size + file;
  }
  std::erase_if(runs, [](const CompactionRun& run) { return run.files.size() < 2; });
  return runs;
}

/// While files still come: a class when it is full, or when it makes a large file.
std::vector<CompactionRun> PlanOpen(int32_t date, const std::vector<LiveFile>& files,
                                    const CompactionLimits& limits) {
  std::map<int, std::vector<LiveFile>> classes;
  for (const LiveFile& file : files) classes[ClassOf(file, limits)].push_back(file);
  classes.erase(0);
  std::vector<CompactionRun> runs;
  for (const auto& [size_class, members] : classes) {
    Size size;
    for (const LiveFile& file : members) size = size + file;
    if (std::ssize(members) < limits.fan_in && !size.IsMoreThanOneFile(limits)) continue;
    std::ranges::move(Pack(date, members, limits), std::back_inserter(runs));
  }
  return runs;
}

std::vector<CompactionRun> PlanQuiet(int32_t date, std::vector<LiveFile> files,
                                     const CompactionLimits& limits) {
  std::erase_if(files, [&](const LiveFile& file) { return ClassOf(file, limits) == 0; });
  return Pack(date, files, limits);
}

}  // namespace

std::vector<CompactionRun> PlanCompaction(std::vector<LiveFile> files, const QuietTimes& quiet,
                                          const CompactionLimits& limits) {
  std::map<int32_t, std::vector<LiveFile>> partitions;
  std::ranges::sort(files, {}, [](const LiveFile& file) {
    return std::pair<int64_t, std::string_view>(file.version, file.path);
  });
  for (LiveFile& file : files) partitions[file.date].push_back(std::move(file));
  std::vector<CompactionRun> runs;
  for (auto& [date, members] : partitions) {
    const auto since = quiet.find(date);
    const bool is_quiet = since != quiet.end() && since->second >= limits.quiet;
    std::ranges::move(
        is_quiet ? PlanQuiet(date, std::move(members), limits) : PlanOpen(date, members, limits),
        std::back_inserter(runs));
  }
  return runs;
}

}  // namespace weir::maintain
