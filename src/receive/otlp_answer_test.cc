// SPDX-License-Identifier: Apache-2.0
#include "receive/otlp_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::receive {
namespace {

using net::Protocol;
using signal::Encoding;
using signal::Signal;
using namespace std::string_literals;

constexpr AnswerForm kProtobuf{Protocol::kHttp1, Encoding::kProtobuf};
constexpr AnswerForm kJson{Protocol::kHttp1, Encoding::kJson};
constexpr AnswerForm kGrpc{Protocol::kGrpc, Encoding::kProtobuf};

std::string HeaderOf(const net::Response& response, std::string_view name) {
  return std::string(net::RequestHead{.headers = response.headers}.Find(name));
}

TEST(Success, IsAnEmptyMessageWhenAllWasTaken) {
  const signal::ExportOutcome outcome{.accepted = 3};

  EXPECT_EQ(Success(kProtobuf, Signal::kTraces, outcome).body, "");
  EXPECT_EQ(Success(kJson, Signal::kTraces, outcome).body, "{}");
  EXPECT_EQ(Success(kProtobuf, Signal::kTraces, outcome).status, 200);
  EXPECT_EQ(HeaderOf(Success(kProtobuf, Signal::kTraces, outcome), "content-type"),
            "application/x-protobuf");
  EXPECT_EQ(HeaderOf(Success(kJson, Signal::kTraces, outcome), "content-type"), "application/json");
  EXPECT_EQ(Success(kGrpc, Signal::kTraces, outcome).grpc.code, 0);
  EXPECT_TRUE(Success(kGrpc, Signal::kTraces, outcome).headers.empty());
}

TEST(Success, TellsHowManyWereRejectedAndWhy) {
  const signal::ExportOutcome outcome{.accepted = 3, .rejected = 300, .reason = "bad id"};

  const std::string message =
      "\x0a\x0b\x08\xac\x02\x12\x06"
      "bad id";
  EXPECT_EQ(Success(kProtobuf, Signal::kLogs, outcome).body, message);
  EXPECT_EQ(Success(kGrpc, Signal::kLogs, outcome).body, message);
  EXPECT_EQ(Success(kJson, Signal::kTraces, outcome).body,
            R"({"partialSuccess":{"rejectedSpans":"300","errorMessage":"bad id"}})");
  EXPECT_EQ(Success(kJson, Signal::kLogs, outcome).body,
            R"({"partialSuccess":{"rejectedLogRecords":"300","errorMessage":"bad id"}})");
  EXPECT_EQ(Success(kJson, Signal::kMetrics, outcome).body,
            R"({"partialSuccess":{"rejectedDataPoints":"300","errorMessage":"bad id"}})");
}

TEST(Success, StaysValidJsonWhenTheReasonQuotesBadUtf8) {
  const signal::ExportOutcome outcome{.rejected = 1, .reason = "name \xff"};

  EXPECT_EQ(
      Success(kJson, Signal::kTraces, outcome).body,
      "{\"partialSuccess\":{\"rejectedSpans\":\"1\",\"errorMessage\":\"name \xef\xbf\xbd\"}}");
}

TEST(Refuse, WritesAStatusMessageInTheRequestsEncoding) {
  const Refusal refusal{400, 3, "no"};

  EXPECT_EQ(Refuse(kProtobuf, refusal).status, 400);
  // google.rpc.Status {3, "no", [Any {BadRequest, {field_violations [{description "no"}]}}]}.
  EXPECT_EQ(Refuse(kProtobuf, refusal).body,
            "\x08\x03\x12\x02no"
            "\x1a\x33\x0a\x29"
            "type.googleapis.com/google.rpc.BadRequest"
            "\x12\x06\x0a\x04\x12\x02no");
  EXPECT_EQ(Refuse(kJson, refusal).body, R"({"code":3,"message":"no","details":[)"
                                         R"({"@type":"type.googleapis.com/google.rpc.BadRequest",)"
                                         R"("fieldViolations":[{"description":"no"}]}]})");
  EXPECT_EQ(HeaderOf(Refuse(kJson, refusal), "content-type"), "application/json");
  EXPECT_EQ(HeaderOf(Refuse(kJson, refusal), "retry-after"), "");
}

TEST(Refuse, TellsWhenToTryAgainInEveryProtocol) {
  const Refusal refusal{503, 14, "full", /*is_retryable=*/true};

  // google.rpc.Status {14, "full", [Any {RetryInfo, {retry_delay {seconds 1}}}]}.
  const std::string message =
      "\x08\x0e\x12\x04"
      "full"
      "\x1a\x30\x0a\x28"
      "type.googleapis.com/google.rpc.RetryInfo"
      "\x12\x04\x0a\x02\x08\x01";
  EXPECT_EQ(Refuse(kProtobuf, refusal).body, message);
  EXPECT_EQ(HeaderOf(Refuse(kProtobuf, refusal), "retry-after"), "1");
  EXPECT_EQ(HeaderOf(Refuse(kJson, refusal), "retry-after"), "1");
  EXPECT_EQ(Refuse(kGrpc, refusal).grpc.code, 14);
  EXPECT_EQ(Refuse(kGrpc, refusal).grpc.message, "full");
  EXPECT_EQ(Refuse(kGrpc, refusal).grpc.details, message);
  EXPECT_EQ(Refuse(kGrpc, refusal).status, 200);
}

TEST(RefusalOf, TurnsEveryKindIntoBothCodes) {
  struct Expected {
    ErrorKind kind;
    int http, grpc;
    bool is_retryable;
  };
  for (const Expected& expected : {Expected{ErrorKind::kBadRequest, 400, 3, false},
                                   Expected{ErrorKind::kUnauthorized, 401, 16, false},
                                   Expected{ErrorKind::kNotFound, 404, 5, false},
                                   Expected{ErrorKind::kConflict, 503, 14, true},
                                   Expected{ErrorKind::kUnknownOutcome, 503, 14, true},
                                   Expected{ErrorKind::kRetryLater, 503, 14, true},
                                   Expected{ErrorKind::kInternal, 500, 13, false}}) {
    const Refusal refusal = RefusalOf(Error(expected.kind, "why"));

    EXPECT_EQ(refusal.http_status, expected.http);
    EXPECT_EQ(refusal.grpc_code, expected.grpc);
    EXPECT_EQ(refusal.is_retryable, expected.is_retryable);
    EXPECT_EQ(refusal.message, "why");
  }
}

TEST(RefusalOf, SaysTooLargeOfABodyThatGrowsTooLarge) {
  const auto bomb = Decompress(Compression::kGzip, GzipCompress(std::string(1000, 'a'), 6), 100);

  const Refusal refusal = RefusalOf(bomb.status());

  EXPECT_EQ(refusal.http_status, 413);
  EXPECT_EQ(refusal.grpc_code, 8);
  EXPECT_FALSE(refusal.is_retryable);
}

}  // namespace
}  // namespace weir::receive
