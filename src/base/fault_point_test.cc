// SPDX-License-Identifier: Apache-2.0
#include "base/fault_point.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace weir::fault {
namespace {

TEST(ParseFaults, ReadsNamesActionsAndPassages) {
  const auto faults = ParseFaults("journal.sync.after:kill@3,delta.put.before:pause@1,a.b:fail@20");

  ASSERT_TRUE(faults.ok()) << faults.status().message();
  EXPECT_EQ(*faults, (std::vector<Fault>{{"journal.sync.after", Action::kKill, 3},
                                         {"delta.put.before", Action::kPause, 1},
                                         {"a.b", Action::kFail, 20}}));
}

TEST(ParseFaults, TakesAnEmptyTextAsNoFault) { EXPECT_TRUE(ParseFaults("")->empty()); }

TEST(ParseFaults, RefusesWhatIsNotAFault) {
  for (const char* text : {"a", "a:kill", "a:kill@", "a:kill@0", "a:kill@1x", ":kill@1", "a:die@1",
                           "a@1:kill", "a:kill@-1"}) {
    EXPECT_EQ(KindOf(ParseFaults(text).status()), ErrorKind::kBadRequest) << text;
  }
}

TEST(FaultPoint, IsNothingOutsideTheTestBuild) {
  ASSERT_EQ(::setenv("WEIR_FAULT", "some.point:fail@1", 1), 0);
  ASSERT_EQ(::setenv("WEIR_FAULT_SEGMENT_BYTES", "7", 1), 0);

  EXPECT_TRUE(MayFail("some.point").ok());
  EXPECT_EQ(Number("WEIR_FAULT_SEGMENT_BYTES", 64), 64);
}

}  // namespace
}  // namespace weir::fault
