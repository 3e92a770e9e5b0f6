// SPDX-License-Identifier: Apache-2.0
#include "buffer/generation.h"

#include <gtest/gtest.h>

#include "buffer/journal_fake.h"
#include "buffer/row_columns_fake.h"

namespace weir::buffer {
namespace {

signal::ExportRequest LogsOf(std::string body) {
  signal::ExportRequest request = RequestOf(std::move(body));
  request.signal = signal::Signal::kLogs;
  return request;
}

/// Those of one of the tables that `generation` has no more after this.
std::vector<int64_t> RowsOf(Generation& generation, signal::Table wanted) {
  const auto tables = generation.TakeTables();
  for (const Generation::TableRows& table : tables) {
    if (table.key == TableKey{{}, wanted}) return dynamic_cast<NumberList&>(*table.rows).rows();
  }
  return {};
}

TEST(Generation, GathersRowsByTableAndSignal) {
  Generation generation(7, kFakeColumns);
  signal::ExportRequest other = RequestOf("5");
  other.tables = {"team_a", "prod_"};

  ASSERT_TRUE(generation.Append(RequestOf("1 2"), 1).ok());
  ASSERT_TRUE(generation.Append(LogsOf("3"), 2).ok());
  ASSERT_TRUE(generation.Append(other, 3).ok());

  EXPECT_EQ(generation.num_rows(), 4);
  EXPECT_EQ(generation.last_sequence(), 3u);
  const auto tables = generation.TakeTables();
  ASSERT_EQ(tables.size(), 3u);
  EXPECT_EQ(tables[1].key, (TableKey{{}, signal::Table::kSpans}));
  EXPECT_EQ(dynamic_cast<NumberList&>(*tables[1].rows).rows(), (std::vector<int64_t>{1, 2}));
}

TEST(Generation, KeepsNothingOfARequestThatCantBeRead) {
  Generation generation(7, kFakeColumns);

  const auto refused = generation.Append(RequestOf("1 ?"), 1);

  EXPECT_EQ(KindOf(refused.status()), ErrorKind::kBadRequest);
  EXPECT_EQ(generation.num_rows(), 0);
  EXPECT_EQ(generation.last_sequence(), 0u);
}

TEST(Generation, ForgetsRequestsAfterASequenceInAllTables) {
  Generation generation(7, kFakeColumns);
  ASSERT_TRUE(generation.Append(RequestOf("1"), 1).ok());
  ASSERT_TRUE(generation.Append(RequestOf("2"), 2).ok());
  ASSERT_TRUE(generation.Append(LogsOf("3"), 3).ok());
  ASSERT_TRUE(generation.Append(RequestOf("4 5"), 4).ok());

  generation.ForgetAfter(1);

  EXPECT_EQ(generation.num_rows(), 1);
  EXPECT_EQ(RowsOf(generation, signal::Table::kSpans), (std::vector<int64_t>{1}));
  EXPECT_EQ(generation.last_sequence(), 1U);  // What a commit may pass.
}

TEST(Generation, ForgetsNothingFromBeforeTheMark) {
  Generation generation(7, kFakeColumns);
  ASSERT_TRUE(generation.Append(RequestOf("1"), 1).ok());
  generation.Mark();
  ASSERT_TRUE(generation.Append(RequestOf("2"), 2).ok());

  generation.ForgetAfter(0);

  EXPECT_EQ(RowsOf(generation, signal::Table::kSpans), (std::vector<int64_t>{1}));
}

TEST(Generation, KeepsWhatItRefusesAsDeadLetters) {
  Generation generation(7, kFakeColumnsAndLetters);

  const auto mixed = generation.Append(RequestOf("1 !2 3"), 1);
  ASSERT_TRUE(mixed.ok());
  EXPECT_EQ(mixed->outcome.rejected, 1);
  const auto refused = generation.Append(RequestOf("!4"), 2);
  ASSERT_TRUE(refused.ok());
  EXPECT_TRUE(refused->has_rows);
  EXPECT_TRUE(generation.AddRefused(RequestOf("?5"), 3, "not words", false));

  EXPECT_EQ(generation.last_sequence(), 3u);
  EXPECT_EQ(RowsOf(generation, signal::Table::kDeadLetters), (std::vector<int64_t>{2, 4, 5}));
}

TEST(Generation, KeepsNoLetterOfARecordInARequestThatCantBeRead) {
  Generation generation(7, kFakeColumnsAndLetters);
  EXPECT_FALSE(generation.Append(RequestOf("!1 ?2"), 1).ok());
  EXPECT_EQ(generation.num_rows(), 0);
}

TEST(Generation, ForgetsDeadLettersToo) {
  Generation generation(7, kFakeColumnsAndLetters);
  ASSERT_TRUE(generation.Append(RequestOf("1 !2"), 1).ok());
  ASSERT_TRUE(generation.AddRefused(RequestOf("?3"), 2, "not words", false));
  ASSERT_TRUE(generation.Append(RequestOf("4 !5"), 3).ok());

  generation.ForgetAfter(1);

  EXPECT_EQ(generation.num_rows(), 2);
  EXPECT_EQ(RowsOf(generation, signal::Table::kDeadLetters), (std::vector<int64_t>{2}));
}

TEST(Generation, IndexesTheTracesOfTheSpansThatItHasInTheEnd) {
  Generation generation(7, kFakeColumnsOfAllTables);
  ASSERT_TRUE(generation.Append(RequestOf("3 4 9"), 1).ok());
  ASSERT_TRUE(generation.Append(LogsOf("10"), 2).ok());
  ASSERT_TRUE(generation.Append(RequestOf("5 6"), 3).ok());

  generation.ForgetAfter(2);

  // Traces 1 and 3, with two spans and one.
  EXPECT_EQ(RowsOf(generation, signal::Table::kTraceIndex), (std::vector<int64_t>{1002, 3001}));
}

TEST(Generation, WithoutDeadLettersARequestWithoutARowLeavesNone) {
  Generation generation(7, kFakeColumns);
  const auto refused = generation.Append(RequestOf("!4"), 1);
  ASSERT_TRUE(refused.ok());
  EXPECT_FALSE(refused->has_rows);
  EXPECT_FALSE(generation.AddRefused(RequestOf("?5"), 2, "not words", false));
}

TEST(GenerationDeathTest, StopsTheProgramOnASequenceThatDoesNotGrow) {
  Generation generation(7, kFakeColumns);
  ASSERT_TRUE(generation.Append(RequestOf("1"), 5).ok());

  EXPECT_DEATH(Ignore(generation.Append(RequestOf("2"), 5).status(), "never comes back"),
               "check failed");
}

}  // namespace
}  // namespace weir::buffer
