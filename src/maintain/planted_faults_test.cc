// SPDX-License-Identifier: Apache-2.0
// Each way in which a table can be wrong, planted in a healthy one: it is found, by its name.

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

/// Names of all that is wrong with the table, as both passes find it.
std::set<std::string> NamesFound(const Table& table) {
  std::set<std::string> names;
  const auto take = [&](const Findings& findings) {
    for (const Finding& finding : findings.kept()) {
      names.insert(std::string(NameOf(finding.check)));
      EXPECT_FALSE(finding.found.empty() || finding.expected.empty()) << NameOf(finding.check);
      EXPECT_FALSE(AdviceOn(finding.check).empty());
      EXPECT_FALSE(finding.file.starts_with("tables/")) << "not relative: " << finding.file;
    }
  };
  const auto report = VerifyTable(table.lake(), kTable);
  EXPECT_TRUE(report.ok()) << report.status().ToString();
  take(report->findings);
  if (report->snapshot_id == 0) return names;
  const auto footers = VerifyFooters(table.lake(), kTable, {.snapshot_id = report->snapshot_id});
  EXPECT_TRUE(footers.ok()) << footers.status().ToString();
  take(footers->findings);
  return names;
}

/// What happens to a table of three commits (file n by commit n, as version n), and what must be
/// found.
struct Fault {
  std::string name;
  void (*plant)(Table&);
  std::set<std::string> found;
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

/// Other bytes under facts that stay, but for the size.
void Replace(ParquetFile& file, const ParquetFile& other) {
  file.bytes = other.bytes;
  file.file.file_bytes = other.file.file_bytes;
}

std::shared_ptr<arrow::Schema> SchemaWith(const std::shared_ptr<arrow::Field>& duration) {
  return FakeDefinition().schema->SetField(3, duration).ValueOrDie();
}

std::string ManifestListPath(const Table& t) {
  const auto state = t.State();
  return state.location.StorePath(state.metadata.CurrentSnapshot()->manifest_list);
}

std::string ManifestPath(const Table& t) {
  const auto state = t.State();
  return state.location.StorePath(state.manifests[1].path);
}

const std::vector<Fault> kDataFaults = {
    {"FileMissing", [](Table& t) { t.Delete(Table::DataPath(2)); }, {"file_missing"}},
    {"FileTruncated",
     [](Table& t) { t.Write(Table::DataPath(2), t.Read(Table::DataPath(2)).substr(0, 100)); },
     {"file_size"}},
    {"FileEmpty", [](Table& t) { t.Write(Table::DataPath(2), ""); }, {"file_size"}},
    {"FileTooLong",
     [](Table& t) { t.Write(Table::DataPath(2), t.Read(Table::DataPath(2)) + "x"); },
     {"file_size"}},
    {"RecordedSizeWrong",
     [](Table& t) { t.Commit([](ParquetFile& f) { ++f.file.file_bytes; }); },
     {"file_size"}},
    {"RowMissing",
     [](Table& t) { t.Commit([](ParquetFile& f) { Replace(f, EncodeFile(4, 2)); }); },
     {"file_rows"}},
    {"RowTooMany",
     [](Table& t) { t.Commit([](ParquetFile& f) { Replace(f, EncodeFile(4, 4)); }); },
     {"file_rows"}},
    {"OtherRows",
     [](Table& t) { t.Commit([](ParquetFile& f) { Replace(f, EncodeFile(90)); }); },
     {"bounds", "file_content"}},
    {"FooterDamaged",
     [](Table& t) {
       std::string bytes = t.Read(Table::DataPath(2));
       for (size_t i = bytes.size() - 400; i < bytes.size() - 8; ++i) bytes[i] = '\xff';
       t.Write(Table::DataPath(2), bytes);
     },
     {"footer_unreadable"}},
    {"FooterLengthWrong",
     [](Table& t) {
       std::string bytes = t.Read(Table::DataPath(2));
       bytes[bytes.size() - 5] = '\x7f';
       t.Write(Table::DataPath(2), bytes);
     },
     {"footer_unreadable"}},
    {"NoParquet",
     [](Table& t) {
       t.Write(Table::DataPath(2), std::string(t.Read(Table::DataPath(2)).size(), 'x'));
     },
     {"footer_unreadable"}},
    {"OtherFieldId",
     [](Table& t) {
       t.Commit([](ParquetFile& f) {
         const auto field = table::iceberg::TestField("duration_ns", arrow::int64(), 44);
         Replace(f, EncodeFile(4, 3, *SchemaWith(field)));
       });
     },
     {"file_schema"}},
    {"OtherColumnName",
     [](Table& t) {
       t.Commit([](ParquetFile& f) {
         const auto field = table::iceberg::TestField("duration", arrow::int64(), 4);
         Replace(f, EncodeFile(4, 0, *SchemaWith(field)));
       });
     },
     {"file_rows", "file_schema"}},
    {"OtherColumnType",
     [](Table& t) {
       t.Commit([](ParquetFile& f) {
         const auto field = table::iceberg::TestField("duration_ns", arrow::float64(), 4);
         Replace(f, EncodeFile(4, 3, *SchemaWith(field)));
       });
     },
     {"file_schema"}},
    {"LowerBoundTooHigh",
     [](Table& t) { t.Commit([](ParquetFile& f) { f.file.statistics[4].lower = int64_t{41}; }); },
     {"bounds"}},
    {"UpperBoundTooLow",
     [](Table& t) { t.Commit([](ParquetFile& f) { f.file.statistics[3].upper = "svc-3"; }); },
     {"bounds"}},
    {"NullCountWrong",
     [](Table& t) { t.Commit([](ParquetFile& f) { f.file.statistics[5].null_count = 2; }); },
     {"null_count"}},
    {"ValueCountWrong",
     [](Table& t) { t.Commit([](ParquetFile& f) { f.file.statistics[5].value_count = 2; }); },
     {"null_count"}},
    {"ColumnSizeWrong",
     [](Table& t) { t.Commit([](ParquetFile& f) { ++f.file.column_bytes[7]; }); },
     {"file_content"}},
    {"RowGroupElsewhere",
     [](Table& t) { t.Commit([](ParquetFile& f) { ++f.file.split_offsets[0]; }); },
     {"file_content"}},
    {"Orphan",
     [](Table& t) { t.Write(kRoot + "/data/date=2026-11-20/lost.parquet", "x"); },
     {"unreferenced"}},
};

const std::vector<Fault> kDeltaFaults = {
    {"DeltaListsOneMore",
     [](Table& t) {
       t.Write(Table::LogPath(3),
               t.Read(Table::LogPath(3)) +
                   R"({"add":{"path":"x.parquet","partitionValues":{},"size":1}})" + "\n");
     },
     {"only_in_delta"}},
    {"DeltaListsOneLess",
     [](Table& t) {
       const std::string entry = t.Read(Table::LogPath(2));
       t.Write(Table::LogPath(2), entry.substr(0, entry.find("{\"add\"")));
     },
     {"only_in_iceberg"}},
    {"DeltaRemovesOne",
     [](Table& t) {
       t.Write(Table::LogPath(3), t.Read(Table::LogPath(3)) +
                                      R"({"remove":{"path":"date=2026-11-20/1.parquet"}})" + "\n");
     },
     {"only_in_iceberg"}},
    {"DeltaListsOneTwice",
     [](Table& t) {
       const std::string entry = t.Read(Table::LogPath(2));
       t.Write(Table::LogPath(3), t.Read(Table::LogPath(3)) + entry.substr(entry.find("{\"add\"")));
     },
     {"listed_twice"}},
    {"NumRecordsWrong",
     [](Table& t) { t.Edit(Table::LogPath(2), R"(numRecords\":3)", R"(numRecords\":4)"); },
     {"rows_differ"}},
    {"NumRecordsMissing",
     [](Table& t) { t.Edit(Table::LogPath(2), R"(numRecords\")", R"(records\")"); },
     {"rows_differ"}},
    {"DeltaSizeWrong",
     [](Table& t) { t.Edit(Table::LogPath(2), "\"size\":", "\"size\":1"); },
     {"sizes_differ"}},
    {"PartitionValueWrong",
     [](Table& t) { t.Edit(Table::LogPath(2), "\"2026-11-20\"", "\"2026-11-21\""); },
     {"partitions_differ"}},
    {"DeltaBoundTooNarrow",
     [](Table& t) { t.Edit(Table::LogPath(2), R"(duration_ns\":20)", R"(duration_ns\":21)"); },
     {"statistics_differ"}},
    {"DeltaTimeBoundTooNarrow",
     [](Table& t) { t.Edit(Table::LogPath(2), ".001Z", ".009Z"); },
     {"statistics_differ"}},
    {"DeltaNullCountWrong",
     [](Table& t) { t.Edit(Table::LogPath(2), R"(cost\":1)", R"(cost\":2)"); },
     {"statistics_differ"}},
    {"DeltaBoundOfOtherType",
     [](Table& t) { t.Edit(Table::LogPath(2), R"(duration_ns\":20)", R"(duration_ns\":\"a\")"); },
     {"statistics_differ"}},
    {"DeltaEntryMissing", [](Table& t) { t.Delete(Table::LogPath(2)); }, {"delta_entry_missing"}},
    {"DeltaStartMissing", [](Table& t) { t.Delete(Table::LogPath(0)); }, {"delta_entry_missing"}},
    {"DeltaEndMissing",
     [](Table& t) { t.Delete(Table::LogPath(3)); },
     {"delta_version", "only_in_iceberg"}},
    {"DeltaEntryCut",
     [](Table& t) { t.Write(Table::LogPath(2), t.Read(Table::LogPath(2)).substr(0, 300)); },
     {"delta_entry_unreadable"}},
    {"DeltaEntryEmpty",
     [](Table& t) { t.Write(Table::LogPath(2), ""); },
     {"delta_entry_unreadable"}},
    {"DeltaEntryOfOtherVersion",
     [](Table& t) { t.Write(Table::LogPath(3), t.Read(Table::LogPath(2))); },
     {"delta_version", "listed_twice", "only_in_iceberg"}},
    {"DeltaEntryTooMany",
     [](Table& t) { t.Write(Table::LogPath(4), t.Read(Table::LogPath(3))); },
     {"delta_version"}},
    {"DeltaPathEscapeBroken",
     [](Table& t) { t.Edit(Table::LogPath(2), "2026-11-20/2", "2026-11-20/%g2"); },
     {"delta_entry_unreadable"}},
    {"DeltaOfOtherTable",
     [](Table& t) { t.Edit(Table::LogPath(0), "7d3b4c1e", "00000000"); },
     {"table_uuid"}},
    {"DeltaNeedsNewerReaders",
     [](Table& t) { t.Edit(Table::LogPath(0), "ReaderVersion\":1", "ReaderVersion\":3"); },
     {"delta_unreadable"}},
    {"DeltaColumnOfOtherType",
     [](Table& t) { t.Edit(Table::LogPath(0), R"(\"long\")", R"(\"integer\")"); },
     {"schemas_differ", "statistics_differ"}},
    {"DeltaColumnOfOtherName",
     [](Table& t) { t.Edit(Table::LogPath(0), "schema_url", "schema_urn"); },
     {"schemas_differ"}},
    {"DeltaEntryPending", [](Table& t) { t.Commit({}, false); }, {"delta_entry_pending"}},
};

const std::vector<Fault> kIcebergFaults = {
    {"MetadataMissing", [](Table& t) { t.Delete(t.MetadataPath()); }, {"metadata_unreadable"}},
    {"MetadataCut",
     [](Table& t) { t.Write(t.MetadataPath(), t.Read(t.MetadataPath()).substr(0, 500)); },
     {"metadata_unreadable"}},
    {"MetadataDamaged",
     [](Table& t) { t.EditMetadata("\"snapshots\":[", "\"snapshots\":{"); },
     {"metadata_unreadable"}},
    {"MetadataOfOtherTable",
     [](Table& t) { t.EditMetadata("7d3b4c1e", "00000000"); },
     {"table_uuid"}},
    {"TotalsWrong",
     [](Table& t) { t.EditMetadata(R"("total-records":"9")", R"("total-records":"8")"); },
     {"snapshot_totals"}},
    {"ManifestListMissing",
     [](Table& t) { t.Delete(ManifestListPath(t)); },
     {"manifest_list_unreadable"}},
    {"ManifestListCut",
     [](Table& t) {
       const std::string path = ManifestListPath(t);
       t.Write(path, t.Read(path).substr(0, 60));
     },
     {"manifest_list_unreadable"}},
    {"ManifestMissing", [](Table& t) { t.Delete(ManifestPath(t)); }, {"manifest_unreadable"}},
    {"ManifestCut",
     [](Table& t) {
       const std::string path = ManifestPath(t);
       t.Write(path, t.Read(path).substr(0, t.Read(path).size() - 9));
     },
     {"manifest_unreadable"}},
    {"ManifestLengthWrong",
     [](Table& t) { t.EditManifests([](auto& manifests) { ++manifests[1].length; }); },
     {"manifest_length"}},
    {"ManifestFileCountWrong",
     [](Table& t) { t.EditManifests([](auto& manifests) { ++manifests[1].added_files; }); },
     {"manifest_counts"}},
    {"ManifestRowCountWrong",
     [](Table& t) { t.EditManifests([](auto& manifests) { --manifests[1].added_rows; }); },
     {"manifest_counts"}},
    {"ManifestForgotten",
     [](Table& t) { t.EditManifests([](auto& manifests) { manifests.pop_back(); }); },
     {"only_in_delta", "snapshot_totals"}},
    {"IcebergListsOneTwice",
     [](Table& t) { t.EditEntries([](auto& entries) { entries.push_back(entries.front()); }); },
     {"listed_twice", "snapshot_totals"}},
    {"IcebergListsOneMore",
     [](Table& t) {
       t.EditEntries([](auto& entries) {
         entries.push_back(entries.front());
         entries.back().file.path = "data/date=2026-11-20/none.parquet";
       });
     },
     {"file_missing", "only_in_iceberg", "snapshot_totals"}},
    {"IcebergRowsWrong",
     [](Table& t) { t.EditEntries([](auto& entries) { entries[0].file.record_count = 2; }); },
     {"file_rows", "rows_differ", "snapshot_totals"}},
    {"IcebergBoundTooNarrow",
     [](Table& t) {
       t.EditEntries([](auto& entries) {
         auto& duration = entries[0].file.statistics[4];
         duration.upper = duration.lower;
       });
     },
     {"bounds"}},
    {"IcebergNullCountWrong",
     [](Table& t) {
       t.EditEntries([](auto& entries) { entries[0].file.statistics[5].null_count = 0; });
     },
     {"null_count", "statistics_differ"}},
    {"CatalogHasOtherSnapshot",
     [](Table& t) { t.EditEntry([](auto& entry) { entry.snapshot_id = 7; }); },
     {"snapshot_id"}},
    {"CatalogHasOtherVersion",
     [](Table& t) { t.EditEntry([](auto& entry) { ++entry.delta_version; }); },
     {"delta_version", "sequence_number"}},
    {"CatalogPointsOutsideTheStore",
     [](Table& t) {
       t.EditEntry([](auto& entry) { entry.metadata_location = "file:///x/metadata/1.json"; });
     },
     {"location"}},
};

/// Writes a checkpoint at version 3 that differs from the log by `change`.
void PutCheckpoint(Table& t, void (*change)(table::delta::Snapshot&)) {
  table::delta::Snapshot snapshot;
  while (snapshot.version < 3) {
    const std::string bytes = t.Read(Table::LogPath(snapshot.version + 1));
    table::delta::Apply(table::delta::ReadEntry(bytes).ValueOrDie(), snapshot);
  }
  change(snapshot);
  EXPECT_TRUE(table::delta::PutCheckpoint(t.store(), kRoot, snapshot).ok());
}

void DamageCheckpoint(Table& t) {
  PutCheckpoint(t, [](auto&) {});
  const std::string path = table::delta::CheckpointPath(kRoot, 3);
  t.Write(path, t.Read(path).substr(0, 1000));
}

const std::vector<Fault> kCheckpointFaults = {
    {"LacksAFile",
     [](Table& t) { PutCheckpoint(t, [](auto& s) { s.files.erase(s.files.begin()); }); },
     {"delta_checkpoint"}},
    {"HasAnotherFile",
     [](Table& t) { PutCheckpoint(t, [](auto& s) { s.files["x"] = {.path = "x"}; }); },
     {"delta_checkpoint"}},
    {"HasOtherStatistics",
     [](Table& t) { PutCheckpoint(t, [](auto& s) { s.files.begin()->second.statistics = "{}"; }); },
     {"delta_checkpoint"}},
    {"HasAnotherSchema",
     [](Table& t) { PutCheckpoint(t, [](auto& s) { s.metadata->schema_json = "{}"; }); },
     {"delta_checkpoint"}},
    {"HasAnotherProtocol",
     [](Table& t) { PutCheckpoint(t, [](auto& s) { s.protocol->writer_version = 2; }); },
     {"delta_checkpoint"}},
    {"RemovesALiveFile",
     [](Table& t) { PutCheckpoint(t, [](auto& s) { s.tombstones["x"] = {.path = "x"}; }); },
     {"delta_checkpoint"}},
    {"IsDamaged", DamageCheckpoint, {"delta_checkpoint"}},
    {"IsDamagedAndHistoryGone",
     [](Table& t) {
       DamageCheckpoint(t);
       t.Delete(Table::LogPath(0));
     },
     {"delta_checkpoint"}},
    {"EntryBehindItMissing",
     [](Table& t) {
       PutCheckpoint(t, [](auto&) {});
       t.Commit();
       t.Commit();
       for (const int64_t version : {0, 1, 2, 3, 4}) t.Delete(Table::LogPath(version));
     },
     {"delta_entry_missing"}},
};

class PlantedFault : public testing::TestWithParam<Fault> {};

TEST_P(PlantedFault, IsFoundAndNamed) {
  Table table;
  for (int commit = 1; commit <= 3; ++commit) table.Commit();
  ASSERT_THAT(NamesFound(table), testing::IsEmpty());

  GetParam().plant(table);

  EXPECT_EQ(NamesFound(table), GetParam().found);
}

std::string NameOfCase(const testing::TestParamInfo<Fault>& fault) { return fault.param.name; }

INSTANTIATE_TEST_SUITE_P(Data, PlantedFault, testing::ValuesIn(kDataFaults), NameOfCase);
INSTANTIATE_TEST_SUITE_P(Delta, PlantedFault, testing::ValuesIn(kDeltaFaults), NameOfCase);
INSTANTIATE_TEST_SUITE_P(Checkpoint, PlantedFault, testing::ValuesIn(kCheckpointFaults),
                         NameOfCase);
INSTANTIATE_TEST_SUITE_P(Iceberg, PlantedFault, testing::ValuesIn(kIcebergFaults), NameOfCase);

}  // namespace
}  // namespace weir::maintain
