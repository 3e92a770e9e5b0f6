// SPDX-License-Identifier: Apache-2.0
#include "net/http1/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/echo_fake.h"

namespace weir::net::http1 {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

using Fake = SessionFake<Session>;

TEST(Http1Session, AnswersAndStaysOpen) {
  Fake fake;

  fake.Feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");

  EXPECT_EQ(fake.Output(),
            "HTTP/1.1 200 OK\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-length: 2\r\n"
            "content-type: text/plain\r\n\r\nhi");
  EXPECT_EQ(fake.session.ending(), Ending::kOpen);
}

TEST(Http1Session, AnswersPipelinedRequestsInOrder) {
  Fake fake;

  fake.Feed(
      "POST /later HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\none"
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\ntwo");
  EXPECT_EQ(fake.Output(), "");
  std::move(fake.handler.later[0]).Send({.body = "one"});

  EXPECT_THAT(fake.Output(), testing::ContainsRegex("one(.|\n)*two"));
}

TEST(Http1Session, ReadsNothingWhileARequestIsHandled) {
  Fake fake;

  fake.Feed("GET /later HTTP/1.1\r\nHost: h\r\n\r\n");

  EXPECT_TRUE(fake.session.Wish().room.empty());
  EXPECT_EQ(fake.session.Wish().bytes_max, 0);
}

TEST(Http1Session, ReadsAChunkedBody) {
  Fake fake;

  fake.Feed("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  fake.Feed("2\r\nhi\r\n0\r");
  fake.Feed("\n\r\n");

  EXPECT_THAT(fake.Output(), EndsWith("\r\n\r\nhi"));
}

TEST(Http1Session, AsksAWaitingClientForItsBody) {
  Fake fake;

  fake.Feed("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(fake.Output(), "HTTP/1.1 100 Continue\r\n\r\n");
  fake.Feed("hi");

  EXPECT_THAT(fake.Output(), StartsWith("HTTP/1.1 200 "));
}

TEST(Http1Session, DoesNotAskForABodyItRefuses) {
  Fake fake;

  fake.Feed("POST /deny HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");

  EXPECT_THAT(fake.Output(), StartsWith("HTTP/1.1 401 "));
  EXPECT_EQ(fake.session.ending(), Ending::kLinger);
}

TEST(Http1Session, DropsAShortRefusedBodyAndStaysOpen) {
  Fake fake;

  fake.Feed("POST /deny HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n");
  EXPECT_THAT(fake.Output(), StartsWith("HTTP/1.1 401 "));
  fake.Feed("hiPOST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nnext");

  EXPECT_THAT(fake.Output(), EndsWith("\r\n\r\nnext"));
}

TEST(Http1Session, AnswersHeadWithTheLengthAlone) {
  Fake fake;

  fake.Feed("HEAD / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");

  const std::string output = fake.Output();
  EXPECT_THAT(output, HasSubstr("content-length: 2\r\n"));
  EXPECT_THAT(output, EndsWith("\r\n\r\n"));
}

TEST(Http1Session, ClosesWhenTheClientAsks) {
  Fake fake;

  fake.Feed("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

  EXPECT_THAT(fake.Output(), HasSubstr("connection: close\r\n"));
  EXPECT_EQ(fake.session.ending(), Ending::kClose);
}

TEST(Http1Session, RefusesALengthOverTheLimitBeforeTheBody) {
  Fake fake;
  fake.handler.body_bytes_max = 10;

  fake.Feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n");

  EXPECT_THAT(fake.Output(), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(fake.handler.refusals, ElementsAre(RefusalReason::kBodyTooLarge));
}

TEST(Http1Session, RefusesChunksOverTheLimitAndEnds) {
  Fake fake;
  fake.handler.body_bytes_max = 10;

  fake.Feed("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nB\r\n");

  EXPECT_THAT(fake.Output(), StartsWith("HTTP/1.1 413 "));
  EXPECT_EQ(fake.session.ending(), Ending::kLinger);
}

TEST(Http1Session, RefusesAHeadOverTheLimitWithoutWaitingForItsEnd) {
  Fake fake({.head_bytes_max = 100});

  fake.Feed("GET / HTTP/1.1\r\nX: " + std::string(100, 'x'));

  EXPECT_THAT(fake.Output(), StartsWith("HTTP/1.1 431 "));
  EXPECT_EQ(fake.session.ending(), Ending::kLinger);
}

TEST(Http1Session, RefusesAmbiguousRequestsAndEnds) {
  Fake fake;

  fake.Feed(
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
      "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");

  EXPECT_THAT(fake.Output(), StartsWith("HTTP/1.1 400 "));
  EXPECT_TRUE(fake.handler.requests.empty());
  EXPECT_EQ(fake.session.ending(), Ending::kLinger);
}

TEST(Http1Session, RefusesABareLineFeedAtOnce) {
  Fake fake;

  fake.Feed("GET / HTTP/1.1\r\nHost: h\nX: y");

  EXPECT_THAT(fake.Output(), StartsWith("HTTP/1.1 400 "));
}

TEST(Http1Session, AnswersForAHandlerThatDroppedTheRequest) {
  Fake fake;

  fake.Feed("GET /drop HTTP/1.1\r\nHost: h\r\n\r\n");

  EXPECT_THAT(fake.Output(), StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(fake.handler.refusals, ElementsAre(RefusalReason::kUnanswered));
}

TEST(Http1Session, RefusesASlowBody) {
  Fake fake;
  fake.Feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99\r\n\r\nhi");

  fake.Wait(14'999ms);
  EXPECT_EQ(fake.Output(), "");
  fake.Wait(2ms);

  EXPECT_THAT(fake.Output(), StartsWith("HTTP/1.1 408 "));
  EXPECT_EQ(fake.session.ending(), Ending::kLinger);
}

TEST(Http1Session, GivesALargeBodyMoreTime) {
  Fake fake;
  fake.Feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999\r\n\r\n" +
            std::string(32 << 10, 'x'));

  fake.Wait(16'999ms);

  EXPECT_EQ(fake.session.ending(), Ending::kOpen);
}

/// A session whose worker reads another body, of `others_bytes`, and has room for 100,000.
struct CrowdedFake {
  explicit CrowdedFake(uint64_t others_bytes) { others.Reserve(others_bytes); }

  Fake fake{{.body_memory_bytes_max = 100'000}};
  BodyShare others{fake.bodies};
};

TEST(Http1Session, RefusesABodyWithoutRoomFromItsHeadAndStaysOpen) {
  CrowdedFake crowded(99'999);
  Fake& fake = crowded.fake;

  fake.Feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");
  EXPECT_THAT(fake.Output(), StartsWith("HTTP/1.1 503"));
  crowded.others.Release();
  fake.Feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");

  EXPECT_THAT(fake.Output(), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(fake.handler.refusals, ElementsAre(RefusalReason::kNoBodyMemory));
}

TEST(Http1Session, RefusesChunksThatFindNoRoomAndKeepsNothingOfThem) {
  CrowdedFake crowded(99'000);
  Fake& fake = crowded.fake;

  fake.Feed("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  fake.Feed("fff\r\n" + std::string(2000, 'x'));

  EXPECT_THAT(fake.Output(), StartsWith("HTTP/1.1 503"));
  EXPECT_EQ(fake.session.ending(), Ending::kLinger);
  EXPECT_EQ(fake.bodies.bytes(), 99'000u);
}

TEST(Http1Session, GivesItsRoomBackWithTheRequest) {
  Fake fake;
  fake.Feed("POST /later HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nh");
  EXPECT_EQ(fake.bodies.bytes(), 2u);

  fake.Feed("i");

  EXPECT_EQ(fake.bodies.bytes(), 0u);
}

TEST(Http1Session, RefusesALargeSlowBodyOnceOthersFindNoRoom) {
  CrowdedFake crowded(0);
  Fake& fake = crowded.fake;
  fake.Feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 90000\r\n\r\nx");
  fake.Wait(1'000ms);
  EXPECT_EQ(fake.Output(), "");

  EXPECT_FALSE(crowded.others.Reserve(20'000));
  fake.Wait(1ms);

  EXPECT_THAT(fake.Output(), StartsWith("HTTP/1.1 503"));
  EXPECT_EQ(fake.bodies.bytes(), 0u);
}

TEST(Http1Session, ClosesOnASlowHead) {
  Fake fake;
  fake.Feed("GET / HTTP/1.1\r\n");

  fake.Wait(9'000ms);
  fake.Feed("X: y\r\n");
  EXPECT_EQ(fake.session.ending(), Ending::kOpen);
  fake.Wait(1'001ms);

  EXPECT_EQ(fake.session.ending(), Ending::kClose);
}

TEST(Http1Session, StaysOpenBetweenRequestsUntilTheIdleTimeout) {
  Fake fake;
  fake.Feed("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  fake.Output();

  fake.Wait(119'000ms);
  EXPECT_EQ(fake.session.ending(), Ending::kOpen);
  fake.Wait(1'001ms);

  EXPECT_EQ(fake.session.ending(), Ending::kClose);
}

TEST(Http1Session, DrainLetsTheRequestUnderWayFinish) {
  Fake fake;
  fake.Feed("GET /later HTTP/1.1\r\nHost: h\r\n\r\n");

  fake.session.Drain();
  EXPECT_EQ(fake.session.ending(), Ending::kOpen);
  std::move(fake.handler.later[0]).Send({.body = "done"});

  EXPECT_THAT(fake.Output(), HasSubstr("connection: close\r\n"));
  EXPECT_EQ(fake.session.ending(), Ending::kClose);
}

TEST(Http1Session, DrainRefusesARequestThatComesLater) {
  Fake fake;
  fake.Feed("GET / HTTP/1.1\r\n");

  fake.session.Drain();
  fake.Feed("Host: h\r\n\r\n");

  EXPECT_THAT(fake.Output(), StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(fake.handler.refusals, ElementsAre(RefusalReason::kShuttingDown));
}

TEST(Http1Session, KeepsLineEndsOutOfHeaders) {
  Fake fake;
  fake.Feed("GET /later HTTP/1.1\r\nHost: h\r\n\r\n");

  std::move(fake.handler.later[0]).Send({.headers = {{"x", "a\r\nset-cookie: b"}}});

  EXPECT_THAT(fake.Output(), Not(HasSubstr("\nset-cookie")));
}

TEST(Http1Session, SendsNoBodyWithNoContent) {
  Fake fake;
  fake.Feed("GET /later HTTP/1.1\r\nHost: h\r\n\r\n");

  std::move(fake.handler.later[0]).Send({.status = 204, .body = "ghost"});

  const std::string output = fake.Output();
  EXPECT_THAT(output, EndsWith("\r\n\r\n"));
  EXPECT_THAT(output, Not(HasSubstr("content-length")));
}

TEST(Http1Session, CanBeFedByteByByte) {
  Fake fake;

  for (const char c :
       std::string_view("\r\nPOST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi")) {
    fake.Feed({&c, 1});
  }

  EXPECT_THAT(fake.Output(), EndsWith("\r\n\r\nhi"));
}

}  // namespace
}  // namespace weir::net::http1
