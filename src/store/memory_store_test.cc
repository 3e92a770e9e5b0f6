// SPDX-License-Identifier: Apache-2.0
#include "store/memory_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::store {
namespace {

using testing::ElementsAre;

TEST(MemoryStore, KeepsListsAndDeletesObjectsAsTheOthersDo) {
  MemoryStore store;
  ASSERT_TRUE(store.Put("t/b", "two").ok());
  ASSERT_TRUE(store.PutIfAbsent("t/a", "one").ok());
  ASSERT_TRUE(store.Put("tt/c", "three").ok());

  EXPECT_EQ(KindOf(store.PutIfAbsent("t/a", "other")), ErrorKind::kConflict);
  EXPECT_EQ(store.Read("t/a").ValueOrDie(), "one");
  EXPECT_EQ(store.ReadRange("t/b", 1, 5).ValueOrDie(), "wo");
  EXPECT_EQ(store.Head("t/b").ValueOrDie(), 3);
  EXPECT_EQ(store.Head("t/none").ValueOrDie(), std::nullopt);
  EXPECT_THAT(store.List("t").ValueOrDie(), ElementsAre("t/a", "t/b"));
  EXPECT_TRUE(store.Delete("t/a").ok());
  EXPECT_TRUE(store.Delete("t/a").ok());
  EXPECT_EQ(KindOf(store.Read("t/a").status()), ErrorKind::kNotFound);
}

TEST(MemoryStore, FailsTheCallThatTheFaultNamesAndNoOther) {
  MemoryStore store;
  store.Inject({.verb = Verb::kPut, .after = 1, .count = 1});

  EXPECT_TRUE(store.Put("a", "1").ok());
  EXPECT_TRUE(store.Read("a").ok());
  EXPECT_EQ(KindOf(store.Put("b", "2")), ErrorKind::kRetryLater);
  EXPECT_EQ(store.Head("b").ValueOrDie(), std::nullopt);
  EXPECT_TRUE(store.Put("b", "2").ok());
  EXPECT_EQ(store.CallsOf(Verb::kPut), 3);
}

TEST(MemoryStore, LosesTheAnswerOfACallThatWasDone) {
  MemoryStore store;
  store.Inject({.verb = Verb::kPutIfAbsent, .is_done = true, .kind = ErrorKind::kUnknownOutcome});

  EXPECT_EQ(KindOf(store.PutIfAbsent("a", "1")), ErrorKind::kUnknownOutcome);
  EXPECT_EQ(store.Read("a").ValueOrDie(), "1");
}

TEST(MemoryStore, DiesForAllVerbsUntilFaultsAreCleared) {
  MemoryStore store;
  ASSERT_TRUE(store.Put("a", "1").ok());
  store.Inject({.count = Fault::kForEver});

  EXPECT_FALSE(store.Read("a").ok());
  EXPECT_FALSE(store.List("").ok());
  EXPECT_FALSE(store.Delete("a").ok());
  store.ClearFaults();
  EXPECT_EQ(store.Read("a").ValueOrDie(), "1");
}

TEST(MemoryStore, RefusesWhatDoesNotFitAndKeepsWhatWasThere) {
  MemoryStore store;
  store.SetCapacity(4);
  ASSERT_TRUE(store.Put("a", "123").ok());

  EXPECT_EQ(KindOf(store.Put("a", "12345")), ErrorKind::kRetryLater);
  EXPECT_EQ(KindOf(store.PutIfAbsent("b", "12")), ErrorKind::kRetryLater);
  EXPECT_EQ(store.Read("a").ValueOrDie(), "123");
  EXPECT_TRUE(store.Put("a", "1234").ok());
}

}  // namespace
}  // namespace weir::store
