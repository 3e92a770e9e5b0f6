// SPDX-License-Identifier: Apache-2.0
#include "maintain/verify_table.h"

#include <fmt/format.h>

#include <memory>
#include <set>

#include "maintain/delta_side.h"
#include "maintain/format_comparison.h"
#include "maintain/iceberg_side.h"

namespace weir::maintain {
namespace {

namespace delta = table::delta;
namespace iceberg = table::iceberg;

/// A commit a second deletes a metadata file 20 commits later, so one new look is nearly always
/// enough.
constexpr int kLooksMax = 3;

/// Verifies one table. One thread.
class TableCheck {
 public:
  TableCheck(const Lake& lake, const VerifyOptions& options, catalog::TableEntry entry)
      : lake_(lake), options_(options), entry_(std::move(entry)) {}

  /// False where the table moved on so far meanwhile that its files are gone.
  Result<bool> Run();
  TableReport report() && { return std::move(report_); }

 private:
  void Add(Check check, Format format, std::string file, std::string found, std::string expected) {
    report_.findings.Add({check, format, std::move(file), std::move(found), std::move(expected)});
  }
  void CompareFormats(const iceberg::TableState& state, std::optional<delta::Snapshot> log);
  void AddLive(const datafile::DataFile& file, FormatComparison* comparison);
  void CheckSize(const datafile::DataFile& file);
  void CheckPending(const std::vector<std::string>& paths);
  void FindUnreferenced();
  void CountUnreferenced(const std::string& path);

