// SPDX-License-Identifier: Apache-2.0
#include "maintain/operations.h"

#include <gtest/gtest.h>

namespace weir::maintain {
namespace {

using State = Operation::State;

TEST(Operations, RunOneAfterTheOther) {
  Operations operations;
  const int64_t first = *operations.Submit({.verb = Verb::kCompact});
  const int64_t second = *operations.Submit({.verb = Verb::kGc, .is_dry_run = true});

  EXPECT_EQ(operations.Take()->id, first);
  EXPECT_EQ(operations.Find(first)->state, State::kRunning);
  operations.AddStep(first, {.table = "t", .action = "compact", .files = 2});
  operations.End(first, Status::OK());

  EXPECT_EQ(operations.Find(first)->state, State::kDone);
  EXPECT_EQ(operations.Find(first)->steps.at(0).files, 2);
  EXPECT_EQ(operations.Take()->id, second);
  operations.End(second, Error(ErrorKind::kConflict, "no"));
  EXPECT_EQ(operations.Find(second)->state, State::kFailed);
  EXPECT_EQ(operations.Find(second)->error, "no");
  EXPECT_FALSE(operations.Take());
}

TEST(Operations, AreRefusedWhereTooManyWait) {
  Operations operations;
  for (size_t i = 0; i < Operations::kWaitingMax; ++i) ASSERT_TRUE(operations.Submit({}).ok());

  EXPECT_EQ(KindOf(operations.Submit({}).status()), ErrorKind::kRetryLater);
}

TEST(Operations, AreForgottenOldestFirstButForTheOneThatRuns) {
  Operations operations;
  const int64_t running = *operations.Submit({});
  operations.Take();
  for (size_t i = 0; i < 2 * Operations::kKeptMax; ++i) {
    const int64_t id = *operations.Submit({});
    operations.Take();
    operations.End(id, Status::OK());
  }

  EXPECT_EQ(operations.Find(running)->state, State::kRunning);
  EXPECT_EQ(KindOf(operations.Find(running + 1).status()), ErrorKind::kNotFound);
}

TEST(Operations, ListSoManyStepsAndCountTheRest) {
  Operations operations;
  const int64_t id = *operations.Submit({});
  for (size_t i = 0; i < Operations::kStepsMax + 5; ++i) operations.AddStep(id, {});

  EXPECT_EQ(operations.Find(id)->steps.size(), Operations::kStepsMax);
  EXPECT_EQ(operations.Find(id)->steps_beyond, 5);
}

}  // namespace
}  // namespace weir::maintain
