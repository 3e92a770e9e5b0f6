// SPDX-License-Identifier: Apache-2.0
#include "receive/otlp_receiver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "receive/metrics.h"

namespace weir::receive {
namespace {

using net::Protocol;
using net::RefusalReason;
using signal::Signal;
using testing::HasSubstr;

constexpr const char* kTraceService = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

/// Keeps requests; the test says what becomes of them.
class SinkFake final : public signal::Sink {
 public:
  void Accept(signal::ExportRequest request, Done done) override {
    requests.push_back(std::move(request));
    dones.push_back(std::move(done));
  }
  Status CanAccept() const override { return can_accept; }

  std::vector<signal::ExportRequest> requests;
  std::vector<Done> dones;
  Status can_accept;
};

/// Where a Responder's answer goes.
class ChannelFake final : public net::Responder::Channel {
 public:
  explicit ChannelFake(std::optional<net::Response>& answer) : answer_(answer) {}
  void Send(net::Response response) override { answer_ = std::move(response); }

 private:
  std::optional<net::Response>& answer_;
};

net::RequestHead HttpHead(std::string path = "/v1/traces",
                          std::string content_type = "application/x-protobuf") {
  return {.protocol = Protocol::kHttp1,
          .method = "POST",
          .path = std::move(path),
          .headers = {{"content-type", std::move(content_type)}}};
}
net::RequestHead GrpcHead(std::string path = kTraceService) {
  return {.protocol = Protocol::kGrpc,
          .method = "POST",
          .path = std::move(path),
          .headers = {{"content-type", "application/grpc"}}};
}
net::RequestHead With(net::RequestHead head, std::string name, std::string value) {
  head.headers.push_back({std::move(name), std::move(value)});
  return head;
}

class OtlpReceiverTest : public testing::Test {
 protected:
  /// The refusal that `head` gets; fails the test when a body would be taken.
  net::Response Refusal(const net::RequestHead& head) {
    const net::Admission admission = receiver_.Admit(head);
    EXPECT_TRUE(std::holds_alternative<net::Response>(admission)) << head.path;
    const auto* refused = std::get_if<net::Response>(&admission);
    return refused != nullptr ? *refused : net::Response{};
  }
  /// Bytes that would be taken; 0 where `head` is refused.
  size_t TakenBytes(const net::RequestHead& head) {
    const net::Admission admission = receiver_.Admit(head);
    const auto* taken = std::get_if<net::TakeBody>(&admission);
    return taken != nullptr ? taken->bytes_max : 0;
  }
  void Handle(net::Request request) {
    receiver_.Handle(std::move(request), net::Responder(std::make_unique<ChannelFake>(answer_)));
  }

