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

const std::vector<int64_t>& RowsOf(Generation& generation, signal::Signal signal) {
  return static_cast<RowColumnsFake&>(*generation.tables().at({{}, signal})).rows();
}

TEST(Generation, GathersRowsByTableAndSignal) {
  Generation generation(7, NewRowColumnsFake);
  signal::ExportRequest other = RequestOf("5");
  other.tables = {"team_a", "prod_"};

  ASSERT_TRUE(generation.Append(RequestOf("1 2"), 1).ok());
  ASSERT_TRUE(generation.Append(LogsOf("3"), 2).ok());
  ASSERT_TRUE(generation.Append(other, 3).ok());

  EXPECT_EQ(generation.tables().size(), 3u);
  EXPECT_EQ(generation.num_rows(), 4);
  EXPECT_EQ(generation.last_sequence(), 3u);
  EXPECT_EQ(RowsOf(generation, signal::Signal::kTraces), (std::vector<int64_t>{1, 2}));
}

TEST(Generation, KeepsNothingOfARequestThatCantBeRead) {
  Generation generation(7, NewRowColumnsFake);

  const auto refused = generation.Append(RequestOf("1 ?"), 1);

  EXPECT_EQ(KindOf(refused.status()), ErrorKind::kBadRequest);
  EXPECT_EQ(generation.num_rows(), 0);
  EXPECT_EQ(generation.last_sequence(), 0u);
}

TEST(Generation, ForgetsRequestsAfterASequenceInAllTables) {
  Generation generation(7, NewRowColumnsFake);
  ASSERT_TRUE(generation.Append(RequestOf("1"), 1).ok());
  ASSERT_TRUE(generation.Append(RequestOf("2"), 2).ok());
  ASSERT_TRUE(generation.Append(LogsOf("3"), 3).ok());
  ASSERT_TRUE(generation.Append(RequestOf("4 5"), 4).ok());

  generation.ForgetAfter(1);

  EXPECT_EQ(generation.num_rows(), 1);
  EXPECT_EQ(RowsOf(generation, signal::Signal::kTraces), (std::vector<int64_t>{1}));
  EXPECT_EQ(generation.last_sequence(), 4u);  // Never given again.
}

TEST(Generation, ForgetsNothingFromBeforeTheMark) {
  Generation generation(7, NewRowColumnsFake);
  ASSERT_TRUE(generation.Append(RequestOf("1"), 1).ok());
  generation.Mark();
  ASSERT_TRUE(generation.Append(RequestOf("2"), 2).ok());

  generation.ForgetAfter(0);

  EXPECT_EQ(RowsOf(generation, signal::Signal::kTraces), (std::vector<int64_t>{1}));
}

TEST(GenerationDeathTest, StopsTheProgramOnASequenceThatDoesNotGrow) {
  Generation generation(7, NewRowColumnsFake);
  ASSERT_TRUE(generation.Append(RequestOf("1"), 5).ok());

  EXPECT_DEATH(Ignore(generation.Append(RequestOf("2"), 5).status(), "never comes back"),
               "check failed");
}

}  // namespace
}  // namespace weir::buffer
