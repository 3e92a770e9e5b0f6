// SPDX-License-Identifier: Apache-2.0
// What the metadata of otel_spans looks like after days of a commit a second, kept by the real
// planners of commits and of compaction. No data file is written: only what is said of them.
//
// usage: metadata_growth FOLDER DAYS [SECONDS]. Prints a line a day and leaves the table's metadata
// in FOLDER. SECONDS: between two commits of all days but the last; it takes minutes instead of
// hours.

#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "base/compression.h"
#include "commit/formats.h"
#include "maintain/compaction/compaction_plan.h"
#include "signal/published_table.h"
#include "table/iceberg/small_table.h"

namespace weir::bench {
namespace {

using namespace std::chrono_literals;
using datafile::DataFile;
using table::iceberg::TableState;

constexpr int64_t kDaySeconds = 86'400;
constexpr int64_t kStartSecond = 1'793'491'200;  // 2026-11-01T00:00:00Z
constexpr int64_t kRowsASecond = 1'400, kBytesARow = 70;
constexpr int64_t kPlanSeconds = 5;
// One commit in so many has a file of the day before, too.
constexpr uint64_t kLate = 200;

/// Typical bounds of every column outside maps and lists.
class FileMaker {
 public:
  explicit FileMaker(const arrow::Schema& schema) {
    for (const auto& field : schema.fields()) Add(*field);
  }

  DataFile Make(int64_t number, int64_t second, int64_t rows) {
    DataFile file{.path = fmt::format("data/date={}/{:032x}.parquet", second / kDaySeconds, number),
                  .date = static_cast<int32_t>(second / kDaySeconds),
                  .record_count = rows,
                  .file_bytes = rows * kBytesARow,
                  .column_bytes = column_bytes_,
                  .statistics = statistics_,
                  .split_offsets = {4}};
    for (auto& [id, column] : file.statistics) column.value_count = rows;
    SetTimes(file, second * 1'000'000, (second + 1) * 1'000'000);
    return file;
  }

  /// The rows of `parts` in one file.
  DataFile Merge(int64_t number, const std::vector<DataFile>& parts) {
    int64_t rows = 0, from = INT64_MAX, to = 0;
    for (const DataFile& part : parts) {
      rows += part.record_count;
      from = std::min(from, std::get<int64_t>(*part.statistics.at(time_id_).lower));
      to = std::max(to, std::get<int64_t>(*part.statistics.at(time_id_).upper));
    }
    DataFile file = Make(number, int64_t{parts[0].date} * kDaySeconds, rows);
    SetTimes(file, from, to);
    return file;
  }

 private:
  void SetTimes(DataFile& file, int64_t from, int64_t to) const {
    file.statistics[date_id_].lower = file.statistics[date_id_].upper = file.date;
    file.statistics[time_id_].lower = from;
    file.statistics[time_id_].upper = to;
  }

  void Add(const arrow::Field& field) {
    const int id = std::stoi(field.metadata()->Get("PARQUET:field_id").ValueOrDie());
    if (field.name() == "time") time_id_ = id;
    if (field.name() == "date") date_id_ = id;
    const auto type = field.type()->id();
    if (type == arrow::Type::STRUCT) {
      for (const auto& child : field.type()->fields()) Add(*child);
    } else if (type != arrow::Type::MAP && type != arrow::Type::LIST) {
      column_bytes_[id] = 700;
      statistics_[id] = {.lower = BoundOf(type, 'a'), .upper = BoundOf(type, 'y')};
    }
  }

  static datafile::Bound BoundOf(arrow::Type::type type, char letter) {
    switch (type) {
      case arrow::Type::BOOL: return letter == 'y';
      case arrow::Type::INT32:
      case arrow::Type::DATE32: return int32_t{letter};
      case arrow::Type::INT64:
      case arrow::Type::TIMESTAMP: return int64_t{letter} << 48;
      case arrow::Type::DOUBLE: return double{0.5} * letter;
      default: return std::string(16, letter);
    }
  }

  int time_id_ = 0, date_id_ = 0;
  std::map<int32_t, int64_t> column_bytes_;
  std::map<int32_t, datafile::ColumnStatistics> statistics_;
};

/// A table, its live files, and one second after the other.
class Growth {
 public:
  explicit Growth(const std::string& folder)
      : definition_(commit::DefinitionOf(signal::Table::kSpans)),
        files_(*definition_.schema),
        state_(table::iceberg::NewTable(definition_,
                                        {.location = {.uri = "file://" + folder, .root = "t"},
                                         .uuid = "7d3b4c1e-0000-4000-8000-000000000000",
                                         .timestamp_ms = kStartSecond * 1000})
                   .ValueOrDie()) {}

