// SPDX-License-Identifier: Apache-2.0
#include "columnar/span_rows.h"

#include <gtest/gtest.h>

#include <string>

#include "columnar/metrics.h"
#include "columnar/test_rows.h"

namespace weir::columnar {
namespace {

using namespace wire;
using signal::Signal;
using std::string_literals::operator""s;

std::string Event() {
  return Fixed64(1, 5) + Bytes(2, "retry") + Attributes(3, {{"n", Int(2)}}) + Varint(4, 1);
}

std::string Link() {
  return Bytes(1, "fedcba9876543210") + Bytes(2, "HGFEDCBA") + Bytes(3, "a=b") +
         Attributes(4, {{"k", Text("v")}}) + Varint(5, 2) + Fixed32(6, 257);
}

std::string FullSpan() {
  return Span(Bytes(3, "vendor=1") + Bytes(4, "abcdefgh") + Bytes(5, "GET /cart") + Varint(6, 2) +
              Attributes(9, {{"http.route", Text("/cart")}, {"retries", Int(3)}}) + Varint(10, 4) +
              Bytes(11, Event()) + Bytes(11, "") + Varint(12, 5) + Bytes(13, Link()) +
              Varint(14, 6) + Bytes(15, Bytes(2, "broken") + Varint(3, 2)) +
              Fixed32(16, 0x80000301));
}

std::string FullRequest() {
  const auto resource =
      Attributes(1, {{"service.name", Text("shop")}, {"host.name", Text("h1")}}) + Varint(2, 7);
  const auto scope =
      Bytes(1, "lib") + Bytes(2, "1.0") + Attributes(3, {{"debug", Bool(true)}}) + Varint(4, 8);
  return Bytes(1, Bytes(1, resource) +
                      Bytes(2, Bytes(1, scope) + Bytes(2, FullSpan()) + Bytes(3, "scope-url")) +
                      Bytes(3, "resource-url"));
}

constexpr std::string_view kFullRow = R"(
record_id: 000007000000000001000000
time: 1700000000000000
date: 19675
service_name: shop
trace_id: 30313233343536373839616263646566
span_id: 4142434445464748
parent_span_id: 6162636465666768
trace_state: vendor=1
flags: -2147482879
name: GET /cart
kind: SPAN_KIND_SERVER
start_time_unix_nano: 1700000000000000000
end_time_unix_nano: 1700000000000000005
duration_ns: 5
status_code: STATUS_CODE_ERROR
status_message: broken
host_name: h1
http_route: /cart
attributes: {http.route: /cart, retries: 3}
attributes_types: si
dropped_attributes_count: 4
events: [{time_unix_nano: 5, name: retry, attributes: {n: 2}, attributes_types: i, dropped_attributes_count: 1}, {time_unix_nano: 0, name: null, attributes: {}, attributes_types: null, dropped_attributes_count: 0}]
dropped_events_count: 5
links: [{trace_id: 66656463626139383736353433323130, span_id: 4847464544434241, trace_state: a=b, attributes: {k: v}, attributes_types: null, dropped_attributes_count: 2, flags: 257}]
dropped_links_count: 6
resource: {attributes: {service.name: shop, host.name: h1}, attributes_types: null, dropped_attributes_count: 7}
resource_schema_url: resource-url
instrumentation_scope: {name: lib, version: 1.0, attributes: {debug: true}, attributes_types: b, dropped_attributes_count: 8}
span_schema_url: scope-url
)";

TEST(SpanRows, FillEveryColumnOfTheTable) {
  TestRows rows(Signal::kTraces);
  const auto outcome = rows.Append(FullRequest());

  EXPECT_EQ(outcome.accepted, 1);
  EXPECT_EQ(outcome.rejected, 0);
  EXPECT_EQ(RowText(*rows.Batch(), 0), kFullRow);
}

constexpr std::string_view kLeastRow = R"(
record_id: 000007000000000001000000
time: 1700000000000000
date: 19675
trace_id: 30313233343536373839616263646566
span_id: 4142434445464748
flags: 0
kind: SPAN_KIND_UNSPECIFIED
start_time_unix_nano: 1700000000000000000
end_time_unix_nano: 1700000000000000005
duration_ns: 5
status_code: STATUS_CODE_UNSET
attributes: {}
dropped_attributes_count: 0
events: []
dropped_events_count: 0
links: []
dropped_links_count: 0
)";

TEST(SpanRows, LeaveAbsentFieldsNull) {
  TestRows rows(Signal::kTraces);
  rows.Append(Bytes(1, Bytes(2, Bytes(2, Span()))));

  EXPECT_EQ(RowText(*rows.Batch(), 0), kLeastRow);
}

TEST(SpanRows, IgnoreUnknownFieldsEverywhere) {
  const std::string unknown = Varint(90, 1) + Fixed32(91, 2) + Fixed64(92, 3) + Bytes(93, "x");
  const auto scope =
      Bytes(1, unknown) + unknown + Bytes(2, unknown + Span(unknown + Bytes(11, unknown)));
  TestRows rows(Signal::kTraces);

  rows.Append(unknown + Bytes(1, unknown + Bytes(1, unknown) + Bytes(2, scope)));

  EXPECT_EQ(rows.Cell("span_id"), "4142434445464748");
}