  const Lake& lake_;
  const VerifyOptions& options_;
  const catalog::TableEntry entry_;
  std::string root_;
  TableReport report_;
  bool is_complete_ = false;     // All of Iceberg's manifests were read.
  std::set<std::string> known_;  // Paths that either format lists, or Delta's log removed.
  std::set<std::string> live_;   // Paths that Iceberg lists.
};

Result<bool> TableCheck::Run() {
  report_.delta_version = entry_.delta_version;
  const auto root = StorePath(lake_.store, entry_.location);
  if (!root) {
    Add(Check::kLocation, Format::kCatalog, "", entry_.location,
        "a place below " + lake_.store.Uri(""));
    return true;
  }
  root_ = *root;
  const auto state = ReadIcebergSide(lake_.store, entry_, report_.findings);
  if (!state) {
    const catalog::TableEntry now = TRY(lake_.catalog.Load(entry_.name));
    if (now.metadata_location != entry_.metadata_location) return false;
  }
  auto log = ReadDeltaSide(lake_, entry_, root_, report_.findings);
  if (!state) return true;
  report_.snapshot_id = state->snapshot_id();
  const bool has_log = log.has_value();
  CompareFormats(*state, has_log ? std::optional(std::move(log->snapshot)) : std::nullopt);
  // Without both lists it is not known what is referenced.
  if (has_log && is_complete_) FindUnreferenced();
  if (has_log) CheckPending(log->pending);
  return true;
}

void TableCheck::CompareFormats(const iceberg::TableState& state,
                                std::optional<delta::Snapshot> log) {
  auto fields = iceberg::SchemaFieldsOf(*state.metadata.CurrentSchema());
  if (!fields.ok()) {
    return Add(Check::kMetadataUnreadable, Format::kIceberg, InTable(state.metadata_path, root_),
               fields.status().message(), "a schema");
  }
  std::unique_ptr<FormatComparison> comparison;
  if (log) {
    for (const auto& [path, add] : log->files) known_.insert("data/" + path);
    for (const auto& [path, remove] : log->tombstones) known_.insert("data/" + path);
    auto types = delta::SchemaTypesOf(log->metadata->schema_json);
    if (types.ok()) {
      CompareSchemas(*fields, *types, report_.findings);
      comparison = std::make_unique<FormatComparison>(*std::move(log), *std::move(types), *fields,
                                                      report_.findings);
    } else {
      Add(Check::kDeltaUnreadable, Format::kDelta, "", types.status().message(), "a schema");
    }
  }
  is_complete_ =
      ForEachLiveFile(lake_.store, state, report_.findings,
                      [&](const datafile::DataFile& file) { AddLive(file, comparison.get()); });
  // What a lost manifest lists is no less in Iceberg.
  if (is_complete_ && comparison != nullptr) comparison->Finish();
}

void TableCheck::AddLive(const datafile::DataFile& file, FormatComparison* comparison) {
  ++report_.files;
  report_.rows += file.record_count;
  report_.bytes += file.file_bytes;
  if (!live_.insert(file.path).second) {
    return Add(Check::kListedTwice, Format::kIceberg, file.path, "listed more than once",
               "listed once");
  }
  known_.insert(file.path);
  CheckSize(file);
  if (comparison != nullptr) comparison->Add(file);
}

void TableCheck::CheckSize(const datafile::DataFile& file) {
  if (file.path.find("://") != std::string::npos) {
    return Add(Check::kLocation, Format::kIceberg, file.path, "outside the table",
               "a place below " + entry_.location);
  }
  const auto found = lake_.store.Head(root_ + "/" + file.path);
  const std::string expected = fmt::format("{} bytes", file.file_bytes);
  if (!found.ok()) {
    Add(Check::kFileMissing, Format::kData, file.path, found.status().message(), expected);
  } else if (!*found) {
    Add(Check::kFileMissing, Format::kData, file.path, "no such file", expected);
  } else if (**found != file.file_bytes) {
    Add(Check::kFileSize, Format::kData, file.path, fmt::format("{} bytes", **found), expected);
  }
}

// Last, since a running server is done with it in a moment.
void TableCheck::CheckPending(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    const auto found = lake_.store.Head(path);
    if (found.ok() && *found) continue;
    Add(Check::kDeltaEntryPending, Format::kDelta, InTable(path, root_),
        "committed, not in the log yet", "in the log");
  }
}

void TableCheck::FindUnreferenced() {
  const std::string folder = root_ + "/data";
  const auto paths = lake_.store.List(folder);
  if (!paths.ok()) return;  // Reading the log has said so.
  std::string example;
  for (const std::string& path : *paths) {
    if (path.starts_with(folder + "/_delta_log/")) continue;
    const std::string name = path.substr(root_.size() + 1);
    if (known_.contains(name)) continue;
    const int64_t before = report_.unreferenced.files;
    CountUnreferenced(path);
    if (example.empty() && report_.unreferenced.files > before) example = name;
  }
  const Unreferenced& found = report_.unreferenced;
  if (found.files == 0) return;
  Add(Check::kUnreferenced, Format::kData, example,
      fmt::format("{} files of {} bytes that no format lists", found.files, found.bytes),
      fmt::format("none older than {} s", options_.grace.count()));
}

void TableCheck::CountUnreferenced(const std::string& path) {
  const auto modified = lake_.store.ModifiedMs(path);
  const int64_t grace_ms = std::chrono::milliseconds(options_.grace).count();
  const bool is_young =
      modified.ok() && *modified && lake_.clock.UnixMillis() - **modified < grace_ms;
  if (is_young) {
    ++report_.unreferenced.young_files;
    return;
  }
  const auto bytes = lake_.store.Head(path);
  if (!bytes.ok() || !*bytes) return;  // Deleted meanwhile.
  ++report_.unreferenced.files;
  report_.unreferenced.bytes += **bytes;
}

}  // namespace

Result<TableReport> VerifyTable(const Lake& lake, const catalog::TableName& name,
                                const VerifyOptions& options) {
  for (int look = 1;; ++look) {
    catalog::TableEntry entry = TRY(lake.catalog.Load(name));
    TableCheck check(lake, options, std::move(entry));
    const bool is_done = TRY(check.Run());
    if (is_done || look == kLooksMax) return std::move(check).report();
  }
}

}  // namespace weir::maintain
