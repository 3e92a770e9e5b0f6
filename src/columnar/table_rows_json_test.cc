// SPDX-License-Identifier: Apache-2.0
// The same request in both encodings makes the same rows.

#include <gtest/gtest.h>

#include <string>

#include "columnar/table_rows.h"
#include "columnar/test_rows.h"

namespace weir::columnar {
namespace {

using namespace wire;
using signal::Encoding;
using signal::Signal;

void ExpectEqualRows(Signal signal, const std::string& wire, const std::string& json) {
  TestRows from_wire(signal), from_json(signal);
  ASSERT_EQ(from_wire.Append(wire).accepted, 1);
  const auto outcome = from_json.TryAppend({.encoding = Encoding::kJson, .body = json});
  ASSERT_TRUE(outcome.ok()) << outcome.status().ToString();
  ASSERT_EQ(outcome->accepted, 1) << outcome->reason;

  EXPECT_EQ(RowText(*from_json.Batch(), 0), RowText(*from_wire.Batch(), 0));
  EXPECT_TRUE(from_json.Batch()->Equals(*from_wire.Batch(), /*check_metadata=*/true));
}

TEST(TableRows, AreTheSameFromJsonAndProtobufSpans) {
  const auto event = Fixed64(1, 5) + Bytes(2, "e") + Attributes(3, {{"n", Int(2)}});
  const auto link = Bytes(1, kTraceId) + Bytes(2, kSpanId) + Bytes(3, "a=b") + Fixed32(6, 1);
  const auto span =
      Span(Bytes(4, kSpanId) + Bytes(5, "GET /é") + Varint(6, 2) +
           Attributes(9, {{"http.response.status_code", Int(200)}, {"raw", Array({Raw("a")})}}) +
           Bytes(11, event) + Bytes(13, link) + Bytes(15, Bytes(2, "m") + Varint(3, 2)));
  const auto resource = Attributes(1, {{"service.name", Text("shop")}});

  ExpectEqualRows(Signal::kTraces,
                  Request({span}, {.resource = resource, .scope = Bytes(1, "lib")}), R"(
    {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},
     "scopeSpans":[{"scope":{"name":"lib"},"spans":[{
       "traceId":"30313233343536373839616263646566","spanId":"4142434445464748",
       "parentSpanId":"4142434445464748","name":"GET /\u00e9","kind":"SPAN_KIND_SERVER",
       "startTimeUnixNano":"1700000000000000000","endTimeUnixNano":1700000000000000005,
       "attributes":[{"key":"http.response.status_code","value":{"intValue":"200"}},
                     {"key":"raw","value":{"arrayValue":{"values":[{"bytesValue":"YQ=="}]}}}],
       "events":[{"timeUnixNano":"5","name":"e","attributes":[{"key":"n","value":{"intValue":2}}]}],
       "links":[{"traceId":"30313233343536373839616263646566","spanId":"4142434445464748",
                 "traceState":"a=b","flags":1}],
       "status":{"message":"m","code":2}}]}]}]})");
}

TEST(TableRows, AreTheSameFromJsonAndProtobufLogs) {
  const auto record = Fixed64(1, kReceivedNanos) + Varint(2, 9) + Bytes(3, "INFO") +
                      Bytes(5, Map({{"a", Real(1)}, {"b", ""}})) + Bytes(9, kTraceId) +
                      Bytes(10, kSpanId) + Fixed64(11, 3) + Bytes(12, "login") + Fixed32(8, 1);

  ExpectEqualRows(Signal::kLogs, Request({record}), R"(
    {"resourceLogs":[{"resource":{},"scopeLogs":[{"scope":{},"logRecords":[{
       "timeUnixNano":"1700000000000000000","severityNumber":9,"severityText":"INFO",
       "body":{"kvlistValue":{"values":[{"key":"a","value":{"doubleValue":1}},{"key":"b","value":{}}]}},
       "traceId":"30313233343536373839616263646566","spanId":"4142434445464748",
       "observedTimeUnixNano":"3","eventName":"login","flags":1}]}]}]})");
}

TEST(TableRows, AreTheSameFromJsonAndProtobufMetrics) {
  const auto point = Attributes(1, {{"k", Text("v")}}) + Fixed64(3, kReceivedNanos) +
                     Fixed64(4, 3) + Double(5, 1.5) + Varint(6, 3) +
                     Bytes(8, Varint(1, 4) + Varint(2, 1) + Varint(2, 2)) + Double(14, 0.5);
  const auto metric = Bytes(1, "m") + Bytes(2, "d") + Bytes(3, "s") +
                      Bytes(10, Varint(2, 1) + Bytes(1, point)) +
                      Attributes(12, {{"x", Text("y")}});

  ExpectEqualRows(Signal::kMetrics, Request({metric}), R"(
    {"resourceMetrics":[{"resource":{},"scopeMetrics":[{"scope":{},"metrics":[{
       "name":"m","description":"d","unit":"s","metadata":[{"key":"x","value":{"stringValue":"y"}}],
       "exponentialHistogram":{"aggregationTemporality":1,"dataPoints":[{
         "attributes":[{"key":"k","value":{"stringValue":"v"}}],"timeUnixNano":"1700000000000000000",
         "count":"3","sum":1.5,"scale":-2,"positive":{"offset":2,"bucketCounts":["1","2"]},
         "zeroThreshold":0.5}]}}]}]}]})");
}

TEST(TableRows, RefuseOneRecordOfAJsonRequestAndKeepTheOthers) {
  TestRows rows(Signal::kLogs);
  const auto outcome = rows.TryAppend({.encoding = Encoding::kJson, .body = R"(
    {"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityText":"a"},{"severityText":7},{"severityText":"c"}]}]}]})"});

  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->accepted, 2);
  EXPECT_EQ(outcome->rejected, 1);
  EXPECT_EQ(outcome->reason,
            "log record 1: resourceLogs[0].scopeLogs[0].logRecords[1].severityText: expected a "
            "string, found a number");
  EXPECT_EQ(rows.Column("severity_text"), (std::vector<std::string>{"a", "c"}));
}

TEST(TableRows, RefuseARequestThatIsNotJson) {
  TestRows rows(Signal::kLogs);
  const auto refused = rows.TryAppend({.encoding = Encoding::kJson, .body = "{"});

  EXPECT_EQ(KindOf(refused.status()), ErrorKind::kBadRequest);
  EXPECT_EQ(rows.num_rows(), 0);
}

}  // namespace
}  // namespace weir::columnar
