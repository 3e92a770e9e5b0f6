// SPDX-License-Identifier: Apache-2.0
#include "net/grpc/trailers.h"

#include <gtest/gtest.h>

namespace weir::net::grpc {
namespace {

TEST(GrpcTrailers, EscapePercentControlsAndNonAscii) {
  EXPECT_EQ(PercentEncode("a b~ %\n\xc3\xa9"), "a b~ %25%0A%C3%A9");
}

TEST(GrpcTrailers, AreOnlyTheCodeOnSuccess) {
  const auto trailers = StatusTrailers({});

  ASSERT_EQ(trailers.size(), 1);
  EXPECT_EQ(trailers[0].name, "grpc-status");
  EXPECT_EQ(trailers[0].value, "0");
}

TEST(GrpcTrailers, CarryDetailsInBase64WithoutPadding) {
  const auto trailers = StatusTrailers({3, "no", "\x01\x02\x03\xff"});

  ASSERT_EQ(trailers.size(), 3);
  EXPECT_EQ(trailers[2].name, "grpc-status-details-bin");
  EXPECT_EQ(trailers[2].value, "AQID/w");
}

TEST(GrpcTrailers, StayUnderClientsHeaderLimits) {
  const auto trailers = StatusTrailers({3, std::string(100'000, 'a'), std::string(100'000, 'b')});

  ASSERT_EQ(trailers.size(), 2);
  EXPECT_EQ(trailers[1].value.size(), 2048);
}

TEST(GrpcTrailers, BelongToGrpcButNotToGrpcWeb) {
  EXPECT_TRUE(IsGrpcContentType("application/grpc"));
  EXPECT_TRUE(IsGrpcContentType("application/grpc+proto"));
  EXPECT_TRUE(IsGrpcContentType("application/grpc;x=y"));
  EXPECT_FALSE(IsGrpcContentType("application/grpc-web"));
  EXPECT_FALSE(IsGrpcContentType("application/json"));
}

}  // namespace
}  // namespace weir::net::grpc
