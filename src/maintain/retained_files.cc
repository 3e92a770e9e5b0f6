// SPDX-License-Identifier: Apache-2.0
#include "maintain/retained_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "maintain/delta_side.h"
#include "maintain/iceberg_side.h"
#include "table/delta/log_entry.h"
#include "table/delta/log_files.h"
#include "table/delta/statistics_reader.h"
#include "table/iceberg/read_table.h"

namespace weir::maintain {
namespace {

namespace delta = table::delta;
namespace iceberg = table::iceberg;

/// One thread.
class Reader {
 public:
  Reader(const Lake& lake, const catalog::TableEntry& entry, std::string root, Findings& findings)
      : lake_(lake), entry_(entry), root_(std::move(root)), findings_(findings) {}

  Result<RetainedFiles> Run() {
    ReadIceberg();
    TRY(ReadDelta());
    return std::move(retained_);
  }

 private:
  void Incomplete(Check check, Format format, const std::string& file, const Status& why,
                  std::string expected) {
    retained_.is_complete = false;
    findings_.Add({check, format, file, why.message(), std::move(expected)});
  }

  void Name(const std::string& path, const RetainedFile& file) {
    const auto [known, is_new] = retained_.files.try_emplace(path, file);
    if (is_new) return;
    if (!known->second.bytes) known->second.bytes = file.bytes;
    if (!known->second.rows) known->second.rows = file.rows;
  }

  void ReadIceberg() {
    const auto path = StorePath(lake_.store, entry_.metadata_location);
    const auto state = path ? iceberg::ReadTableMetadata(lake_.store, *path)
                            : Error(ErrorKind::kBadRequest, "it lies outside the store");
    if (!state.ok()) {
      return Incomplete(Check::kMetadataUnreadable, Format::kIceberg,
                        path ? InTable(*path, root_) : entry_.metadata_location, state.status(),
                        "a metadata file of format 2");
    }
    Name(InTable(*path, root_), {});
    for (const auto& older : state->metadata.metadata_log) {
      Name(state->location.Relative(older.metadata_file), {.is_needed = false});
    }
    for (const std::string* statistics :
         {&state->metadata.statistics_json, &state->metadata.partition_statistics_json}) {
      NameStatistics(state->location, *statistics);
    }
    const iceberg::Snapshot* const current = state->metadata.CurrentSnapshot();
    if (current == nullptr) return;
    is_reading_current_ = true;
    ReadSnapshot(*state, *current);
    is_reading_current_ = false;
    for (const iceberg::Snapshot& snapshot : state->metadata.snapshots) {
      if (&snapshot != current) ReadSnapshot(*state, snapshot);
    }
  }

  /// Foreign writers' files.
  void NameStatistics(const iceberg::Location& location, const std::string& text) {
    const auto list = nlohmann::json::parse(text, nullptr, false);
    if (!list.is_array()) return;
    for (const auto& one : list) {
      const auto path = one.find("statistics-path");
      if (path != one.end() && path->is_string()) {
        Name(location.Relative(path->get<std::string>()), {});
      }
    }
  }

  void ReadSnapshot(const iceberg::TableState& state, const iceberg::Snapshot& snapshot) {
    const std::string list = state.location.Relative(snapshot.manifest_list);
    Name(list, {});
    const auto manifests = iceberg::LoadManifestList(lake_.store, state.location, snapshot);
    if (!manifests.ok()) {
      return Incomplete(Check::kOldVersionUnreadable, Format::kIceberg, list, manifests.status(),
                        fmt::format("the manifest list of version {}", snapshot.sequence_number));
    }
    Fingerprint sum;
    bool is_whole = true;
    for (const iceberg::ManifestFile& manifest : *manifests) {
      const std::string path = state.location.Relative(manifest.path);
      if (!manifests_.contains(path)) manifests_[path] = ReadManifest(state, manifest, path);
      const std::optional<Fingerprint>& files = manifests_[path];
      is_whole &= files.has_value();
      if (files) sum += *files;
    }
    if (!is_whole) return;
    retained_.snapshots[snapshot.sequence_number] = sum;
    const iceberg::Summary& summary = snapshot.summary;
    if (sum.files == summary.total_files && sum.rows == summary.total_records &&
        sum.bytes == summary.total_bytes) {
      return;
    }
    findings_.Add({Check::kSnapshotTotals, Format::kIceberg, list,
                   fmt::format("{} files, {} rows, {} bytes", sum.files, sum.rows, sum.bytes),
                   fmt::format("{} files, {} rows, {} bytes, as the summary of version {} says",
                               summary.total_files, summary.total_records, summary.total_bytes,
                               snapshot.sequence_number)});
  }

