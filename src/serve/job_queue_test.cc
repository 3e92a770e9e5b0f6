// SPDX-License-Identifier: Apache-2.0
#include "serve/job_queue.h"

#include <gtest/gtest.h>

#include <future>

namespace weir::serve {
namespace {

TEST(JobQueue, RunsWhatItTakes) {
  std::promise<int> done;
  JobQueue queue(1, 4);

  ASSERT_TRUE(queue.Offer([&] { done.set_value(7); }));

  EXPECT_EQ(done.get_future().get(), 7);
}

TEST(JobQueue, RefusesMoreThanItsLimitWhileItsThreadIsBusy) {
  std::promise<void> started, release;
  JobQueue queue(1, 1);
  ASSERT_TRUE(queue.Offer([&] {
    started.set_value();
    release.get_future().wait();
  }));
  started.get_future().wait();

  EXPECT_TRUE(queue.Offer([] {}));
  EXPECT_FALSE(queue.Offer([] {}));
  release.set_value();
}

TEST(JobQueue, DropsWhatHasNotBegunWhenItCloses) {
  auto probe = std::make_shared<int>(0);
  {
    std::promise<void> started, release;
    JobQueue queue(1, 8);
    ASSERT_TRUE(queue.Offer([&] {
      started.set_value();
      release.get_future().wait();
    }));
    started.get_future().wait();
    ASSERT_TRUE(queue.Offer([probe] { (void)probe; }));
    release.set_value();
  }
  EXPECT_EQ(probe.use_count(), 1);
}

}  // namespace
}  // namespace weir::serve