// Protobuf lets a writer put fields in any order.
TEST(SpanRows, FindTheResourceAndScopeThatFollowTheSpans) {
  const auto resource = Attributes(1, {{"service.name", Text("late")}});
  const auto scope = Bytes(2, Span()) + Bytes(3, "url") + Bytes(1, Bytes(1, "lib"));
  TestRows rows(Signal::kTraces);

  rows.Append(Bytes(1, Bytes(3, "resource-url") + Bytes(2, scope) + Bytes(1, resource)));

  const auto batch = rows.Batch();
  EXPECT_EQ(CellText(*batch->GetColumnByName("service_name"), 0), "late");
  EXPECT_EQ(CellText(*batch->GetColumnByName("span_schema_url"), 0), "url");
}

TEST(SpanRows, MergeAResourceThatComesInParts) {
  const auto part = [](std::string_view key, std::string_view value) {
    return Bytes(1, Attributes(1, {{key, Text(value)}}));
  };
  TestRows rows(Signal::kTraces);

  rows.Append(Bytes(
      1, part("a", "1") + Bytes(2, Bytes(2, Span())) + part("b", "2") + part("service.name", "s")));

  EXPECT_EQ(rows.Cell("resource"),
            "{attributes: {a: 1, b: 2, service.name: s}, attributes_types: null, "
            "dropped_attributes_count: 0}");
}

TEST(SpanRows, TellAnEmptyResourceFromNone) {
  TestRows rows(Signal::kTraces);
  rows.Append(Bytes(1, Bytes(2, Bytes(2, Span()))) +
              Bytes(1, Bytes(1, "") + Bytes(2, Bytes(1, "") + Bytes(2, Span()))));

  const auto batch = rows.Batch();
  EXPECT_EQ(Cells(*batch->GetColumnByName("resource"))[0], "null");
  EXPECT_EQ(Cells(*batch->GetColumnByName("resource"))[1],
            "{attributes: {}, attributes_types: null, dropped_attributes_count: 0}");
  EXPECT_EQ(Cells(*batch->GetColumnByName("instrumentation_scope"))[0], "null");
  EXPECT_EQ(Cells(*batch->GetColumnByName("instrumentation_scope"))[1],
            "{name: null, version: null, attributes: {}, attributes_types: null, "
            "dropped_attributes_count: 0}");
}

TEST(SpanRows, StoreASpanThatEndsBeforeItStartsWithDurationZeroAndCountIt) {
  const int64_t before = kNegativeDurations.With().value();
  TestRows rows(Signal::kTraces);

  rows.Append(Request({Bytes(1, kTraceId) + Bytes(2, kSpanId) + Fixed64(7, 9) + Fixed64(8, 8)}));

  EXPECT_EQ(rows.Cell("duration_ns"), "0");
  EXPECT_EQ(rows.Cell("end_time_unix_nano"), "8");
  EXPECT_EQ(kNegativeDurations.With().value() - before, 1);
}

TEST(SpanRows, KeepNumbersOfUnknownEnumerators) {
  TestRows rows(Signal::kTraces);
  rows.Append(Request({Span(Varint(6, 6) + Bytes(15, Varint(3, static_cast<uint64_t>(-1))))}));

  EXPECT_EQ(rows.Cell("kind"), "6");
  EXPECT_EQ(rows.Cell("status_code"), "-1");
}

struct Refused {
  const char* reason;
  std::string span;
};

