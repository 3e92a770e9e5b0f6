// SPDX-License-Identifier: Apache-2.0
#include "net/http2/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/echo_fake.h"
#include "net/grpc/frame.h"
#include "net/http2/client_fake.h"

namespace weir::net::http2 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;
using namespace std::string_literals;

/// A server session and a client on each end of nothing.
struct Http2Session : testing::Test {
  AnswerSeen Ask(const std::vector<Header>& headers, std::optional<std::string> body,
                 RequestEnd end = RequestEnd::kComplete) {
    const int32_t id = client.Submit(headers, std::move(body), end);
    client.Exchange(server);
    return client.answers[id];
  }

  SessionFake<Session> server;
  ClientFake client;
};

TEST_F(Http2Session, AnswersARequest) {
  const AnswerSeen answer = Ask({{":path", "/a?b"}, {"x", "y"}}, "hello");

  EXPECT_EQ(answer.headers.at(":status"), "200");
  EXPECT_EQ(answer.headers.at("content-length"), "5");
  EXPECT_EQ(answer.body, "hello");
  const RequestHead& head = server.handler.requests[0].head;
  EXPECT_EQ(head.protocol, Protocol::kHttp2);
  EXPECT_EQ(head.path, "/a");
  EXPECT_EQ(head.query, "b");
  EXPECT_EQ(head.Find("x"), "y");
  EXPECT_EQ(head.Find("host"), "h");
}

TEST_F(Http2Session, AnswersManyRequestsOnOneConnection) {
  std::vector<int32_t> ids;
  for (int i = 0; i < 100; ++i) ids.push_back(client.Submit({}, std::to_string(i)));

  client.Exchange(server);

  for (int i = 0; i < 100; ++i) EXPECT_EQ(client.answers[ids[i]].body, std::to_string(i));
}

TEST_F(Http2Session, CarriesBodiesLargerThanItsWindows) {
  server.handler.body_bytes_max = 64 << 20;
  const std::string body(20 << 20, 'x');

  EXPECT_TRUE(Ask({}, body).body == body);
}

TEST_F(Http2Session, AnswersARequestWithoutBody) {
  const AnswerSeen answer = Ask({{":method", "HEAD"}}, std::nullopt);

  EXPECT_EQ(answer.headers.at(":status"), "200");
  EXPECT_EQ(answer.headers.at("content-length"), "0");
  EXPECT_TRUE(answer.is_closed);
}

TEST_F(Http2Session, RefusesADeclaredLengthOverTheLimitBeforeTheBody) {
  server.handler.body_bytes_max = 10;

  const AnswerSeen answer = Ask({{"content-length", "11"}}, "", RequestEnd::kStillSending);

  EXPECT_EQ(answer.headers.at(":status"), "413");
  EXPECT_THAT(server.handler.refusals, ElementsAre(RefusalReason::kBodyTooLarge));
}

TEST_F(Http2Session, RefusesABodyThatGrowsOverTheLimit) {
  server.handler.body_bytes_max = 10;

  EXPECT_EQ(Ask({}, "12345678901", RequestEnd::kStillSending).headers.at(":status"), "413");
}