  void Day(int64_t day, int64_t interval) {
    std::vector<double> times;
    for (int64_t at = day * kDaySeconds; at < (day + 1) * kDaySeconds; at += interval) {
      const auto started = std::chrono::steady_clock::now();
      Append(kStartSecond + at, interval);
      times.push_back(
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started)
              .count());
      if (at % kPlanSeconds < interval) Compact(kStartSecond + at);
    }
    std::ranges::sort(times);
    Print(day + 1, times[times.size() / 2], times[times.size() * 99 / 100]);
  }

  void Save(const std::filesystem::path& folder) const {
    for (const auto& [path, bytes] : store_.objects) {
      const auto target = folder / path.substr(path.find('/') + 1);
      std::filesystem::create_directories(target.parent_path());
      std::ofstream(target, std::ios::binary) << bytes;
    }
    std::printf("%s\n", (folder / state_.metadata_path.substr(2)).c_str());
  }

 private:
  void Append(int64_t second, int64_t interval) {
    table::TableChange change;
    change.added.push_back(files_.Make(++number_, second, kRowsASecond * interval));
    if (random_() % kLate == 0) {
      change.added.push_back(files_.Make(++number_, second - kDaySeconds, 5));
    }
    Commit(change, second * 1000);
  }

  void Compact(int64_t second) {
    maintain::QuietTimes quiet;
    for (const auto& [date, newest] : newest_) quiet[date] = std::chrono::seconds(second - newest);
    std::vector<maintain::LiveFile> live;
    for (const auto& [path, file] : live_) live.push_back(file);
    int64_t ms = second * 1000;
    for (const auto& run : maintain::PlanCompaction(live, quiet, {})) {
      if ((ms += 10) >= second * 1000 + 1000) break;
      table::TableChange change{.is_rearrangement = true};
      for (const auto& file : run.files) change.removed.push_back(facts_.at(file.path));
      change.added.push_back(files_.Merge(++number_, change.removed));
      Commit(change, ms);
    }
  }

  void Commit(const table::TableChange& change, int64_t ms) {
    const table::CommitIdentity identity{
        .snapshot_id = ++commits_,
        .timestamp_ms = ms,
        .unique = fmt::format("00000000-0000-4000-8000-{:012}", commits_)};
    table::iceberg::Apply(
        store_, state_, table::iceberg::PlanCommit(store_, state_, change, identity).ValueOrDie());
    for (const DataFile& file : change.removed) {
      live_.erase(file.path);
      facts_.erase(file.path);
    }
    for (const DataFile& file : change.added) {
      live_[file.path] = {.path = file.path,
                          .date = file.date,
                          .bytes = file.file_bytes,
                          .rows = file.record_count,
                          .version = state_.metadata.last_sequence_number};
      facts_[file.path] = file;
      if (!change.is_rearrangement) newest_[file.date] = ms / 1000;
    }
  }

  void Print(int64_t days, double median, double p99) const {
    const std::string& packed = store_.objects.at(state_.metadata_path);
    const auto metadata = Decompress(Compression::kGzip, packed, 64 << 20).ValueOrDie();
    std::printf(
        "day %ld: %zu commits, metadata.json %zu KiB (%zu packed), %zu snapshots, %zu manifests, "
        "%zu live files, %zu objects, planning a commit %.2f ms, p99 %.2f\n",
        days, size_t(commits_), metadata.size() / 1024, packed.size() / 1024,
        state_.metadata.snapshots.size(), state_.manifests.size(), live_.size(),
        store_.objects.size(), median, p99);
    std::fflush(stdout);
  }

  const table::TableDefinition definition_;
  FileMaker files_;
  table::iceberg::MapStore store_;
  TableState state_;
  std::map<std::string, maintain::LiveFile> live_;
  std::map<std::string, DataFile> facts_;
  std::map<int32_t, int64_t> newest_;
  std::mt19937_64 random_{1};
  int64_t number_ = 0, commits_ = 0;
};

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
  if (argc != 3 && argc != 4) {
    std::fprintf(stderr, "usage: metadata_growth FOLDER DAYS [SECONDS]\n");
    return 2;
  }
  const std::string folder = std::filesystem::absolute(argv[1]);
  weir::bench::Growth growth(folder);
  const int64_t days = std::atoll(argv[2]), interval = argc == 4 ? std::atoll(argv[3]) : 1;
  for (int64_t day = 0; day < days; ++day) growth.Day(day, day + 1 < days ? interval : 1);
  growth.Save(folder);
}
