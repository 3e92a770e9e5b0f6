// SPDX-License-Identifier: Apache-2.0
// What can be wrong with older versions of a table, planted in a healthy one: it is found, by its
// name, and the current version's proof says nothing of it.
#include "maintain/verify_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "maintain/two_formats_fake.h"
#include "maintain/verify_table.h"
#include "table/delta/log_files.h"

namespace weir::maintain {
namespace {

using Table = TwoFormatsFake;
using datafile::ParquetFile;
using testing::IsEmpty;

std::set<std::string> NamesOf(const Findings& findings) {
  std::set<std::string> names;
  for (const Finding& one : findings.kept()) {
    names.insert(std::string(NameOf(one.check)));
    EXPECT_FALSE(one.found.empty() || one.expected.empty()) << NameOf(one.check);
    EXPECT_FALSE(AdviceOn(one.check).empty());
    EXPECT_FALSE(one.file.starts_with("tables/")) << "not relative: " << one.file;
  }
  return names;
}

std::set<std::string> NamesFound(const Table& table) {
  const auto report = VerifyHistory(table.lake(), kTable);
  EXPECT_TRUE(report.ok()) << report.status().ToString();
  return NamesOf(report->findings);
}

std::string ListPath(const Table& t, size_t snapshot) {
  const auto state = t.State();
  return state.location.StorePath(state.metadata.snapshots[snapshot].manifest_list);
}

/// The first manifest of an older snapshot.
std::string ManifestPath(const Table& t, size_t snapshot) {
  const auto state = t.State();
  const auto manifests = table::iceberg::LoadManifestList(t.store(), state.location,
                                                          state.metadata.snapshots[snapshot])
                             .ValueOrDie();
  return state.location.StorePath(manifests.front().path);
}

void Cut(Table& t, const std::string& path, size_t by) {
  const std::string bytes = t.Read(path);
  t.Write(path, bytes.substr(0, bytes.size() - by));
}

/// Writes a checkpoint of `version`, and removes what lies before it.
void BeginLogAt(Table& t, int64_t version, void (*change)(table::delta::Snapshot&)) {
  table::delta::Snapshot snapshot;
  while (snapshot.version < version) {
    const std::string bytes = t.Read(Table::LogPath(snapshot.version + 1));
    table::delta::Apply(table::delta::ReadEntry(bytes).ValueOrDie(), snapshot);
  }
  change(snapshot);
  EXPECT_TRUE(table::delta::PutCheckpoint(t.store(), kRoot, snapshot).ok());
  for (int64_t entry = 0; entry < version; ++entry) t.Delete(Table::LogPath(entry));
}

/// What happens to a table whose file 1 came with version 1 and left with version 4.
struct Fault {
  std::string name;
  void (*plant)(Table&);
  std::set<std::string> found;
};
void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

const std::vector<Fault> kFaults = {
    {"OldFileMissing", [](Table& t) { t.Delete(Table::DataPath(1)); }, {"old_file_missing"}},
    {"OldFileCut", [](Table& t) { Cut(t, Table::DataPath(1), 5); }, {"old_file_size"}},
    {"OldFileEmpty", [](Table& t) { t.Write(Table::DataPath(1), ""); }, {"old_file_size"}},
    {"OldFileTooLong",
     [](Table& t) { t.Write(Table::DataPath(1), t.Read(Table::DataPath(1)) + "x"); },
     {"old_file_size"}},
    {"OldFileNoParquet",
     [](Table& t) {
       t.Write(Table::DataPath(1), std::string(t.Read(Table::DataPath(1)).size(), 'x'));
     },
     {"footer_unreadable"}},
    {"OldFileOfOtherRows",
     [](Table& t) {
       const ParquetFile other = EncodeFile(9, 2);
       t.Commit([&](ParquetFile& file) {
         file.bytes = other.bytes;
         file.file.file_bytes = other.file.file_bytes;
       });
       datafile::DataFile gone = EncodeFile(6).file;
       gone.path = "data/date=2026-11-20/6.parquet";
       t.Remove(gone);
     },
     {"file_rows"}},
    {"OldListMissing",
     [](Table& t) { t.Delete(ListPath(t, 1)); },
     {"old_file_missing", "old_version_unreadable"}},
    {"OldListEmpty", [](Table& t) { t.Write(ListPath(t, 1), ""); }, {"old_version_unreadable"}},
    {"OldListCut", [](Table& t) { Cut(t, ListPath(t, 1), 20); }, {"old_version_unreadable"}},
    {"OldListOfOtherVersion",
     [](Table& t) { t.Write(ListPath(t, 1), t.Read(ListPath(t, 0))); },
     {"snapshot_totals", "versions_differ"}},
    {"OldManifestMissing",
     [](Table& t) { t.Delete(ManifestPath(t, 0)); },
     {"old_file_missing", "old_version_unreadable"}},
    {"OldManifestCut",
     [](Table& t) { Cut(t, ManifestPath(t, 0), 9); },
     {"old_file_size", "old_version_unreadable"}},
    {"OldTotalsWrong",
     [](Table& t) { t.EditMetadata(R"("total-records":"6")", R"("total-records":"5")"); },
     {"snapshot_totals"}},
    {"EntryMissing", [](Table& t) { t.Delete(Table::LogPath(2)); }, {"delta_entry_unreadable"}},
    {"EntryCut",
     [](Table& t) { t.Write(Table::LogPath(2), t.Read(Table::LogPath(2)).substr(0, 300)); },
     {"delta_entry_unreadable"}},
    {"EntryListsOneLess",
     [](Table& t) {
       const std::string entry = t.Read(Table::LogPath(1));
       t.Write(Table::LogPath(1), entry.substr(0, entry.find("{\"add\"")));
     },
     {"versions_differ"}},
    {"EntryOfOtherRows",
     [](Table& t) { t.Edit(Table::LogPath(1), R"(numRecords\":3)", R"(numRecords\":4)"); },
     {"versions_differ"}},
    {"EntryOfAFileThatIsNot",
     [](Table& t) {
       t.Write(Table::LogPath(2),
               t.Read(Table::LogPath(2)) +
                   R"({"add":{"path":"x.parquet","partitionValues":{},"size":1}})" + "\n");
     },
     {"old_file_missing", "versions_differ"}},
    {"CheckpointCut",
     [](Table& t) {
       BeginLogAt(t, 3, [](auto&) {});
       Cut(t, table::delta::CheckpointPath(kRoot, 3), 9);
     },
     {"delta_checkpoint"}},
    {"CheckpointLacksAFile",
     [](Table& t) { BeginLogAt(t, 3, [](auto& one) { one.files.erase(one.files.begin()); }); },
     {"versions_differ"}},
    {"DataNobodyNames",
     [](Table& t) { t.Write(kRoot + "/data/date=2026-11-20/lost.parquet", "x"); },
     {"unreferenced"}},
    {"MetadataNobodyNames",
     [](Table& t) { t.Write(kRoot + "/metadata/lost.avro", "x"); },
     {"unreferenced"}},
    {"LogEntryOfNoVersion",
     [](Table& t) { t.Write(kRoot + "/data/_delta_log/lost.json", "x"); },
     {"unreferenced"}},
    {"MetadataMissing", [](Table& t) { t.Delete(t.MetadataPath()); }, {"metadata_unreadable"}},
};

class PlantedInHistory : public testing::TestWithParam<Fault> {
 protected:
  PlantedInHistory() {
    for (int commit = 1; commit <= 3; ++commit) table_.Commit();
    table_.Remove(EncodeFile(1).file);
    table_.Commit();
  }
  Table table_;
};

TEST_P(PlantedInHistory, IsFoundAndNamed) {
  ASSERT_THAT(NamesFound(table_), IsEmpty());

  GetParam().plant(table_);

  EXPECT_EQ(NamesFound(table_), GetParam().found);
}

std::string NameOfCase(const testing::TestParamInfo<Fault>& fault) { return fault.param.name; }
INSTANTIATE_TEST_SUITE_P(All, PlantedInHistory, testing::ValuesIn(kFaults), NameOfCase);

TEST(VerifyHistory, CountsTheVersionsOfBothFormats) {
  Table table;
  for (int commit = 1; commit <= 3; ++commit) table.Commit();

  const auto report = VerifyHistory(table.lake(), kTable).ValueOrDie();

  EXPECT_EQ(report.snapshots, 3);
  EXPECT_EQ(report.delta_versions, 4);
  EXPECT_EQ(report.unnamed_files, 0);
  EXPECT_THAT(NamesOf(report.findings), IsEmpty());
}

TEST(VerifyHistory, TakesAnEntryThatIsNotPublishedYet) {
  Table table;
  table.Commit();
  table.Commit({}, /*publish=*/false);

  EXPECT_THAT(NamesFound(table), IsEmpty());
}

TEST(VerifyHistory, SaysNothingOfATableWithoutData) {
  Table table;

  EXPECT_THAT(NamesFound(table), IsEmpty());
}

}  // namespace
}  // namespace weir::maintain