TEST_F(Http2Session, RefusesABodyWithoutRoomAndGivesBackWhatItHad) {
  BodyShare others(server.bodies);
  others.Reserve(server.limits.body_memory_bytes_max - 10);

  const AnswerSeen answer = Ask({{"content-length", "11"}}, "", RequestEnd::kStillSending);
  EXPECT_EQ(answer.headers.at(":status"), "503");
  EXPECT_EQ(Ask({}, std::string(5'000, 'x')).headers.at(":status"), "503");
  const std::string message = grpc::FramePrefix(5'000) + "x";
  EXPECT_EQ(Ask({{"content-type", "application/grpc"}}, message, RequestEnd::kStillSending)
                .headers.at("grpc-message"),
            "refused");
  EXPECT_THAT(server.handler.refusals, testing::Each(RefusalReason::kNoBodyMemory));
  EXPECT_EQ(server.handler.refusals.size(), 3u);

  others.Release();
  EXPECT_EQ(Ask({}, std::string(5'000, 'x')).headers.at(":status"), "200");
  EXPECT_EQ(server.bodies.bytes(), 0u);
}

TEST_F(Http2Session, RefusesALargeSlowBodyOnceOthersFindNoRoom) {
  const std::string large = std::to_string(server.limits.body_memory_bytes_max);
  server.handler.body_bytes_max = server.limits.body_memory_bytes_max;
  const int32_t id = client.Submit({{"content-length", large}}, "x", RequestEnd::kStillSending);
  client.Exchange(server);
  BodyShare refused(server.bodies);
  EXPECT_FALSE(refused.Reserve(1));

  server.Wait(1'001ms);
  client.Exchange(server);

  EXPECT_EQ(client.answers[id].headers.at(":status"), "503");
  EXPECT_EQ(server.bodies.bytes(), 0u);
}

TEST_F(Http2Session, DropsARefusedBodyForAWhileAndThenEndsTheStream) {
  const AnswerSeen answer = Ask({{":path", "/deny"}}, "part", RequestEnd::kStillSending);
  EXPECT_EQ(answer.headers.at(":status"), "401");
  EXPECT_FALSE(answer.is_closed);

  server.Wait(2'000ms);
  client.Exchange(server);

  EXPECT_TRUE(client.answers[1].is_closed);
  EXPECT_EQ(client.answers[1].error_code, NGHTTP2_NO_ERROR);
}

TEST_F(Http2Session, RefusesAHeadOverTheLimit) {
  const AnswerSeen answer = Ask({{"x", std::string(40'000, 'x')}}, "");

  EXPECT_EQ(answer.headers.at(":status"), "431");
  EXPECT_TRUE(server.handler.requests.empty());
}

TEST_F(Http2Session, EndsWithAClientWhoseHeadersNeverStop) {
  client.Exchange(server);
  // One entry of 2000 bytes in the compression table, named again and again: a small frame, a large
  // head.
  std::string block = "\x82\x86\x84\x41\x01h"s + "\x40\x01x\x7f\xd1\x0e"s + std::string(2000, 'a');
  block += std::string(1000, '\xbe');
  server.Feed(RawFrame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1, block));
  client.Receive(server.Output());

  EXPECT_EQ(client.goaway, NGHTTP2_ENHANCE_YOUR_CALM);
}

TEST_F(Http2Session, AnswersForAHandlerThatDroppedTheRequest) {
  EXPECT_EQ(Ask({{":path", "/drop"}}, "").headers.at(":status"), "500");
}

TEST_F(Http2Session, IgnoresTheAnswerToARequestThatWasCancelled) {
  const int32_t id = client.Submit({{":path", "/later"}}, "");
  client.Exchange(server);
  nghttp2_submit_rst_stream(client.session(), 0, id, NGHTTP2_CANCEL);
  client.Exchange(server);

  std::move(server.handler.later[0]).Send({.body = "late"});
  client.Exchange(server);

  EXPECT_EQ(client.answers[id].body, "");
  EXPECT_EQ(Ask({}, "next").body, "next");
}

TEST_F(Http2Session, RefusesASlowBody) {
  Ask({}, "some", RequestEnd::kStillSending);

  server.Wait(14'999ms);
  EXPECT_TRUE(server.handler.refusals.empty());
  server.Wait(2ms);
  client.Exchange(server);

  EXPECT_EQ(client.answers[1].headers.at(":status"), "408");
}

TEST_F(Http2Session, EndsWithAClientThatDoesNotFinishItsHeaders) {
  client.Exchange(server);
  server.Feed(RawFrame(NGHTTP2_HEADERS, 0, 1, "\x83\x86\x84\x41\x01h"s));

  server.Wait(10'000ms);
  client.Receive(server.Output());

  EXPECT_EQ(client.goaway, NGHTTP2_ENHANCE_YOUR_CALM);
}

TEST_F(Http2Session, EndsWhenIdle) {
  Ask({}, "hello");

  server.Wait(119'000ms);
  EXPECT_EQ(server.session.ending(), Ending::kOpen);
  server.Wait(1'000ms);
  client.Exchange(server);

  EXPECT_EQ(client.goaway, NGHTTP2_NO_ERROR);
  EXPECT_EQ(server.session.ending(), Ending::kLinger);
}

TEST_F(Http2Session, PingsDoNotKeepAnIdleConnection) {
  Ask({}, "hello");

  for (int i = 0; i < 12; ++i) {
    server.Wait(10'000ms);
    nghttp2_submit_ping(client.session(), 0, nullptr);
    client.Exchange(server);
  }

  EXPECT_EQ(client.goaway, NGHTTP2_NO_ERROR);
}

TEST_F(Http2Session, DrainLetsTheRequestUnderWayFinish) {
  Ask({{":path", "/later"}}, "");

  server.session.Drain();
  client.Exchange(server);
  EXPECT_EQ(client.goaway, NGHTTP2_NO_ERROR);
  EXPECT_EQ(server.session.ending(), Ending::kOpen);
  std::move(server.handler.later[0]).Send({.body = "done"});
  client.Exchange(server);

  EXPECT_EQ(client.answers[1].body, "done");
  EXPECT_EQ(server.session.ending(), Ending::kClose);
}

TEST_F(Http2Session, RefusesStreamsOverTheLimit) {
  SessionFake<Session> narrow({.streams_max = 2});
  ClientFake eager;
  eager.Receive(narrow.Output());
  for (int i = 0; i < 3; ++i) eager.Submit({{":path", "/later"}}, "");

  eager.Exchange(narrow);

  EXPECT_EQ(narrow.handler.later.size(), 2);
}

TEST_F(Http2Session, EndsWithAClientThatCancelsWhatItAsks) {
  SessionFake<Session> narrow({.streams_max = 4});
  ClientFake rapid;
  rapid.Exchange(narrow);
  for (int i = 0; i < 20 && !rapid.goaway; ++i) {
    const int32_t id = rapid.Submit({{":path", "/later"}}, "");
    rapid.Exchange(narrow);
    nghttp2_submit_rst_stream(rapid.session(), 0, id, NGHTTP2_CANCEL);
    rapid.Exchange(narrow);
  }

  EXPECT_EQ(rapid.goaway, NGHTTP2_ENHANCE_YOUR_CALM);
  EXPECT_EQ(narrow.handler.later.size(), 8);
}

TEST_F(Http2Session, EndsWithAClientThatMakesItResetStreams) {
  client.Exchange(server);
  // A window update of zero is an error of its stream alone (RFC 9113, section 6.9).
  for (uint32_t id = 1; id < 600; id += 2) {
    server.Feed(RawFrame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, id, "\x83\x86\x84\x41\x01h"s) +
                RawFrame(NGHTTP2_WINDOW_UPDATE, 0, id, "\0\0\0\0"s));
    server.Output();
  }

  EXPECT_NE(server.session.ending(), Ending::kOpen);
}

TEST_F(Http2Session, EndsWithAClientThatFloodsWithPings) {
  client.Exchange(server);
  for (int i = 0; i < 6000 && server.session.ending() == Ending::kOpen; ++i) {
    server.Feed(RawFrame(NGHTTP2_PING, 0, 0, "12345678"));
    server.Output();
  }

  EXPECT_EQ(server.session.ending(), Ending::kLinger);
}

TEST_F(Http2Session, EndsWithAClientThatDoesNotReadItsAnswer) {
  SessionFake<Session> stuck;
  ClientFake deaf({{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1}});
  deaf.Submit({}, std::string(100, 'x'));
  stuck.Feed(deaf.Output());
  deaf.Receive(stuck.Output());

  stuck.Wait(30'001ms);
  deaf.Receive(stuck.Output());

  EXPECT_EQ(deaf.goaway, NGHTTP2_ENHANCE_YOUR_CALM);
  EXPECT_EQ(stuck.session.ending(), Ending::kLinger);
}

TEST_F(Http2Session, EndsWithAClientThatAsksForResetsWithoutReadingThem) {
  client.Exchange(server);
  std::string sent;
  for (uint32_t id = 1; id < 6000; id += 2) {
    sent += RawFrame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, id, "\x83\x86\x84\x41\x01h"s) +
            RawFrame(NGHTTP2_WINDOW_UPDATE, 0, id, "\0\0\0\0"s);
  }

  server.Feed(sent);
  server.Output();

  EXPECT_EQ(server.session.ending(), Ending::kLinger);
}

TEST_F(Http2Session, EndsOnBytesThatAreNotHttp2) {
  server.Feed("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnot a frame at all, and quite long");
  server.Output();

  EXPECT_EQ(server.session.ending(), Ending::kLinger);
}

struct Grpc : Http2Session {
  AnswerSeen Call(const std::string& body, std::vector<Header> headers = {}) {
    headers.push_back({"content-type", "application/grpc"});
    headers.push_back({"te", "trailers"});
    return Ask(headers, body);
  }
};

TEST_F(Grpc, AnswersWithAFramedMessageAndTrailers) {
  const AnswerSeen answer = Call("\0\0\0\0\2hi"s);

  EXPECT_EQ(answer.headers.at(":status"), "200");
  EXPECT_EQ(answer.headers.at("content-type"), "application/grpc");
  EXPECT_EQ(answer.body, "\0\0\0\0\2hi"s);
  EXPECT_EQ(answer.headers.at("grpc-status"), "0");
  EXPECT_EQ(server.handler.requests[0].head.protocol, Protocol::kGrpc);
}

TEST_F(Grpc, AnswersAnErrorWithTrailersOnly) {
  const AnswerSeen answer = Call("\0\0\0\0\2hi"s, {{":path", "/fail"}});

  EXPECT_EQ(answer.headers.at("grpc-status"), "3");
  EXPECT_EQ(answer.headers.at("grpc-message"), "bad %0A value");
  EXPECT_EQ(answer.headers.at("grpc-status-details-bin"), "ZGV0YWlscw");
  EXPECT_EQ(answer.body, "");
}

TEST_F(Grpc, HandsOverCompressedMessagesAsSuch) {
  Call("\1\0\0\0\2zz"s, {{"grpc-encoding", "gzip"}});

  EXPECT_TRUE(server.handler.requests[0].is_compressed_message);
}

TEST_F(Grpc, RefusesACompressedMessageWithoutAnEncoding) {
  EXPECT_EQ(Call("\1\0\0\0\2zz"s).headers.at("grpc-status"), "13");
  EXPECT_EQ(Call("\1\0\0\0\2zz"s, {{"grpc-encoding", "identity"}}).headers.at("grpc-status"), "13");
}

TEST_F(Grpc, RefusesAFrameCutShort) {
  EXPECT_EQ(Call("\0\0\0\0\3hi"s).headers.at("grpc-status"), "13");
  EXPECT_EQ(Call("").headers.at("grpc-status"), "13");
}

TEST_F(Grpc, RefusesASecondMessage) {
  EXPECT_EQ(Call("\0\0\0\0\2hi\0\0\0\0\0"s).headers.at("grpc-status"), "13");
}

TEST_F(Grpc, RefusesADeclaredLengthOverTheLimit) {
  EXPECT_EQ(Call("\0\x7f\0\0\0"s).headers.at("grpc-status"), "8");
  EXPECT_THAT(server.handler.refusals, ElementsAre(RefusalReason::kBodyTooLarge));
}

TEST_F(Grpc, AnswersFromTheHeadAlone) {
  EXPECT_EQ(Call("\0\0\0\0\2hi"s, {{":path", "/deny"}}).headers.at("grpc-status"), "16");
  EXPECT_TRUE(server.handler.requests.empty());
}

}  // namespace
}  // namespace weir::net::http2
