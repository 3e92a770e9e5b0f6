// SPDX-License-Identifier: Apache-2.0
#pragma once
// While a server runs: do Iceberg and Delta list the same files? Asked of the files on disk, again
// and again, reading only what is new.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "maintain/fingerprint.h"
#include "maintain/lake.h"
#include "maintain/round_thread.h"
#include "table/iceberg/table_state.h"

namespace weir::maintain {

/// Any thread for Start and Stop; Check is for one thread, which after Start is the watch's own.
class FormatWatch {
 public:
  struct Options {
    Lake lake;
    // A mismatch is a defect or foreign hands on the files: to know of it within half a minute is
    // early, and the metadata file of each table is read twice a minute, not sixty times.
    std::chrono::milliseconds interval{30'000};
    // Log entries and manifests read in one round; the next one goes on. A round is a second or so.
    int64_t objects_max = 4'096;
  };

  explicit FormatWatch(Options options) : options_(options) {}
  ~FormatWatch() { Stop(); }
  FormatWatch(const FormatWatch&) = delete;

  void Start();
  void Stop() { thread_.Stop(); }

  /// One round over all tables; sets the metrics. False when the limit cut it short.
  bool Check();

 private:
  /// What is known of one table.
  struct Table {
    std::string metadata_location;  // Of the last comparison.
    bool is_mismatch = false;
    int64_t delta_version = -1;
    Fingerprint delta;
    // By hash of the path: about 50 bytes a live file. A remove action does not tell rows.
    std::unordered_map<uint64_t, Fingerprint> delta_files;
    std::map<std::string, Fingerprint> manifests;  // Of the last snapshot, by URI.
  };
  enum class Outcome : uint8_t { kSame, kMismatch, kUndecided };

  Outcome CheckTable(const catalog::TableEntry& entry, Table& table);
  /// Nothing when `objects_left_` ran out.
  Result<std::optional<Fingerprint>> ReadIceberg(const catalog::TableEntry& entry, Table& table);
  Result<Fingerprint> ReadManifest(const table::iceberg::TableState& state,
                                   const table::iceberg::ManifestFile& manifest) const;
  Result<std::optional<Fingerprint>> ReadDelta(const catalog::TableEntry& entry, Table& table);
  Status BeginWithCheckpoint(const catalog::TableEntry& entry, const std::string& root,
                             Table& table) const;
  Status ReadNextEntry(const catalog::TableEntry& entry, const std::string& root, Table& table);

  const Options options_;
  std::map<catalog::TableName, Table> tables_;
  int64_t objects_left_ = 0;
  RoundThread thread_;  // Last: it uses all the others.
};

}  // namespace weir::maintain
