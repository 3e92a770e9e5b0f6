// SPDX-License-Identifier: Apache-2.0
#include "net/descriptor_limit.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace weir::net {
namespace {

/// Sets the process's limits while it lives.
class Descriptors {
 public:
  Descriptors(rlim_t soft) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit limit = {soft, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  ~Descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

  rlim_t hard() const { return before_.rlim_max; }
  static rlim_t soft() {
    rlimit limit = {};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
  }

 private:
  rlimit before_ = {};
};

TEST(DescriptorLimit, IsRaisedSoThatTheConnectionsFit) {
  const Descriptors descriptors(256);

  EXPECT_EQ(MakeRoomForConnections(500), 500u);
  EXPECT_GE(Descriptors::soft(), 500u);
}

TEST(DescriptorLimit, IsNeverLowered) {
  const Descriptors descriptors(2000);

  EXPECT_EQ(MakeRoomForConnections(10), 10u);
  EXPECT_EQ(Descriptors::soft(), 2000u);
}

TEST(DescriptorLimit, TellsHowManyFitWhereTheHardLimitIsLower) {
  const Descriptors descriptors(256);

  EXPECT_LT(MakeRoomForConnections(descriptors.hard() + 1), descriptors.hard());
}

}  // namespace
}  // namespace weir::net
