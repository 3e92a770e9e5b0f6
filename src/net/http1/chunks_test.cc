// SPDX-License-Identifier: Apache-2.0
#include "net/http1/chunks.h"

#include <gtest/gtest.h>

namespace weir::net::http1 {
namespace {

ChunkOutcome OutcomeOf(std::string_view bytes) {
  ChunkDecoder decoder(100);
  std::string body;
  return decoder.Decode(bytes, &body).outcome;
}

TEST(Chunks, JoinToTheBodyAndLeaveTheNextRequest) {
  ChunkDecoder decoder(100);
  std::string body;

  const auto step = decoder.Decode("5\r\nhello\r\n1\r\n!\r\n0\r\n\r\nGET", &body);

  EXPECT_EQ(step.outcome, ChunkOutcome::kDone);
  EXPECT_EQ(step.consumed, 21);
  EXPECT_EQ(body, "hello!");
}

TEST(Chunks, MayComeByteByByte) {
  ChunkDecoder decoder(100);
  std::string body;
  ChunkOutcome outcome = ChunkOutcome::kNeedsMore;

  for (const char c : std::string_view("A;x=y\r\n0123456789\r\n0\r\nt: v\r\n\r\n")) {
    EXPECT_EQ(outcome, ChunkOutcome::kNeedsMore);
    outcome = decoder.Decode({&c, 1}, &body).outcome;
  }

  EXPECT_EQ(outcome, ChunkOutcome::kDone);
  EXPECT_EQ(body, "0123456789");
}

TEST(Chunks, AreRefusedAsSoonAsTheyDeclareMoreThanTheLimit) {
  EXPECT_EQ(OutcomeOf("65\r\n"), ChunkOutcome::kTooLarge);
  EXPECT_EQ(OutcomeOf("fffffffffffffffff\r\n"), ChunkOutcome::kTooLarge);
  EXPECT_EQ(OutcomeOf("64\r\n"), ChunkOutcome::kNeedsMore);
}

TEST(Chunks, CountTogetherAgainstTheLimit) {
  EXPECT_EQ(OutcomeOf("3\r\nabc\r\n62\r\n"), ChunkOutcome::kTooLarge);
}

TEST(Chunks, CanBeDropped) {
  ChunkDecoder decoder(100);

  EXPECT_EQ(decoder.Decode("1\r\na\r\n0\r\n\r\n", nullptr).outcome, ChunkOutcome::kDone);
}

class MalformedChunks : public testing::TestWithParam<std::string> {};

TEST_P(MalformedChunks, AreRefused) { EXPECT_EQ(OutcomeOf(GetParam()), ChunkOutcome::kMalformed); }

INSTANTIATE_TEST_SUITE_P(All, MalformedChunks,
                         testing::Values("1\na\r\n", "\r\n", "g\r\n", " 1\r\n", "-1\r\n", "0x1\r\n",
                                         "1 \r\n", "+1\r\n", "1\r\na\n", "1\r\nab\r\n", "1\r\r\n",
                                         "0\r\n\n", "0\r\n folded\r\n", "0\r\nt: v\n", "1;a\nb\r\n",
                                         "0000000000000001\r\n",
                                         "1;" + std::string(5000, 'e') + "\r\n",
                                         "0\r\n" + std::string(5000, 't') + "\r\n"));

}  // namespace
}  // namespace weir::net::http1
