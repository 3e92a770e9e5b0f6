// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "columnar/otlp_json/test_requests.h"

namespace weir::columnar::otlp_json {
namespace {

using std::string_literals::operator""s;

TEST(JsonValues, ReadsIdsAsHexInEitherCase) {
  EXPECT_EQ(Span(R"("spanId":"00fFA01234567890")"), "\x12\x08\x00\xff\xa0\x12\x34\x56\x78\x90"s);
}

TEST(JsonValues, PassesIdsOfOtherLengthsOnForTheDecoderToJudge) {
  EXPECT_EQ(Span(R"("traceId":"abcd")"), "\x0a\x02\xab\xcd");
  EXPECT_EQ(Span(R"("parentSpanId":"")"), "\x22\x00"s);
}

TEST(JsonValues, MarksARecordWhoseIdIsNotHex) {
  EXPECT_EQ(ReasonIn(Span(R"("traceId":"W47/95gDgQPSabYzgT/GDA==","name":"s")")),
            "resourceSpans[0].scopeSpans[0].spans[0].traceId: expected a string of hex digits");
  EXPECT_NE(ReasonIn(Span(R"("traceId":"abc")")), "");
}

TEST(JsonValues, WritesEveryCaseOfAnyValue) {
  EXPECT_EQ(Body(R"({"stringValue":"s"})"), "\x0a\x01s");
  EXPECT_EQ(Body(R"({"boolValue":false})"), "\x10\x00"s);
  EXPECT_EQ(Body(R"({"intValue":"-2"})"), "\x18\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01");
  EXPECT_EQ(Body(R"({"doubleValue":1})"), "\x21\x00\x00\x00\x00\x00\x00\xf0\x3f"s);
  EXPECT_EQ(Body(R"({"arrayValue":{"values":[{"intValue":1},{"intValue":"2"}]}})"),
            "\x2a\x08\x0a\x02\x18\x01\x0a\x02\x18\x02");
  EXPECT_EQ(Body(R"({"kvlistValue":{"values":[{"key":"k","value":{"intValue":1}}]}})"),
            "\x32\x09\x0a\x07\x0a\x01k\x12\x02\x18\x01");
  EXPECT_EQ(Body("{}"), "");
}

TEST(JsonValues, KeepsTheOrderOfOneofMembersSoThatTheLastWins) {
  EXPECT_EQ(Body(R"({"stringValue":"s","intValue":1})"), "\x0a\x01s\x18\x01");
}

TEST(JsonValues, KeepsThePlaceOfANullInAListOfValues) {
  EXPECT_EQ(Body(R"({"arrayValue":{"values":[null,{"intValue":1}]}})"),
            "\x2a\x06\x0a\x00\x0a\x02\x18\x01"s);
}

TEST(JsonValues, ReadsBase64OfBothAlphabetsPaddedOrNot) {
  EXPECT_EQ(Body(R"({"bytesValue":"+/8="})"), "\x3a\x02\xfb\xff");
  EXPECT_EQ(Body(R"({"bytesValue":"-_8"})"), "\x3a\x02\xfb\xff");
  EXPECT_EQ(Body(R"({"bytesValue":"+\/8="})"), "\x3a\x02\xfb\xff");
  EXPECT_EQ(Body(R"({"bytesValue":"AQID"})"), "\x3a\x03\x01\x02\x03");
  EXPECT_EQ(Body(R"({"bytesValue":""})"), "\x3a\x00"s);
}

TEST(JsonValues, MarksARecordWhoseBase64IsBroken) {
  for (const auto* text : {"A", "AQ=", "AQ===", "A*==", "AQIDB", "="}) {
    const auto record = LogRecord(R"("body":{"bytesValue":")" + std::string(text) + R"("})");
    EXPECT_NE(ReasonIn(record), "") << text;
  }
}

TEST(JsonValues, ReadsWholeNumbersInAnyNotation) {
  for (const auto* text : {"5", "\"5\"", "5.0", "\"5.00\"", "5e0", "0.5e1", "50E-1", "5e+0"}) {
    EXPECT_EQ(Body(R"({"intValue":)" + std::string(text) + "}"), "\x18\x05") << text;
  }
  EXPECT_EQ(Body(R"({"intValue":1e9})"), "\x18\x80\x94\xeb\xdc\x03");
  EXPECT_EQ(Body(R"({"intValue":-0})"), "\x18\x00"s);
}

TEST(JsonValues, ReadsTheEndsOfEachIntegerRange) {
  EXPECT_EQ(Body(R"({"intValue":"9223372036854775807"})"),
            "\x18\xff\xff\xff\xff\xff\xff\xff\xff\x7f");
  EXPECT_EQ(Body(R"({"intValue":-9223372036854775808})"),
            "\x18\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01");
  EXPECT_EQ(Span(R"("endTimeUnixNano":18446744073709551615)"),
            "\x41\xff\xff\xff\xff\xff\xff\xff\xff");
  EXPECT_EQ(Span(R"("flags":4294967295)"), "\x85\x01\xff\xff\xff\xff");
}

TEST(JsonValues, MarksARecordWhoseNumberDoesNotFit) {
  for (const auto* member :
       {R"("endTimeUnixNano":18446744073709551616)", R"("endTimeUnixNano":"-1")",
        R"("endTimeUnixNano":1.5)", R"("endTimeUnixNano":1e20)", R"("endTimeUnixNano":1e-1)",
        R"("endTimeUnixNano":1e99999999999999999999)", R"("endTimeUnixNano":"")",
        R"("endTimeUnixNano":" 1")", R"("endTimeUnixNano":"0x1")", R"("flags":4294967296)",
        R"("kind":2147483648)", R"("droppedEventsCount":-1)", R"("kind":"SPAN_KIND_NONE")"}) {
    EXPECT_NE(ReasonIn(Span(member)), "") << member;
  }
  EXPECT_NE(ReasonIn(LogRecord(R"("body":{"intValue":9223372036854775808})")), "");
}

TEST(JsonValues, ReadsDoublesFromNumbersAndStrings) {
  EXPECT_EQ(Body(R"({"doubleValue":"1.5"})"), "\x21\x00\x00\x00\x00\x00\x00\xf8\x3f"s);
  EXPECT_EQ(Body(R"({"doubleValue":-15e-1})"), "\x21\x00\x00\x00\x00\x00\x00\xf8\xbf"s);
  EXPECT_EQ(Body(R"({"doubleValue":"NaN"})"), "\x21\x00\x00\x00\x00\x00\x00\xf8\x7f"s);
  EXPECT_EQ(Body(R"({"doubleValue":"Infinity"})"), "\x21\x00\x00\x00\x00\x00\x00\xf0\x7f"s);
  EXPECT_EQ(Body(R"({"doubleValue":"-Infinity"})"), "\x21\x00\x00\x00\x00\x00\x00\xf0\xff"s);
  EXPECT_EQ(Body(R"({"doubleValue":1e-400})"), "\x21\x00\x00\x00\x00\x00\x00\x00\x00"s);
}

TEST(JsonValues, MarksARecordWhoseDoubleIsNotOne) {
  for (const auto* text : {"1e400", "\"nan\"", "\"inf\"", "\"\"", "\"1.\"", "true", "{}"}) {
    EXPECT_NE(ReasonIn(LogRecord(R"("body":{"doubleValue":)" + std::string(text) + "}")), "")
        << text;
  }
}

TEST(JsonValues, ReadsEnumsByNumberAndByName) {
  EXPECT_EQ(Span(R"("kind":"SPAN_KIND_SERVER")"), "\x30\x02");
  EXPECT_EQ(Span(R"("kind":"3")"), "\x30\x03");
  EXPECT_EQ(Span(R"("kind":77)"), "\x30\x4d");
  EXPECT_EQ(LogRecord(R"("severityNumber":"SEVERITY_NUMBER_FATAL4")"), "\x10\x18");
  EXPECT_EQ(Metric(R"("sum":{"aggregationTemporality":"AGGREGATION_TEMPORALITY_DELTA"})"),
            "\x3a\x02\x10\x01");
}

TEST(JsonValues, UnescapesStrings) {
  EXPECT_EQ(Span(R"("name":"\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac")"),
            "\x2a\x0e\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac");
}

TEST(JsonValues, JoinsSurrogatePairsAndReplacesLoneOnes) {
  EXPECT_EQ(Span(R"("name":"\ud83d\ude00")"), "\x2a\x04\xf0\x9f\x98\x80");
  EXPECT_EQ(Span(R"("name":"a\ud83d")"),
            "\x2a\x04"
            "a\xef\xbf\xbd");
  EXPECT_EQ(Span(R"("name":"\ude00b")"),
            "\x2a\x04\xef\xbf\xbd"
            "b");
  EXPECT_EQ(Span(R"("name":"\ud83d\u0041")"),
            "\x2a\x04\xef\xbf\xbd"
            "A");
}

TEST(JsonValues, WritesLongStringsWithTheirWholeLength) {
  const std::string text(300, 'x');

  EXPECT_EQ(Span(R"("name":")" + text + "\""), "\x2a\xac\x02" + text);
  EXPECT_EQ(Span(R"("name":"\t)" + text + "\""), "\x2a\xad\x82\x80\x80\x00\t"s + text);
}

}  // namespace
}  // namespace weir::columnar::otlp_json
