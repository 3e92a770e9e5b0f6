// SPDX-License-Identifier: Apache-2.0
#include "maintain/verify_history.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "datafile/footer.h"
#include "maintain/removal/forgotten_search.h"
#include "maintain/retained_files.h"

namespace weir::maintain {
namespace {

/// A commit a second deletes metadata files meanwhile; what is gone with its version is no finding.
constexpr int kLooksMax = 3;

/// One look at one table. One thread.
class HistoryCheck {
 public:
  HistoryCheck(const Lake& lake, const HistoryOptions& options, catalog::TableEntry entry)
      : lake_(lake), options_(options), entry_(std::move(entry)) {}

  Status Run() {
    const auto root = StorePath(lake_.store, entry_.location);
    if (!root) {
      Add(Check::kLocation, Format::kCatalog, "", entry_.location,
          "a place below " + lake_.store.Uri(""));
      return Status::OK();
    }
    root_ = *root;
    const RetainedFiles retained = TRY(ReadRetainedFiles(lake_, entry_, root_, report_.findings));
    report_.snapshots = std::ssize(retained.snapshots);
    report_.delta_versions = std::ssize(retained.delta_versions);
    report_.files = std::ssize(retained.files);
    CompareVersions(retained);
    for (const auto& [path, file] : retained.files) CheckFile(path, file);
    // Without all of them it is not known what is named.
    if (retained.is_complete) TRY(FindUnnamed(retained));
    if (!options_.forgotten.empty()) {
      report_.searched_files =
          TRY(SearchForgotten(lake_, entry_, root_, options_.forgotten, report_.findings));
    }
    return Status::OK();
  }
  HistoryReport report() && { return std::move(report_); }
  bool has_errors() const { return report_.findings.errors() > 0; }

 private:
  void Add(Check check, Format format, std::string file, std::string found, std::string expected) {
    report_.findings.Add({check, format, std::move(file), std::move(found), std::move(expected)});
  }

  void CompareVersions(const RetainedFiles& retained) {
    for (const auto& [version, snapshot] : retained.snapshots) {
      const auto log = retained.delta_versions.find(version);
      if (log == retained.delta_versions.end() || log->second == snapshot) continue;
      Add(Check::kVersionsDiffer, Format::kDelta, "",
          fmt::format("{} files of {} rows in version {}", log->second.files, log->second.rows,
                      version),
          fmt::format("{} files of {} rows, as Iceberg lists them", snapshot.files, snapshot.rows));
    }
  }

  void CheckFile(const std::string& path, const RetainedFile& file) {
    if (path.find("://") != std::string::npos) {
      return Add(Check::kLocation, file.named_by, path, "outside the table",
                 "a place below " + entry_.location);
    }
    const auto found = lake_.store.Head(root_ + "/" + path);
    const std::string expected =
        file.bytes ? fmt::format("{} bytes", *file.bytes) : std::string("the file");
    if (!found.ok() || !*found) {
      if (!file.is_needed || IsPending(path)) return;
      Add(Check::kOldFileMissing, file.named_by, path,
          found.ok() ? "no such file" : found.status().message(), expected);
    } else if (file.bytes && **found != *file.bytes) {
      Add(Check::kOldFileSize, file.named_by, path, fmt::format("{} bytes", **found), expected);
    } else if (file.rows && file.bytes && !file.is_current) {
      CheckRows(path, file);
    }
  }

  /// An entry that the catalog still has to put into the log.
  bool IsPending(const std::string& path) const {
    const auto pending = lake_.catalog.ListPendingDelta();
    if (!pending.ok() || !path.starts_with("data/_delta_log/")) return false;
    return std::ranges::any_of(*pending, [&](const catalog::PendingDelta& one) {
      return one.name == entry_.name && path.ends_with(fmt::format("/{:020d}.json", one.version));
    });
  }

  void CheckRows(const std::string& path, const RetainedFile& file) {
    const auto footer = datafile::ReadFooter(lake_.store, root_ + "/" + path, *file.bytes);
    if (!footer.ok()) {
      return Add(Check::kFooterUnreadable, Format::kData, path, footer.status().message(),
                 "a Parquet file");
    }
    if (footer->file.record_count == *file.rows) return;
    Add(Check::kFileRows, Format::kData, path, fmt::format("{} rows", footer->file.record_count),
        fmt::format("{} rows", *file.rows));
  }

  Status FindUnnamed(const RetainedFiles& retained) {
    const auto retired =
        TRY(lake_.catalog.ListRetired(entry_.name, std::numeric_limits<int64_t>::max()));
    std::set<std::string> known;
    for (const catalog::RetiredFile& one : retired) known.insert(one.path);
    int64_t bytes = 0;
    std::string example;
    for (const std::string folder : {"data", "metadata"}) {
      const auto paths = lake_.store.List(root_ + "/" + folder);
      if (!paths.ok()) continue;  // Reading the versions has said so.
      for (const std::string& path : *paths) {
        const std::string name = InTable(path, root_);
        if (retained.files.contains(name) || known.contains(name) || IsYoung(path)) continue;
        const auto size = lake_.store.Head(path);
        if (!size.ok() || !*size) continue;  // Deleted meanwhile.
        ++report_.unnamed_files;
        bytes += **size;
        if (example.empty()) example = name;
      }
    }
    if (report_.unnamed_files == 0) return Status::OK();
    Add(Check::kUnreferenced, Format::kData, example,
        fmt::format("{} files of {} bytes that no version names", report_.unnamed_files, bytes),
        fmt::format("none older than {} s", options_.grace.count()));
    return Status::OK();
  }

  bool IsYoung(const std::string& path) const {
    const auto modified = lake_.store.ModifiedMs(path);
    const int64_t grace_ms = std::chrono::milliseconds(options_.grace).count();
    return modified.ok() && *modified && lake_.clock.UnixMillis() - **modified < grace_ms;
  }

  const Lake& lake_;
  const HistoryOptions& options_;
  const catalog::TableEntry entry_;
  std::string root_;
  HistoryReport report_;
};

}  // namespace

Result<HistoryReport> VerifyHistory(const Lake& lake, const catalog::TableName& name,
                                    const HistoryOptions& options) {
  for (int look = 1;; ++look) {
    catalog::TableEntry entry = TRY(lake.catalog.Load(name));
    const std::string begun_at = entry.metadata_location;
    HistoryCheck check(lake, options, std::move(entry));
    TRY(check.Run());
    const catalog::TableEntry now = TRY(lake.catalog.Load(name));
    // What a version lacks that is dropped by now is no fault of one that is kept.
    const bool may_have_moved_on = now.metadata_location != begun_at;
    if (!check.has_errors() || !may_have_moved_on || look == kLooksMax) {
      return std::move(check).report();
    }
  }
}

}  // namespace weir::maintain
