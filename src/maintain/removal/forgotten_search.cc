// SPDX-License-Identifier: Apache-2.0
#include "maintain/removal/forgotten_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "maintain/iceberg_side.h"
#include "maintain/removal/row_search.h"
#include "maintain/table_at.h"
#include "table/delta/log_entry.h"
#include "table/delta/log_files.h"
#include "table/iceberg/read_table.h"

namespace weir::maintain {
namespace {

namespace delta = table::delta;
namespace iceberg = table::iceberg;

/// So many characters of a random id tell of no other.
constexpr size_t kTellingPrefix = 16;

/// What tells of `value` where a bound may be cut.
std::string TellingPart(const ForgottenValue& value) {
  return value.column == "trace_id" ? value.value.substr(0, kTellingPrefix) : value.value;
}

/// One thread.
class Search {
 public:
  Search(const Lake& lake, const catalog::TableEntry& entry, const std::string& root,
         const std::vector<ForgottenValue>& values, Findings& findings)
      : lake_(lake), entry_(entry), root_(root), values_(values), findings_(findings) {}

  Result<int64_t> Run() {
    const auto state = TableAt(lake_.store, entry_);
    // A finding of those who read it for itself.
    if (!state.ok()) return 0;
    const RowSearch search = TRY(RowSearch::Open(lake_.store, *state, values_));
    if (!search.is_possible()) return 0;
    TRY(ReadDataFiles(search));
    ReadManifests(*state);
    ReadLog();
    return searched_;
  }

 private:
  void Add(Format format, const std::string& path, std::string found) {
    findings_.Add({Check::kForgottenRows, format, path, std::move(found), "nothing of it"});
  }

  Status ReadDataFiles(const RowSearch& search) {
    const auto paths = TRY(lake_.store.List(root_ + "/data"));
    for (const std::string& path : paths) {
      const std::string name = InTable(path, root_);
      if (name.starts_with("data/_delta_log/") || !name.ends_with(".parquet")) continue;
      const auto found = search.InFile(name);
      if (!found.ok()) {
        if (KindOf(found.status()) == ErrorKind::kNotFound) continue;  // Deleted since the listing.
        findings_.Add({Check::kFooterUnreadable, Format::kData, name, found.status().message(),
                       "a Parquet file"});
        continue;
      }
      ++searched_;
      if (found->rows > 0) Add(Format::kData, name, fmt::format("{} rows with it", found->rows));
    }
    return Status::OK();
  }

  /// Bounds in manifests, of files that are removed too.
  void ReadManifests(const iceberg::TableState& state) {
    std::set<std::string> read;
    for (const iceberg::Snapshot& snapshot : state.metadata.snapshots) {
      const auto manifests = iceberg::LoadManifestList(lake_.store, state.location, snapshot);
      if (!manifests.ok()) continue;
      for (const iceberg::ManifestFile& manifest : *manifests) {
        if (!read.insert(manifest.path).second) continue;
        const std::string path = state.location.Relative(manifest.path);
        Ignore(ForEachEntry(lake_.store, state, manifest,
                            [&](const iceberg::ManifestEntry& one) {
                              for (const auto& [id, column] : one.file.statistics) {
                                CheckBound(column.lower, path);
                                CheckBound(column.upper, path);
                              }
                              return true;
                            }),
               "a finding of who reads versions");
      }
    }
  }

  void CheckBound(const std::optional<datafile::Bound>& bound, const std::string& path) {
    const auto* text = bound ? std::get_if<std::string>(&*bound) : nullptr;
    if (text == nullptr || text->empty()) return;
    for (const ForgottenValue& value : values_) {
      const std::string part = TellingPart(value);
      const bool is_prefix = value.column == "trace_id" && value.value.starts_with(*text);
      if (*text == value.value || (is_prefix && text->size() >= part.size())) {
        Add(Format::kIceberg, path, "a bound with it");
      }
    }
  }

  void ReadLog() {
    const auto files = delta::ListLog(lake_.store, root_);
    if (!files.ok()) return;
    for (const int64_t version : files->entries) {
      const std::string path = delta::EntryPath(root_, version);
      const auto bytes = lake_.store.Read(path);
      if (bytes.ok()) CheckText(*bytes, path);
    }
    for (const int64_t version : files->checkpoints) {
      const auto snapshot = delta::ReadCheckpoint(lake_.store, root_, version);
      if (!snapshot.ok()) continue;
      for (const auto& [path, add] : snapshot->files) {
        CheckText(add.statistics, delta::CheckpointPath(root_, version));
      }
    }
  }

  /// JSON, or JSON within JSON, whose quotes are escaped.
  void CheckText(const std::string& text, const std::string& path) {
    for (const ForgottenValue& value : values_) {
      std::string part = TellingPart(value);
      const bool is_whole = part == value.value;
      const bool has = text.find("\"" + part + (is_whole ? "\"" : "")) != std::string::npos ||
                       text.find("\\\"" + part + (is_whole ? "\\\"" : "")) != std::string::npos;
      if (has) Add(Format::kDelta, InTable(path, root_), "a bound with it");
    }
  }

  const Lake& lake_;
  const catalog::TableEntry& entry_;
  const std::string& root_;
  const std::vector<ForgottenValue>& values_;
  Findings& findings_;
  int64_t searched_ = 0;
};

}  // namespace

Result<int64_t> SearchForgotten(const Lake& lake, const catalog::TableEntry& entry,
                                const std::string& root, const std::vector<ForgottenValue>& values,
                                Findings& findings) {
  return Search(lake, entry, root, values, findings).Run();
}

}  // namespace weir::maintain