  /// Its live files; nothing where it can't be read.
  std::optional<Fingerprint> ReadManifest(const iceberg::TableState& state,
                                          const iceberg::ManifestFile& manifest,
                                          const std::string& path) {
    Name(path, {.bytes = manifest.length});
    Fingerprint sum;
    const Status read =
        ForEachEntry(lake_.store, state, manifest, [&](const iceberg::ManifestEntry& one) {
          if (!one.is_live()) return true;
          sum += FingerprintOf(one.file.path, one.file.record_count, one.file.file_bytes);
          Name(one.file.path, {.bytes = one.file.file_bytes,
                               .rows = one.file.record_count,
                               .is_current = is_reading_current_});
          return true;
        });
    if (read.ok()) return sum;
    Incomplete(Check::kOldVersionUnreadable, Format::kIceberg, path, read, "a manifest");
    return std::nullopt;
  }

  /// Begins where the log's readers can: with its first entry, or its oldest checkpoint.
  Status ReadDelta() {
    const auto files = delta::ListLog(lake_.store, root_);
    if (!files.ok()) {
      Incomplete(Check::kDeltaUnreadable, Format::kDelta, "data/_delta_log", files.status(),
                 "a log that can be listed");
      return Status::OK();
    }
    Name("data/_delta_log/_last_checkpoint", {.named_by = Format::kDelta, .is_needed = false});
    for (const int64_t version : files->entries) NameOfLog(delta::EntryPath(root_, version));
    for (const int64_t version : files->checkpoints) {
      NameOfLog(delta::CheckpointPath(root_, version));
    }
    delta::Snapshot snapshot;
    const bool is_whole = files->entries.empty() || files->entries.front() == 0;
    if (!is_whole && !files->checkpoints.empty()) {
      const int64_t version = files->checkpoints.front();
      auto read = delta::ReadCheckpoint(lake_.store, root_, version);
      if (!read.ok()) {
        Incomplete(Check::kDeltaCheckpoint, Format::kDelta,
                   InTable(delta::CheckpointPath(root_, version), root_), read.status(),
                   "the checkpoint that the kept entries follow");
        return Status::OK();
      }
      snapshot = *std::move(read);
      for (const auto& [path, add] : snapshot.files) Add(add);
      retained_.delta_versions[snapshot.version] = sum_;
    }
    return ReadEntries(snapshot.version);
  }

  void NameOfLog(const std::string& path) {
    Name(InTable(path, root_), {.named_by = Format::kDelta});
  }

  Status ReadEntries(int64_t version) {
    while (version < entry_.delta_version) {
      ++version;
      const std::string path = delta::EntryPath(root_, version);
      const auto bytes = ReadLogEntry(lake_, entry_.name, path, version);
      auto read =
          bytes.ok() ? delta::ReadEntry(bytes->bytes) : Result<delta::Entry>(bytes.status());
      if (!read.ok()) {
        Incomplete(Check::kDeltaEntryUnreadable, Format::kDelta, InTable(path, root_),
                   read.status(), "an entry that can be read");
        return Status::OK();
      }
      NameOfLog(path);
      for (const delta::RemoveAction& remove : read->removed) Remove(remove.path);
      for (const delta::AddAction& add : read->added) Add(add);
      retained_.delta_versions[version] = sum_;
    }
    return Status::OK();
  }

  void Remove(const std::string& path) {
    const auto live = live_.find(path);
    if (live == live_.end()) return;
    sum_ -= live->second;
    live_.erase(live);
  }

  void Add(const delta::AddAction& add) {
    Remove(add.path);
    const auto statistics = delta::ReadStatistics(add.statistics, {});
    const std::string path = "data/" + add.path;
    RetainedFile file{.bytes = add.file_bytes, .named_by = Format::kDelta};
    if (statistics.ok()) file.rows = statistics->record_count;
    const Fingerprint one = FingerprintOf(path, file.rows.value_or(-1), add.file_bytes);
    Name(path, file);
    live_[add.path] = one;
    sum_ += one;
  }

  const Lake& lake_;
  const catalog::TableEntry& entry_;
  const std::string root_;
  Findings& findings_;
  RetainedFiles retained_;
  bool is_reading_current_ = false;
  std::map<std::string, std::optional<Fingerprint>> manifests_;
  std::map<std::string, Fingerprint> live_;  // Delta's, at the version that was read last.
  Fingerprint sum_;
};

}  // namespace

Result<RetainedFiles> ReadRetainedFiles(const Lake& lake, const catalog::TableEntry& entry,
                                        const std::string& root, Findings& findings) {
  return Reader(lake, entry, root, findings).Run();
}

}  // namespace weir::maintain