  SinkFake sink_;
  FakeClock clock_{1'795'132'800'000'000'000};
  OtlpReceiver receiver_{{.sink = sink_,
                          .clock = clock_,
                          .http_body_bytes_max = 1000,
                          .grpc_message_bytes_max = 2000}};
  std::optional<net::Response> answer_;
};

TEST_F(OtlpReceiverTest, OwnsEveryGrpcRequestAndThePathsOfItsServices) {
  EXPECT_TRUE(OtlpReceiver::Owns(GrpcHead("/any.Service/Method")));
  EXPECT_TRUE(OtlpReceiver::Owns(HttpHead("/v1/logs")));
  EXPECT_TRUE(OtlpReceiver::Owns(HttpHead("/api/2.0/otel/v1/logs")));
  EXPECT_TRUE(OtlpReceiver::Owns(HttpHead(kTraceService)));
  EXPECT_FALSE(OtlpReceiver::Owns(HttpHead("/")));
  EXPECT_FALSE(OtlpReceiver::Owns(HttpHead("/iceberg/v1/config")));
}

TEST_F(OtlpReceiverTest, TakesBodiesUpToTheProtocolsLimit) {
  EXPECT_EQ(TakenBytes(HttpHead()), 1000u);
  EXPECT_EQ(TakenBytes(HttpHead("/v1/logs", "application/json")), 1000u);
  EXPECT_EQ(TakenBytes(HttpHead("/v1/logs", "Application/JSON ; charset=utf-8")), 1000u);
  EXPECT_EQ(TakenBytes(HttpHead("/v1/logs", "application/protobuf")), 1000u);
  EXPECT_EQ(TakenBytes(GrpcHead()), 2000u);
}

TEST_F(OtlpReceiverTest, RefusesAnUnknownGrpcService) {
  const net::Response refused = Refusal(GrpcHead("/any.Service/Method"));

  EXPECT_EQ(refused.grpc.code, 12);
  EXPECT_EQ(refused.grpc.message, "no such service: /any.Service/Method");
}

TEST_F(OtlpReceiverTest, RefusesMethodsOtherThanPostAndNamesIt) {
  net::RequestHead head = HttpHead();
  head.method = "GET";

  const net::Response refused = Refusal(head);

  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ((net::RequestHead{.headers = refused.headers}.Find("allow")), "POST");
}

TEST_F(OtlpReceiverTest, RefusesAContentTypeThatIsNotOtlps) {
  EXPECT_EQ(Refusal(HttpHead("/v1/traces", "text/plain")).status, 415);
  EXPECT_EQ(Refusal(HttpHead("/v1/traces", "")).status, 415);
  EXPECT_THAT(
      Refusal(HttpHead("/v1/traces", "text/plain")).body,
      HasSubstr("content-type text/plain: expected application/x-protobuf or application/json"));
}

TEST_F(OtlpReceiverTest, RefusesAGrpcServiceAskedInAnotherProtocol) {
  for (const Protocol protocol : {Protocol::kHttp1, Protocol::kHttp2}) {
    net::RequestHead head = HttpHead(kTraceService, "application/json");
    head.protocol = protocol;

    const net::Response refused = Refusal(head);

    EXPECT_EQ(refused.status, 415);
    EXPECT_THAT(refused.body,
                HasSubstr("content-type application/json: expected application/grpc"));
  }
}

TEST_F(OtlpReceiverTest, RefusesEncodingsItDoesNotSpeak) {
  const net::Response http = Refusal(With(HttpHead(), "content-encoding", "br"));
  const net::Response grpc = Refusal(With(GrpcHead(), "grpc-encoding", "snappy"));

  EXPECT_EQ(http.status, 415);
  EXPECT_THAT(http.body,
              HasSubstr("content-encoding br: expected one of gzip,zstd,deflate,identity"));
  EXPECT_EQ(grpc.grpc.code, 12);
  EXPECT_THAT(grpc.grpc.message, HasSubstr("grpc-encoding snappy"));
  EXPECT_EQ(TakenBytes(With(HttpHead(), "content-encoding", "gzip")), 1000u);
}

TEST_F(OtlpReceiverTest, TakesFromWhoHadLittleWhileTheSinkIsFull) {
  net::RequestHead greedy = HttpHead(), modest = HttpHead();
  greedy.peer = "10.0.0.1:1";
  modest.peer = "10.0.0.2:1";
  Handle({.head = greedy, .body = std::string(100'000, 'x')});
  sink_.can_accept = Error(ErrorKind::kRetryLater, "too many requests are waiting");

  EXPECT_EQ(Refusal(greedy).status, 503);
  EXPECT_EQ(TakenBytes(modest), 1000u);
}

TEST_F(OtlpReceiverTest, RefusesBeforeTheBodyWhileTheSinkIsFull) {
  sink_.can_accept = Error(ErrorKind::kRetryLater, "the journal is full");

  const net::Response http = Refusal(HttpHead());
  const net::Response grpc = Refusal(GrpcHead());

  EXPECT_EQ(http.status, 503);
  EXPECT_EQ((net::RequestHead{.headers = http.headers}.Find("retry-after")), "1");
  EXPECT_EQ(grpc.grpc.code, 14);
  EXPECT_THAT(grpc.grpc.details, HasSubstr("google.rpc.RetryInfo"));
}

TEST_F(OtlpReceiverTest, HandsTheBodyToTheSinkAsItCame) {
  Handle({.head = With(HttpHead("/v1/logs", "application/json"), "content-encoding", "gzip"),
          .body = "\x1f\x8b"});

  ASSERT_EQ(sink_.requests.size(), 1u);
  EXPECT_EQ(sink_.requests[0].signal, Signal::kLogs);
  EXPECT_EQ(sink_.requests[0].encoding, signal::Encoding::kJson);
  EXPECT_EQ(sink_.requests[0].compression, Compression::kGzip);
  EXPECT_EQ(sink_.requests[0].body, "\x1f\x8b");
  EXPECT_EQ(sink_.requests[0].received_unix_nano, 1'795'132'800'000'000'000);
  EXPECT_EQ(sink_.requests[0].tables, signal::TableSet{});
}

TEST_F(OtlpReceiverTest, TakesAGrpcMessageForCompressedOnlyWhereItsFlagSaysSo) {
  Handle({.head = With(GrpcHead(), "grpc-encoding", "gzip"),
          .body = "x",
          .is_compressed_message = true});
  Handle({.head = With(GrpcHead(), "grpc-encoding", "gzip"),
          .body = "x",
          .is_compressed_message = false});

  EXPECT_EQ(sink_.requests.at(0).compression, Compression::kGzip);
  EXPECT_EQ(sink_.requests.at(1).compression, Compression::kNone);
}

TEST_F(OtlpReceiverTest, AnswersOnlyOnceTheSinkHasSaidWhatBecameOfTheRows) {
  Handle({.head = HttpHead(), .body = "x"});
  EXPECT_FALSE(answer_);

  sink_.dones.at(0)(signal::ExportOutcome{.accepted = 1});

  ASSERT_TRUE(answer_);
  EXPECT_EQ(answer_->status, 200);
}

TEST_F(OtlpReceiverTest, PassesRejectionsOnAndCountsThem) {
  auto& accepted = kAcceptedSpans.With({"otlp", "http"});
  auto& rejected = kRefusedSpans.With({"otlp", "http"});
  const int64_t accepted_before = accepted.value(), rejected_before = rejected.value();

  Handle({.head = HttpHead("/v1/traces", "application/json"), .body = "x"});
  sink_.dones.at(0)(signal::ExportOutcome{.accepted = 2, .rejected = 1, .reason = "bad id"});

  EXPECT_EQ(answer_->body, R"({"partialSuccess":{"rejectedSpans":"1","errorMessage":"bad id"}})");
  EXPECT_EQ(accepted.value() - accepted_before, 2);
  EXPECT_EQ(rejected.value() - rejected_before, 1);
}

TEST_F(OtlpReceiverTest, PassesTheSinksRefusalOnInTheRequestsProtocol) {
  Handle({.head = GrpcHead(), .body = "x"});
  sink_.dones.at(0)(Error(ErrorKind::kRetryLater, "full"));
  EXPECT_EQ(answer_->grpc.code, 14);

  Handle({.head = HttpHead(), .body = "x"});
  sink_.dones.at(1)(Error(ErrorKind::kBadRequest, "not protobuf"));
  EXPECT_EQ(answer_->status, 400);
}

TEST_F(OtlpReceiverTest, SendsTheDatabricksDoorsRowsToTheTablesOfTheHeader) {
  net::RequestHead head = HttpHead("/api/2.0/otel/v1/traces");
  Handle({.head = head, .body = "x"});
  EXPECT_EQ(answer_->status, 401);

  head = With(With(head, "authorization", "Bearer x"), "x-databricks-uc-table-name",
              "weir.team_a.prod_otel_spans");
  Handle({.head = head, .body = "x"});

  ASSERT_EQ(sink_.requests.size(), 1u);
  EXPECT_EQ(sink_.requests[0].tables, (signal::TableSet{"team_a", "prod_"}));
}

TEST_F(OtlpReceiverTest, WordsWhatTheServerItselfRefuses) {
  struct Expected {
    RefusalReason reason;
    int http, grpc;
  };
  for (const Expected& expected : {Expected{RefusalReason::kBodyTooLarge, 413, 8},
                                   Expected{RefusalReason::kBodyTooSlow, 408, 4},
                                   Expected{RefusalReason::kNoBodyMemory, 503, 14},
                                   Expected{RefusalReason::kMalformed, 400, 13},
                                   Expected{RefusalReason::kHeadTooLarge, 431, 8},
                                   Expected{RefusalReason::kTooManyConnections, 503, 14},
                                   Expected{RefusalReason::kShuttingDown, 503, 14},
                                   Expected{RefusalReason::kUnanswered, 503, 14}}) {
    EXPECT_EQ(receiver_.Refuse(HttpHead(), expected.reason).status, expected.http);
    EXPECT_EQ(receiver_.Refuse(GrpcHead(), expected.reason).grpc.code, expected.grpc);
  }
  EXPECT_THAT(receiver_.Refuse(HttpHead(), RefusalReason::kBodyTooLarge).body,
              HasSubstr("larger than 1000 bytes"));
  EXPECT_THAT(receiver_.Refuse(GrpcHead(), RefusalReason::kBodyTooLarge).grpc.message,
              HasSubstr("larger than 2000 bytes"));
}

}  // namespace
}  // namespace weir::receive
