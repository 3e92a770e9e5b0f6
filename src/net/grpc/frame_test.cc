// SPDX-License-Identifier: Apache-2.0
#include "net/grpc/frame.h"

#include <gtest/gtest.h>

namespace weir::net::grpc {
namespace {

using namespace std::string_literals;

TEST(GrpcFrame, GivesTheMessageWithoutItsPrefix) {
  FrameReader reader(100);

  EXPECT_EQ(reader.Push("\0\0\0\0\x05hello"s), FrameOutcome::kFine);

  EXPECT_TRUE(reader.is_complete());
  EXPECT_FALSE(reader.is_compressed());
  EXPECT_EQ(reader.TakeMessage(), "hello");
}

TEST(GrpcFrame, MayComeByteByByte) {
  FrameReader reader(100);

  for (const char c : "\1\0\0\0\x05hello"s) {
    EXPECT_FALSE(reader.is_complete());
    EXPECT_EQ(reader.Push({&c, 1}), FrameOutcome::kFine);
  }

  EXPECT_TRUE(reader.is_complete());
  EXPECT_TRUE(reader.is_compressed());
  EXPECT_EQ(reader.TakeMessage(), "hello");
}

TEST(GrpcFrame, MayHoldAnEmptyMessage) {
  FrameReader reader(100);

  EXPECT_EQ(reader.Push("\0\0\0\0\0"s), FrameOutcome::kFine);

  EXPECT_TRUE(reader.is_complete());
}

TEST(GrpcFrame, IsNotCompleteWhenCutShort) {
  FrameReader reader(100);

  EXPECT_EQ(reader.Push("\0\0\0\0\x05hell"s), FrameOutcome::kFine);

  EXPECT_FALSE(reader.is_complete());
}

TEST(GrpcFrame, IsRefusedWhenItDeclaresMoreThanTheLimit) {
  FrameReader reader(4);

  EXPECT_EQ(reader.Push("\0\0\0\0\x05"s), FrameOutcome::kTooLarge);
}

TEST(GrpcFrame, IsRefusedWithASecondMessage) {
  FrameReader reader(100);

  EXPECT_EQ(reader.Push("\0\0\0\0\1a\0\0\0\0\1b"s), FrameOutcome::kSurplus);
}

TEST(GrpcFrame, IsRefusedWithAnUnknownFlag) {
  FrameReader reader(100);

  EXPECT_EQ(reader.Push("\2\0\0\0\0"s), FrameOutcome::kBadFlag);
}

TEST(GrpcFrame, PrefixIsFiveBytesBigEndian) { EXPECT_EQ(FramePrefix(0x01020304), "\0\1\2\3\4"s); }

}  // namespace
}  // namespace weir::net::grpc
