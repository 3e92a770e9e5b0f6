// SPDX-License-Identifier: Apache-2.0
#include "net/http1/head.h"

#include <gtest/gtest.h>

namespace weir::net::http1 {
namespace {

using namespace std::string_literals;

Head Parsed(const std::string& bytes) {
  auto head = ParseHead(bytes);
  EXPECT_TRUE(head.ok()) << head.status().ToString();
  return head.ok() ? *std::move(head) : Head{};
}

TEST(Http1Head, IsReadIntoPathQueryAndLowerCaseNames) {
  const Head head = Parsed(
      "POST /v1/traces?a=b%20c HTTP/1.1\r\nHost: h\r\nX-Y:  v w \r\n"
      "Content-Length: 12\r\n\r\n");

  EXPECT_EQ(head.request.method, "POST");
  EXPECT_EQ(head.request.path, "/v1/traces");
  EXPECT_EQ(head.request.query, "a=b%20c");
  EXPECT_EQ(head.request.Find("x-y"), "v w");
  EXPECT_EQ(head.request.content_length, 12);
  EXPECT_TRUE(head.keeps_alive);
  EXPECT_TRUE(head.has_body());
}

TEST(Http1Head, MayNameTheServerInItsTarget) {
  EXPECT_EQ(Parsed("GET http://host:1/p?q HTTP/1.1\r\nHost: h\r\n\r\n").request.path, "/p");
}

TEST(Http1Head, SaysWhetherTheBodyIsChunked) {
  const Head head = Parsed("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n");

  EXPECT_TRUE(head.is_chunked);
  EXPECT_EQ(head.request.content_length, std::nullopt);
}

TEST(Http1Head, SaysWhetherTheConnectionStays) {
  EXPECT_FALSE(Parsed("GET / HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n").keeps_alive);
  EXPECT_FALSE(Parsed("GET / HTTP/1.0\r\n\r\n").keeps_alive);
  EXPECT_TRUE(Parsed("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keeps_alive);
}

TEST(Http1Head, SaysWhetherTheClientWaitsToBeAsked) {
  EXPECT_TRUE(Parsed("GET / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\n\r\n").expects_continue);
  EXPECT_FALSE(Parsed("GET / HTTP/1.1\r\nHost: h\r\n\r\n").expects_continue);
}

class AmbiguousHead : public testing::TestWithParam<std::string> {};

TEST_P(AmbiguousHead, IsRefused) {
  const auto head = ParseHead(GetParam());

  EXPECT_EQ(KindOf(head.status()), ErrorKind::kBadRequest);
}

std::string With(const std::string& lines) {
  return "POST / HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n";
}

INSTANTIATE_TEST_SUITE_P(
    All, AmbiguousHead,
    testing::Values(
        With("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"),
        With("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"),
        With("Content-Length: 1\r\nContent-Length: 2\r\n"),
        With("Content-Length: 1\r\nContent-Length: 1\r\n"), With("Content-Length: 1, 1\r\n"),
        With("Content-Length: -1\r\n"), With("Content-Length: +1\r\n"),
        With("Content-Length: 0x1\r\n"), With("Content-Length: 1 2\r\n"),
        With("Content-Length: \r\n"), With("Content-Length: 99999999999999999999\r\n"),
        With("Transfer-Encoding: gzip\r\n"), With("Transfer-Encoding: gzip, chunked\r\n"),
        With("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
        With("Transfer-Encoding: chunked, identity\r\n"), With("Transfer-Encoding: xchunked\r\n"),
        With("Transfer-Encoding : chunked\r\n"), With(" Transfer-Encoding: chunked\r\n"),
        With("X: a\r\n folded\r\n"), With("X: a\r\n\tfolded\r\n"), With("X: a\nY: b\r\n"),
        With("X: a\rY: b\r\n"), With("X: a\0b\r\n"s), With("X\0: b\r\n"s), With("no colon\r\n"),
        With(": empty\r\n"), With("Host: second\r\n"), "GET / HTTP/1.1\r\n\r\n"s,
        "GET / HTTP/1.1\nHost: h\n\n"s, "GET / HTTP/1.1\r\nHost: h\r\n\n"s,
        "GET / HTTP/2.0\r\nHost: h\r\n\r\n"s, "GET / HTTP/1.2\r\nHost: h\r\n\r\n"s,
        "GET / HTTP/1.1 \r\nHost: h\r\n\r\n"s, "GET  / HTTP/1.1\r\nHost: h\r\n\r\n"s,
        "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n"s, "GET path HTTP/1.1\r\nHost: h\r\n\r\n"s,
        "GET * HTTP/1.1\r\nHost: h\r\n\r\n"s, "G@T / HTTP/1.1\r\nHost: h\r\n\r\n"s,
        "GET /\r\n\r\n"s, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"s,
        "GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n"s));

}  // namespace
}  // namespace weir::net::http1
