// SPDX-License-Identifier: Apache-2.0
#include "maintain/verify_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "maintain/two_formats_fake.h"

namespace weir::maintain {
namespace {

using testing::HasSubstr;

void Commit(TwoFormatsFake& table, int commits) {
  for (int i = 0; i < commits; ++i) table.Commit();
}

TableReport Verify(const TwoFormatsFake& table, const VerifyOptions& options = {}) {
  return VerifyTable(table.lake(), kTable, options).ValueOrDie();
}

TEST(VerifyTable, FindsNothingInAHealthyTable) {
  TwoFormatsFake table;
  Commit(table, 20);  // So that manifests were merged.

  const TableReport report = Verify(table);
  const auto footers =
      VerifyFooters(table.lake(), kTable, {.snapshot_id = report.snapshot_id}).ValueOrDie();

  EXPECT_EQ(report.findings.errors() + report.findings.warnings(), 0);
  EXPECT_EQ(footers.findings.errors() + footers.findings.warnings(), 0);
  EXPECT_EQ(report.files, 20);
  EXPECT_EQ(report.rows, 60);
  EXPECT_EQ(report.delta_version, 20);
  EXPECT_EQ(footers.checked, 20);
}

TEST(VerifyTable, FindsNothingInATableWithoutData) {
  const TwoFormatsFake table;

  const TableReport report = Verify(table);

  EXPECT_EQ(report.findings.errors() + report.findings.warnings(), 0);
  EXPECT_EQ(report.snapshot_id, 0);
}

TEST(VerifyTable, NamesFileAndBothSidesOfAFinding) {
  TwoFormatsFake table;
  Commit(table, 2);
  table.Edit(TwoFormatsFake::LogPath(2), R"(numRecords\":3)", R"(numRecords\":4)");

  const TableReport report = Verify(table);

  ASSERT_EQ(report.findings.kept().size(), 1u);
  const Finding& finding = report.findings.kept()[0];
  EXPECT_EQ(NameOf(finding.format), "delta");
  EXPECT_EQ(finding.file, "data/date=2026-11-20/2.parquet");
  EXPECT_EQ(finding.found, "4 rows");
  EXPECT_EQ(finding.expected, "3 rows, as Iceberg says");
}

TEST(VerifyTable, TakesAFileThatWasRemovedForNoOrphan) {
  TwoFormatsFake table;
  Commit(table, 2);
  table.Remove(EncodeFile(1).file);

  const TableReport report = Verify(table);

  EXPECT_EQ(report.findings.errors() + report.findings.warnings(), 0);
  EXPECT_EQ(report.files, 1);
  EXPECT_EQ(report.unreferenced.files, 0);
}

TEST(VerifyTable, WarnsOfFilesThatNobodyListsOnceTheyAreOld) {
  TwoFormatsFake table;
  Commit(table, 1);
  table.Write(kRoot + "/data/date=2026-11-20/lost.parquet", "12345");
  const auto modified = table.lake().store.ModifiedMs(kRoot + "/data/date=2026-11-20/lost.parquet");
  const int64_t written_ms = modified.ValueOrDie().value();
  FakeClock clock(written_ms * 1'000'000);
  const Lake lake{table.lake().store, table.lake().catalog, clock};

  const auto young = VerifyTable(lake, kTable, {.grace = std::chrono::seconds(60)}).ValueOrDie();
  clock.Advance(std::chrono::seconds(61));
  const auto old = VerifyTable(lake, kTable, {.grace = std::chrono::seconds(60)}).ValueOrDie();

  EXPECT_EQ(young.findings.warnings(), 0);
  EXPECT_EQ(young.unreferenced.young_files, 1);
  EXPECT_EQ(old.findings.warnings(), 1);
  EXPECT_EQ(old.findings.errors(), 0);
  EXPECT_EQ(old.unreferenced.files, 1);
  EXPECT_EQ(old.unreferenced.bytes, 5);
}

TEST(VerifyTable, KeepsAThousandFindingsAndCountsTheRest) {
  Findings findings;

  for (int i = 0; i < 1'500; ++i) findings.Add({Check::kFileMissing, Format::kData, "", "", ""});

  EXPECT_EQ(findings.kept().size(), 1'000u);
  EXPECT_EQ(findings.errors(), 1'500);
}

TEST(VerifyTable, SaysWhenThereIsNoSuchTable) {
  const TwoFormatsFake table;

  const auto report = VerifyTable(table.lake(), {"telemetry", "nothing"});

  EXPECT_EQ(KindOf(report.status()), ErrorKind::kNotFound);
}

TEST(VerifyFooters, GoesOnWhereItStopped) {
  TwoFormatsFake table;
  Commit(table, 18);
  const int64_t snapshot_id = table.Entry().snapshot_id;
  int64_t first = 0, checked = 0, pieces = 0;

  for (std::optional<int64_t> next = 0; next; ++pieces) {
    first = *next;
    const auto report = VerifyFooters(table.lake(), kTable,
                                      {.snapshot_id = snapshot_id, .first = first, .files_max = 5})
                            .ValueOrDie();
    EXPECT_EQ(report.files, 18);
    checked += report.checked;
    next = report.next;
  }

  EXPECT_EQ(checked, 18);
  EXPECT_EQ(pieces, 4);
}

TEST(VerifyFooters, StopsWhenItsTimeIsUpButReadsOneFile) {
  TwoFormatsFake table;
  Commit(table, 3);

  const auto report = VerifyFooters(table.lake(), kTable,
                                    {.snapshot_id = table.Entry().snapshot_id,
                                     .time_max = std::chrono::milliseconds(0)})
                          .ValueOrDie();

  EXPECT_EQ(report.checked, 1);
  EXPECT_EQ(report.next, 1);
}

TEST(VerifyFooters, StaysAtItsSnapshotWhileTheTableMovesOn) {
  TwoFormatsFake table;
  Commit(table, 2);
  const int64_t snapshot_id = table.Entry().snapshot_id;
  Commit(table, 1);

  const auto report =
      VerifyFooters(table.lake(), kTable, {.snapshot_id = snapshot_id}).ValueOrDie();

  EXPECT_EQ(report.checked, 2);
}

TEST(VerifyFooters, RefusesASnapshotThatTheTableNoLongerHas) {
  TwoFormatsFake table;
  Commit(table, 1);

  const auto report = VerifyFooters(table.lake(), kTable, {.snapshot_id = 5});

  EXPECT_EQ(KindOf(report.status()), ErrorKind::kConflict);
  EXPECT_THAT(report.status().message(), HasSubstr("snapshot 5"));
}

TEST(VerifyFooters, ReadsPagesWhereThatIsWanted) {
  TwoFormatsFake table;
  table.Commit();
  const int64_t snapshot_id = table.State().snapshot_id();
  EXPECT_EQ(VerifyFooters(table.lake(), kTable, {.snapshot_id = snapshot_id, .reads_pages = true})
                ->findings.errors(),
            0);
  std::string bytes = table.Read(TwoFormatsFake::DataPath(1));
  for (size_t i = 4; i < 40; ++i) bytes[i] = '\x55';
  table.Write(TwoFormatsFake::DataPath(1), bytes);

  const auto shallow = VerifyFooters(table.lake(), kTable, {.snapshot_id = snapshot_id});
  const auto deep =
      VerifyFooters(table.lake(), kTable, {.snapshot_id = snapshot_id, .reads_pages = true});

  EXPECT_EQ(shallow->findings.errors(), 0);
  ASSERT_EQ(deep->findings.errors(), 2);
  EXPECT_EQ(NameOf(deep->findings.kept()[0].check), "content_hash");
  EXPECT_EQ(NameOf(deep->findings.kept()[1].check), "pages_unreadable");
}

TEST(VerifyFooters, FindsAFlippedBitAnywhereInAFile) {
  TwoFormatsFake table;
  table.Commit();
  const FooterRange all = {.snapshot_id = table.State().snapshot_id(), .reads_pages = true};
  const std::string path = TwoFormatsFake::DataPath(1);
  const std::string sound = table.Read(path);
  for (size_t at = 0; at < sound.size(); at += 61) {
    std::string damaged = sound;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
    table.Write(path, damaged);

    const auto report = VerifyFooters(table.lake(), kTable, all).ValueOrDie();

    ASSERT_GE(report.findings.errors(), 1) << at;
    EXPECT_TRUE(path.ends_with(report.findings.kept()[0].file)) << report.findings.kept()[0].file;
  }
}

}  // namespace
}  // namespace weir::maintain
