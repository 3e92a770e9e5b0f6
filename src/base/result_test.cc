// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/check.h"

namespace weir {
namespace {

Result<std::unique_ptr<int>> Half(int number) {
  if (number % 2 != 0) return Error(ErrorKind::kConflict, "half of an odd number");
  return std::make_unique<int>(number / 2);
}

Result<int> Quarter(int number) {
  const std::unique_ptr<int> half = TRY(Half(number));
  const std::unique_ptr<int> quarter = TRY(Half(*half));
  return *quarter;
}

Status CheckQuarter(int number, int& steps) {
  TRY(Half(number).status());
  ++steps;
  TRY(Quarter(number));
  ++steps;
  return Status::OK();
}

TEST(Try, GivesTheValueEvenOneThatOnlyMoves) { EXPECT_EQ(Quarter(12).ValueOr(-1), 3); }

TEST(Try, ReturnsTheFailureWithItsKindAndText) {
  const Status status = Quarter(6).status();

  EXPECT_EQ(KindOf(status), ErrorKind::kConflict);
  EXPECT_EQ(status.message(), "half of an odd number");
}

TEST(Try, StopsAtTheFirstFailure) {
  int steps = 0;

  EXPECT_FALSE(CheckQuarter(3, steps).ok());
  EXPECT_EQ(steps, 0);
  EXPECT_FALSE(CheckQuarter(6, steps).ok());
  EXPECT_EQ(steps, 1);
  EXPECT_TRUE(CheckQuarter(8, steps).ok());
  EXPECT_EQ(steps, 3);
}

TEST(Try, EvaluatesItsExpressionOnce) {
  int calls = 0;
  const auto call = [&]() -> Result<int> { return ++calls; };
  const auto run = [&]() -> Result<int> {
    const int value = TRY(call());
    return value;
  };

  EXPECT_EQ(run().ValueOr(-1), 1);
  EXPECT_EQ(calls, 1);
}

TEST(Error, RemembersEveryKind) {
  for (const auto kind : {ErrorKind::kBadRequest, ErrorKind::kUnauthorized, ErrorKind::kNotFound,
                          ErrorKind::kConflict, ErrorKind::kUnknownOutcome, ErrorKind::kRetryLater,
                          ErrorKind::kInternal}) {
    EXPECT_EQ(KindOf(Error(kind, "x")), kind);
  }
}

TEST(Error, SaysWhereItWasMade) {
  const std::string text = Error(ErrorKind::kNotFound, "no such table").ToString();

  EXPECT_NE(text.find("no such table"), std::string::npos);
  EXPECT_NE(text.find("result_test.cc:"), std::string::npos);
}

TEST(KindOf, ReadsArrowsOwnFailuresFromTheirCode) {
  EXPECT_EQ(KindOf(Status::Invalid("x")), ErrorKind::kBadRequest);
  EXPECT_EQ(KindOf(Status::SerializationError("x")), ErrorKind::kBadRequest);
  EXPECT_EQ(KindOf(Status::IOError("x")), ErrorKind::kInternal);
}

TEST(CheckDeathTest, StopsTheProgramAndNamesTheCondition) {
  const int rows = 2;

  EXPECT_DEATH(CHECK(rows == 3), "result_test.cc:[0-9]+: check failed: rows == 3");
}

}  // namespace
}  // namespace weir