TEST(SpanRows, SayWhyASpanIsRefused) {
  const std::string ids = Bytes(1, kTraceId) + Bytes(2, kSpanId);
  const uint64_t above_long = uint64_t{1} << 63, above_int = uint64_t{1} << 31;
  const Refused cases[] = {
      {"trace_id is missing or all zero", Bytes(2, kSpanId)},
      {"trace_id is missing or all zero", Bytes(1, std::string(16, '\0')) + Bytes(2, kSpanId)},
      {"trace_id has 15 bytes, not 16", Bytes(1, kTraceId.substr(1)) + Bytes(2, kSpanId)},
      {"span_id is missing or all zero", Bytes(1, kTraceId)},
      {"span_id has 9 bytes, not 8", Bytes(1, kTraceId) + Bytes(2, "ABCDEFGHI")},
      {"parent_span_id has 1 bytes, not 8", ids + Bytes(4, "x")},
      {"start_time_unix_nano 9223372036854775808 is above 2^63-1", ids + Fixed64(7, above_long)},
      {"end_time_unix_nano 9223372036854775808 is above 2^63-1", ids + Fixed64(8, above_long)},
      {"dropped_attributes_count 2147483648 is above 2^31-1", ids + Varint(10, above_int)},
      {"dropped_events_count 2147483648 is above 2^31-1", ids + Varint(12, above_int)},
      {"dropped_links_count 2147483648 is above 2^31-1", ids + Varint(14, above_int)},
      {"name, trace_state or status message: text is not UTF-8", ids + Bytes(5, "\xff")},
      {"name, trace_state or status message: text is not UTF-8", ids + Bytes(3, "\xff")},
      {"name, trace_state or status message: text is not UTF-8", ids + Bytes(15, Bytes(2, "\xff"))},
      {"status: malformed protobuf", ids + Bytes(15, "\x18")},
      {"attribute: malformed protobuf", ids + Bytes(9, "\x0a\x05")},
      {"attribute: text is not UTF-8", ids + Attributes(9, {{"k", Text("\xff")}})},
      {"attribute: text is not UTF-8", ids + Attributes(9, {{"\xff", Text("v")}})},
      {"attribute: nested deeper than the limit", ids + Attributes(9, {{"k", Nested(5)}})},
      {"3 attributes, the limit is 2 (limits.attributes_per_record)",
       ids + Attributes(9, {{"a", Int(1)}, {"b", Int(1)}, {"c", Int(1)}})},
      {"span: malformed protobuf", ids + "\x0a"},
      {"event: malformed protobuf", ids + Bytes(11, "\x08")},
      {"event attribute: text is not UTF-8", ids + Bytes(11, Attributes(3, {{"k", Text("\xff")}}))},
      {"event name: text is not UTF-8", ids + Bytes(11, Bytes(2, "\xff"))},
      {"event time_unix_nano 9223372036854775808 is above 2^63-1",
       ids + Bytes(11, Fixed64(1, above_long))},
      {"event dropped_attributes_count 2147483648 is above 2^31-1",
       ids + Bytes(11, Varint(4, above_int))},
      {"link: malformed protobuf", ids + Bytes(13, "\x08")},
      {"link trace_id has 1 bytes, not 16", ids + Bytes(13, Bytes(1, "x"))},
      {"link span_id has 1 bytes, not 8", ids + Bytes(13, Bytes(2, "x"))},
      {"link attribute: malformed protobuf", ids + Bytes(13, Bytes(4, "\x0a"))},
      {"link trace_state: text is not UTF-8", ids + Bytes(13, Bytes(3, "\xff"))},
      {"link dropped_attributes_count 2147483648 is above 2^31-1",
       ids + Bytes(13, Varint(5, above_int))},
      {"because", Bytes(kInvalidRecordField, "because")},
      {"record is marked as not readable", Bytes(kInvalidRecordField, "\xff")},
      {"record is marked as not readable", Bytes(kInvalidRecordField, "")},
      {"record is marked as not readable", Bytes(kInvalidRecordField, std::string(5000, 'x'))},
  };
  TestRows rows(Signal::kTraces, {.nesting_depth = 4, .attributes_per_record = 2});
  for (const Refused& refused : cases) {
    EXPECT_EQ(rows.Refusal(refused.span), "span 0: "s + refused.reason);
  }
  EXPECT_EQ(rows.num_rows(), 0);
}

/// A span whose every column tells `name`: an event, a link and an attribute too.
std::string Named(std::string_view name) {
  return Span(Bytes(5, name) + Bytes(11, Bytes(2, name)) + Bytes(13, Bytes(3, name)) +
              Attributes(9, {{"k", Text(name)}}));
}

TEST(SpanRows, KeepTheOthersOfARequestWithRefusedSpans) {
  TestRows rows(Signal::kTraces);

  const auto outcome = rows.Append(Request({Named("a"), Named("bad") + Bytes(13, Bytes(1, "short")),
                                            Named("b"), Span("\x0a"), Named("c")}));

  EXPECT_EQ(outcome.accepted, 3);
  EXPECT_EQ(outcome.rejected, 2);
  EXPECT_EQ(outcome.reason, "span 1: link trace_id has 5 bytes, not 16");
  EXPECT_EQ(rows.Column("name"), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(rows.Column("attributes"), (std::vector<std::string>{"{k: a}", "{k: b}", "{k: c}"}));
}

TEST(SpanRows, KeepNoEventOrLinkOfARefusedSpan) {
  TestRows rows(Signal::kTraces);

  rows.Append(Request({Named("a"), Named("bad") + "\x0a", Named("b")}));

  const std::string rest = "attributes: {}, attributes_types: null, dropped_attributes_count: 0";
  EXPECT_EQ(rows.Column("events"),
            (std::vector<std::string>{"[{time_unix_nano: 0, name: a, " + rest + "}]",
                                      "[{time_unix_nano: 0, name: b, " + rest + "}]"}));
  EXPECT_EQ(rows.Column("links"),
            (std::vector<std::string>{
                "[{trace_id: null, span_id: null, trace_state: a, " + rest + ", flags: 0}]",
                "[{trace_id: null, span_id: null, trace_state: b, " + rest + ", flags: 0}]"}));
}

}  // namespace
}  // namespace weir::columnar
