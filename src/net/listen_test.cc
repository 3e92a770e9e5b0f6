// SPDX-License-Identifier: Apache-2.0
#include "net/listen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::net {
namespace {

using testing::HasSubstr;

std::string Resolved(std::string_view text) {
  auto endpoint = ResolveEndpoint(text);
  return endpoint.ok() ? EndpointText(*endpoint) : endpoint.status().message();
}

TEST(ResolveEndpoint, ReadsAddressesAndPorts) {
  EXPECT_EQ(Resolved("127.0.0.1:4317"), "127.0.0.1:4317");
  EXPECT_EQ(Resolved("[::1]:4317"), "[::1]:4317");
  EXPECT_EQ(Resolved(":0"), "0.0.0.0:0");
}

TEST(ResolveEndpoint, SaysWhatIsWrong) {
  EXPECT_THAT(Resolved("127.0.0.1"), HasSubstr("'127.0.0.1': expected host:port"));
  EXPECT_THAT(Resolved("127.0.0.1:"), HasSubstr("'' is not a port"));
  EXPECT_THAT(Resolved("127.0.0.1:65536"), HasSubstr("'65536' is not a port"));
  EXPECT_THAT(Resolved("127.0.0.1:1x"), HasSubstr("'1x' is not a port"));
}

TEST(Listen, GivesEachLoopASocketOnTheSamePort) {
  boost::asio::io_context first, second;

  auto acceptors = Listen({boost::asio::ip::address_v4::loopback(), 0}, {&first, &second});

  ASSERT_TRUE(acceptors.ok());
  EXPECT_NE((*acceptors)[0].local_endpoint().port(), 0);
  EXPECT_EQ((*acceptors)[0].local_endpoint(), (*acceptors)[1].local_endpoint());
}

TEST(Listen, RefusesAPortThatIsTaken) {
  boost::asio::io_context loop;
  auto taken = Listen({boost::asio::ip::address_v4::loopback(), 0}, {&loop});
  ASSERT_TRUE(taken.ok());

  const auto again = Listen((*taken)[0].local_endpoint(), {&loop});

  EXPECT_EQ(KindOf(again.status()), ErrorKind::kBadRequest);
  EXPECT_THAT(again.status().message(), HasSubstr("listen on 127.0.0.1:"));
}

}  // namespace
}  // namespace weir::net
