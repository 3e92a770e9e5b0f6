// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "datafile/content_hash.h"
#include "datafile/footer.h"
#include "datafile/rewrite/read_pages.h"
#include "maintain/delta_side.h"
#include "maintain/footer_check.h"
#include "maintain/iceberg_side.h"
#include "maintain/verify_table.h"
#include "table/iceberg/read_table.h"

namespace weir::maintain {
namespace {

namespace iceberg = table::iceberg;

constexpr const char* kDataFolder = "data/";
constexpr int64_t kHashPieceBytes = 4 << 20;

/// The table at an older snapshot of its current metadata.
Result<iceberg::TableState> StateAt(const Lake& lake, const catalog::TableName& name,
                                    int64_t snapshot_id) {
  const catalog::TableEntry entry = TRY(lake.catalog.Load(name));
  const auto path = StorePath(lake.store, entry.metadata_location);
  if (!path) return Error(ErrorKind::kInternal, entry.metadata_location + " is outside the store");
  iceberg::TableState state = TRY(iceberg::ReadTableMetadata(lake.store, *path));
  const iceberg::Snapshot* snapshot = state.metadata.SnapshotOf(snapshot_id);
  if (snapshot == nullptr) {
    return Error(ErrorKind::kConflict, fmt::format("{} no longer has snapshot {}; verify it again",
                                                   name.ToString(), snapshot_id));
  }
  state.manifests = TRY(iceberg::LoadManifestList(lake.store, state.location, *snapshot));
  return state;
}

/// What Delta's log says of the bytes of each live file, by its path.
std::map<std::string, std::string> HashesOf(const Lake& lake, const catalog::TableName& name) {
  std::map<std::string, std::string> hashes;
  const auto entry = lake.catalog.Load(name);
  const auto root =
      entry.ok() ? PathBelow(lake.store, entry->location) : Result<std::string>(entry.status());
  if (!root.ok()) return hashes;
  Findings of_verify_table;
  const auto side = ReadDeltaSide(lake, *entry, *root, of_verify_table);
  if (!side) return hashes;
  for (const auto& [path, add] : side->snapshot.files) {
    const auto hash = add.tags.find(table::delta::kContentHashTag);
    if (hash != add.tags.end()) hashes[kDataFolder + path] = hash->second;
  }
  return hashes;
}

Result<std::string> HashOf(const store::Store& store, const std::string& path, int64_t bytes) {
  datafile::ContentHash hash;
  for (int64_t at = 0; at < bytes; at += kHashPieceBytes) {
    const std::string piece = TRY(store.ReadRange(path, at, std::min(kHashPieceBytes, bytes - at)));
    hash.Add(piece);
  }
  return hash.Text();
}

/// Reads footers until a limit is met. One thread.
class FooterReader {
 public:
  FooterReader(const Lake& lake, const iceberg::TableState& state, iceberg::SchemaFields fields,
               std::map<std::string, std::string> hashes, const FooterRange& range)
      : lake_(lake),
        state_(state),
        fields_(std::move(fields)),
        hashes_(std::move(hashes)),
        range_(range),
        end_(lake.clock.Monotonic() + range.time_max) {}

  FooterReport Run() {
    for (const iceberg::ManifestFile& manifest : state_.manifests) {
      report_.files += manifest.live_files();
      const bool is_behind = report_.files <= range_.first;
      if (is_behind || report_.next) continue;
      int64_t at = report_.files - manifest.live_files();
      Ignore(ForEachEntry(lake_.store, state_, manifest,
                          [&](const iceberg::ManifestEntry& entry) { return Take(entry, at); }),
             "a finding of VerifyTable");
    }
    return std::move(report_);
  }

 private:
  /// `at`: the number of the next live file.
  bool Take(const iceberg::ManifestEntry& entry, int64_t& at) {
    if (!entry.is_live()) return true;
    const int64_t number = at++;
    if (number < range_.first) return true;
    const bool is_enough =
        taken_ >= range_.files_max || (taken_ > 0 && lake_.clock.Monotonic() >= end_);
    if (is_enough) {
      report_.next = number;
      return false;
    }
    ++taken_;
    Check(entry.file);
    return true;
  }

  void Check(const datafile::DataFile& file) {
    const std::string path = state_.location.root + "/" + file.path;
    const auto size = lake_.store.Head(path);
    // Missing files and wrong sizes are VerifyTable's findings.
    if (!size.ok() || !*size || **size != file.file_bytes) return;
    ++report_.checked;
    CheckHash(file, path);
    const auto footer = datafile::ReadFooter(lake_.store, path, file.file_bytes);
    if (footer.ok()) {
      CheckFooter(file, *footer, fields_, report_.findings);
      if (range_.reads_pages) CheckPages(file, path);
      return;
    }
    report_.findings.Add({maintain::Check::kFooterUnreadable, Format::kData, file.path,
                          footer.status().message(), "a Parquet file"});
  }

  /// Finds what no reader would: a flipped bit in a bloom filter or a page's header.
  void CheckHash(const datafile::DataFile& file, const std::string& path) {
    const auto recorded = hashes_.find(file.path);
    if (recorded == hashes_.end()) return;
    const auto hash = HashOf(lake_.store, path, file.file_bytes);
    if (hash.ok() && *hash == recorded->second) return;
    report_.findings.Add({maintain::Check::kContentHash, Format::kData, file.path,
                          hash.ok() ? "bytes with the hash " + *hash : hash.status().message(),
                          "the bytes that were written, " + recorded->second});
  }

  void CheckPages(const datafile::DataFile& file, const std::string& path) {
    const auto rows = datafile::ReadPages(lake_.store, path);
    if (rows.ok()) return;
    report_.findings.Add({maintain::Check::kPagesUnreadable, Format::kData, file.path,
                          rows.status().message(), "pages that can be decoded"});
  }

  const Lake& lake_;
  const iceberg::TableState& state_;
  const iceberg::SchemaFields fields_;
  const std::map<std::string, std::string> hashes_;  // None where only footers are read.
  const FooterRange& range_;
  const std::chrono::nanoseconds end_;
  int64_t taken_ = 0;  // Files that this piece has come to.
  FooterReport report_;
};

}  // namespace

Result<FooterReport> VerifyFooters(const Lake& lake, const catalog::TableName& name,
                                   const FooterRange& range) {
  const iceberg::TableState state = TRY(StateAt(lake, name, range.snapshot_id));
  iceberg::SchemaFields fields = TRY(FieldsOfAllSchemas(state.metadata));
  std::map<std::string, std::string> hashes;
  if (range.reads_pages) hashes = HashesOf(lake, name);
  return FooterReader(lake, state, std::move(fields), std::move(hashes), range).Run();
}

}  // namespace weir::maintain
