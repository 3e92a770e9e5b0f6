// SPDX-License-Identifier: Apache-2.0
#include "serve/page/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "base/compression.h"

namespace weir::serve::page {
namespace {

using testing::HasSubstr;

class PageTest : public testing::Test {
 protected:
  PageTest() { AddRoutes(router_, files_); }

  net::Response Send(std::string path, std::vector<net::Header> headers) {
    const net::Request request{
        .head = {.method = "GET", .path = std::move(path), .headers = std::move(headers)}};
    Routing routing = router_.Find(request.head);
    if (auto* refused = std::get_if<net::Response>(&routing)) return *std::move(refused);
    auto& match = std::get<RouteMatch>(routing);
    auto answer =
        match.route->answer({.request = request, .arguments = match.arguments, .parameters = {}});
    return answer.ok() ? *std::move(answer) : ErrorAnswer(ErrorStyle::kWeir, answer.status());
  }

  static std::string HeaderOf(const net::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return {};
  }

  const std::string document_ = GzipCompress("<!doctype html>hello", 9);
  const std::string script_ = GzipCompress("run()", 9);
  const std::array<File, 2> files_ = {
      File{"index.html", "text/html; charset=utf-8", "\"d1\"", document_},
      File{"assets/index-abc.js", "text/javascript; charset=utf-8", "\"s1\"", script_}};
  Router router_;
};

TEST_F(PageTest, EveryViewsAddressIsTheDocument) {
  for (const char* path : {"/ui", "/ui/services", "/ui/tables/telemetry/otel_spans"}) {
    net::Response response = Send(path, {});

    EXPECT_EQ(response.status, 200) << path;
    EXPECT_EQ(response.body, "<!doctype html>hello") << path;
    EXPECT_EQ(HeaderOf(response, "cache-control"), "no-cache");
  }
}

TEST_F(PageTest, ForbidsWhateverIsNotItsOwn) {
  const std::string policy = HeaderOf(Send("/ui", {}), "content-security-policy");

  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, HasSubstr("script-src 'self'; style-src 'self'; connect-src 'self'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
}

TEST_F(PageTest, SendsWhatIsCompressedToWhoTakesIt) {
  net::Response response = Send("/ui/assets/index-abc.js", {{"accept-encoding", "br, gzip"}});

  EXPECT_EQ(response.body, script_);
  EXPECT_EQ(HeaderOf(response, "content-encoding"), "gzip");
  EXPECT_THAT(HeaderOf(response, "cache-control"), HasSubstr("immutable"));
}

TEST_F(PageTest, WhatTheBrowserHasIsNotSentAgain) {
  net::Response response = Send("/ui", {{"if-none-match", "\"d1\""}});

  EXPECT_EQ(response.status, 304);
  EXPECT_EQ(response.body, "");
}

TEST_F(PageTest, AnUnknownAssetIs404) {
  EXPECT_EQ(Send("/ui/assets/index-old.js", {}).status, 404);
}

TEST(Page, OfThisBuildHasItsDocumentOrNothing) {
  Router router;

  AddRoutes(router, Files());

  const bool has_document =
      std::ranges::any_of(Files(), [](const File& file) { return file.path == "index.html"; });
  EXPECT_EQ(has_document, !Files().empty());
}

}  // namespace
}  // namespace weir::serve::page
