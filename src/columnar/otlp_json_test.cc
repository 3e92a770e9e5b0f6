// SPDX-License-Identifier: Apache-2.0
#include "columnar/otlp_json.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <string_view>

#include "columnar/otlp_json/test_requests.h"

namespace weir::columnar::otlp_json {
namespace {

using signal::Signal;
using std::string_literals::operator""s;

TEST(JsonToWire, WritesTheEnvelopeWithItsFieldNumbers) {
  const auto wire = Rewritten(Signal::kTraces, R"({"resourceSpans":[
      {"resource":{"droppedAttributesCount":3},
       "scopeSpans":[{"scope":{"name":"n","version":"v"},"spans":[{"name":"s"}],"schemaUrl":"a"}],
       "schemaUrl":"b"}]})");

  EXPECT_EQ(wire,
            "\x0a\x19"
            "\x0a\x02\x10\x03"
            "\x12\x10\x0a\x06\x0a\x01n\x12\x01v\x12\x03\x2a\x01s\x1a\x01"
            "a\x1a\x01"
            "b"s);
}

TEST(JsonToWire, WritesAnEmptyRequestAsNoBytes) {
  EXPECT_EQ(Rewritten(Signal::kTraces, "{}"), "");
  EXPECT_EQ(Rewritten(Signal::kLogs, " { } "), "");
}

TEST(JsonToWire, WritesEverySpanField) {
  EXPECT_EQ(Span(R"("traceState":"t","flags":257,"kind":2,"startTimeUnixNano":"1",
                    "endTimeUnixNano":2,"droppedAttributesCount":4,"droppedEventsCount":5,
                    "droppedLinksCount":6,"status":{"message":"m","code":2})"),
            "\x1a\x01t\x85\x01\x01\x01\x00\x00\x30\x02\x39\x01\x00\x00\x00\x00\x00\x00\x00"
            "\x41\x02\x00\x00\x00\x00\x00\x00\x00\x50\x04\x60\x05\x70\x06"
            "\x7a\x05\x12\x01m\x18\x02"s);
}

TEST(JsonToWire, WritesEventsAndLinks) {
  EXPECT_EQ(
      Span(R"("events":[{"timeUnixNano":"3","name":"e","droppedAttributesCount":1}],
                    "links":[{"traceId":"aa","spanId":"bb","traceState":"t","flags":1,
                              "droppedAttributesCount":2,"attributes":[{"key":"k"}]}])"),
      "\x5a\x0e\x09\x03\x00\x00\x00\x00\x00\x00\x00\x12\x01"
      "e\x20\x01"
      "\x6a\x15\x0a\x01\xaa\x12\x01\xbb\x1a\x01t\x35\x01\x00\x00\x00\x28\x02\x22\x03\x0a\x01k"s);
}

TEST(JsonToWire, WritesEveryLogRecordField) {
  EXPECT_EQ(LogRecord(R"("timeUnixNano":"1","observedTimeUnixNano":"2","severityNumber":9,
                         "severityText":"I","body":{"stringValue":"b"},"flags":1,
                         "droppedAttributesCount":7,"traceId":"aa","spanId":"bb",
                         "eventName":"e","attributes":[{"key":"k","value":{"boolValue":true}}])"),
            "\x09\x01\x00\x00\x00\x00\x00\x00\x00\x59\x02\x00\x00\x00\x00\x00\x00\x00\x10\x09"
            "\x1a\x01I\x2a\x03\x0a\x01"
            "b\x45\x01\x00\x00\x00\x38\x07\x4a\x01\xaa\x52\x01\xbb\x62\x01"
            "e\x32\x07\x0a\x01k\x12\x02\x10\x01"s);
}

TEST(JsonToWire, WritesSumsWithNumberDataPoints) {
  EXPECT_EQ(Metric(R"("name":"m","description":"d","unit":"u","metadata":[{"key":"k"}],
                      "sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[
                        {"startTimeUnixNano":"1","timeUnixNano":"2","asInt":"-1","flags":1}]})"),
            "\x0a\x01m\x12\x01"
            "d\x1a\x01u\x62\x03\x0a\x01k\x3a\x23\x10\x02\x18\x01\x0a\x1d"
            "\x11\x01\x00\x00\x00\x00\x00\x00\x00\x19\x02\x00\x00\x00\x00\x00\x00\x00"
            "\x31\xff\xff\xff\xff\xff\xff\xff\xff\x40\x01"s);
}

TEST(JsonToWire, WritesGaugesWithExemplars) {
  EXPECT_EQ(Metric(R"("gauge":{"dataPoints":[{"asDouble":1,"exemplars":[
                {"timeUnixNano":"1","asInt":2,"spanId":"aa","traceId":"bb",
                 "filteredAttributes":[{"key":"k"}]}]}]})"),
            "\x2a\x2a\x0a\x28\x21\x00\x00\x00\x00\x00\x00\xf0\x3f\x2a\x1d"
            "\x11\x01\x00\x00\x00\x00\x00\x00\x00\x31\x02\x00\x00\x00\x00\x00\x00\x00"
            "\x22\x01\xaa\x2a\x01\xbb\x3a\x03\x0a\x01k"s);
}

TEST(JsonToWire, WritesHistogramsWithPackedCountsAndBounds) {
  EXPECT_EQ(
      Metric(R"("histogram":{"dataPoints":[{"count":"3","sum":1,"min":0,"max":1,
                      "bucketCounts":["1",2],"explicitBounds":[1],"flags":1}]})"),
      "\x4a\x44\x0a\x42\x21\x03\x00\x00\x00\x00\x00\x00\x00\x29\x00\x00\x00\x00\x00\x00\xf0\x3f"
      "\x59\x00\x00\x00\x00\x00\x00\x00\x00\x61\x00\x00\x00\x00\x00\x00\xf0\x3f"
      "\x32\x10\x01\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00"
      "\x3a\x08\x00\x00\x00\x00\x00\x00\xf0\x3f\x50\x01"s);
}

TEST(JsonToWire, WritesExponentialHistogramsWithZigZagScaleAndOffset) {
  EXPECT_EQ(Metric(R"("exponentialHistogram":{"dataPoints":[{"scale":-1,"zeroCount":1,
                      "positive":{"offset":-2,"bucketCounts":["1",300]},
                      "negative":{"offset":1},"zeroThreshold":1}]})"),
            "\x52\x23\x0a\x21\x30\x01\x39\x01\x00\x00\x00\x00\x00\x00\x00"
            "\x42\x07\x08\x03\x12\x03\x01\xac\x02\x4a\x02\x08\x02"
            "\x71\x00\x00\x00\x00\x00\x00\xf0\x3f"s);
}

TEST(JsonToWire, WritesSummariesWithQuantiles) {
  EXPECT_EQ(
      Metric(R"("summary":{"dataPoints":[{"count":1,"sum":1,
                      "quantileValues":[{"quantile":1,"value":0}]}]})"),
      "\x5a\x28\x0a\x26\x21\x01\x00\x00\x00\x00\x00\x00\x00\x29\x00\x00\x00\x00\x00\x00\xf0\x3f"
      "\x32\x12\x09\x00\x00\x00\x00\x00\x00\xf0\x3f\x11\x00\x00\x00\x00\x00\x00\x00\x00"s);
}

TEST(JsonToWire, TakesSnakeCaseAndEscapedNames) {
  EXPECT_EQ(Span(R"("trace_id":"ab","end_time_unix_nano":"1")"),
            "\x0a\x01\xab\x41\x01\x00\x00\x00\x00\x00\x00\x00"s);
  EXPECT_EQ(Span(R"("\u006eame":"s")"), "\x2a\x01s");
}

TEST(JsonToWire, SkipsUnknownFieldsOfAnyShape) {
  EXPECT_EQ(Span(R"("x":{"name":[1,-2.5e3,true,false,null,{"y":"z"},[],{}]},"":0,"name":"s")"),
            "\x2a\x01s");
}

TEST(JsonToWire, ComparesEveryByteOfAName) {
  for (const std::string name :
       {"name", "traceState", "startTimeUnixNano", "droppedLinksCount", "droppedAttributesCount"}) {
    for (size_t at = 0; at < name.size(); ++at) {
      std::string other = name;
      other[at] = '~';
      EXPECT_EQ(Span("\"" + other + R"(":"","flags":1)"), "\x85\x01\x01\x00\x00\x00"s) << other;
    }
  }
}

TEST(JsonToWire, TakesNullAsAbsent) {
  EXPECT_EQ(Span(R"("name":null,"attributes":null,"status":null,"kind":null,"flags":1)"),
            "\x85\x01\x01\x00\x00\x00"s);
}

TEST(JsonToWire, AppendsTheElementsOfARepeatedKey) {
  EXPECT_EQ(Span(R"("attributes":[{"key":"a"}],"name":"s","attributes":[{"key":"b"}])"),
            "\x4a\x03\x0a\x01"
            "a\x2a\x01s\x4a\x03\x0a\x01"
            "b");
}

TEST(JsonToWire, MarksOnlyTheRecordThatIsWrong) {
  const auto wire = Rewritten(Signal::kTraces,
                              R"({"resourceSpans":[{"scopeSpans":[{"spans":[
                                 {"name":1},{"name":"s"},7]}]}]})");
  WireReader spans(wire);
  ASSERT_TRUE(spans.Next());
  WireReader scopes(spans.bytes());
  ASSERT_TRUE(scopes.Next());
  WireReader records(scopes.bytes());

  ASSERT_TRUE(records.Next());
  EXPECT_EQ(ReasonIn(records.bytes()),
            "resourceSpans[0].scopeSpans[0].spans[0].name: expected a string, found a number");
  ASSERT_TRUE(records.Next());
  EXPECT_EQ(records.bytes(), "\x2a\x01s");
  ASSERT_TRUE(records.Next());
  EXPECT_EQ(ReasonIn(records.bytes()),
            "resourceSpans[0].scopeSpans[0].spans[2]: expected an object, found a number");
}

TEST(JsonToWire, MarksADataPointAndLeavesItsMetricAlone) {
  const auto metric = Metric(R"("gauge":{"dataPoints":[{"asInt":"x"}]},"name":"m")");

  WireReader reader(metric);
  ASSERT_TRUE(reader.Next());
  EXPECT_NE(ReasonIn(Inner(reader.bytes(), 1)), "");
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(reader.bytes(), "m");
}

TEST(JsonToWire, MarksAMetricThatIsWrongItself) {
  EXPECT_EQ(ReasonIn(Metric(R"("gauge":{"dataPoints":[{"asInt":"x"}]},"name":true)")),
            "resourceMetrics[0].scopeMetrics[0].metrics[0].name: expected a string, "
            "found a boolean");
}

TEST(JsonToWire, MarksARecordWhoseValuesNestTooDeep) {
  const JsonLimits limits{.nesting_depth = 3};
  const auto nested = [](int depth) {
    return R"("attributes":[{"key":"k","value":)" +
           Repeated(R"({"arrayValue":{"values":[)", depth - 1) + R"({"intValue":1})" +
           Repeated("]}}", depth - 1) + "}]";
  };

  EXPECT_EQ(ReasonIn(Span(nested(3), limits)), "");
  EXPECT_TRUE(Span(nested(3), limits).starts_with("\x4a"));
  EXPECT_TRUE(ReasonIn(Span(nested(4), limits)).ends_with("values nest deeper than 3"));
}

TEST(JsonToWire, CountsTheValuesOfKeyValueLists) {
  const auto nested =
      R"("attributes":[{"key":"k","value":{"kvlistValue":{"values":[
           {"key":"i","value":{"intValue":1}}]}}}],"traceState":"text behind the attributes")";

  EXPECT_EQ(ReasonIn(Span(nested, {.nesting_depth = 2})), "");
  EXPECT_TRUE(ReasonIn(Span(nested, {.nesting_depth = 1})).ends_with("values nest deeper than 1"));
}

TEST(JsonToWire, RefusesAMillionBracketsAtOnce) {
  for (const auto* part : {"[", R"({"a":)", R"({"arrayValue":{"values":[)"}) {
    const auto json =
        std::string(kSpanHead) + R"("attributes":[{"value":)" + Repeated(part, 1'000'000);

    EXPECT_TRUE(FailureOf(json).starts_with("the request nests deeper than 640 brackets")) << part;
  }
}

TEST(JsonToWire, RefusesWrongTypesAboveTheRecords) {
  EXPECT_EQ(FailureOf("[]"), "the request: expected an object, found an array, at byte 0");
  EXPECT_EQ(FailureOf(R"({"resourceSpans":[{"scopeSpans":[7]}]})"),
            "resourceSpans[0].scopeSpans[0]: expected an object, found a number, at byte 33");
  EXPECT_EQ(FailureOf(R"({"resourceSpans":{}})"),
            "resourceSpans: expected an array, found an object, at byte 17");
}

TEST(JsonToWire, RefusesWhatIsNotJson) {
  for (const auto* json : {"{",
                           "{\"resourceSpans\"",
                           "{\"resourceSpans\":",
                           "{\"resourceSpans\":[",
                           "{}x",
                           "{}{}",
                           "{,}",
                           "{\"a\":1,}",
                           "{\"a\" 1}",
                           "{\"a\":1 \"b\":2}",
                           "{a:1}",
                           "{\"a\":01}",
                           "{\"a\":1.}",
                           "{\"a\":nul}",
                           "{\"a\":[1,]}",
                           "{\"a\":[1 2]}",
                           "{\"a\":[}",
                           "{\"a\":{]}",
                           "{\"a\":12\"b\"}",
                           "{\"a\":+1}",
                           "{\"a\":NaN}",
                           "{\"a\":\"x\ny\"}",
                           "{\"a\":\"}",
                           "{\"a\":tru\"e\"}"}) {
    EXPECT_TRUE(FailureOf(json).starts_with("not valid JSON")) << json << FailureOf(json);
  }
}

TEST(JsonToWire, RefusesBrokenJsonWithinARecordAndAfterAWrongValue) {
  EXPECT_TRUE(Span(R"("name":"\x")").starts_with("failed: not valid JSON"));
  EXPECT_TRUE(Span(R"("name":"\u12g4")").starts_with("failed: not valid JSON"));
  EXPECT_TRUE(Span(R"("name":"\ud83d\u12")").starts_with("failed: not valid JSON"));
  EXPECT_TRUE(Span(R"("kind":01)").starts_with("failed: not valid JSON"));
  EXPECT_TRUE(Span(R"("kind":{},"name":[1,])").starts_with("failed: not valid JSON"));
}

TEST(JsonToWire, RefusesBadUtf8AndEmptyText) {
  EXPECT_EQ(FailureOf("{\"a\":\"\xc3\x28\"}"), "the request is not valid UTF-8");
  EXPECT_EQ(FailureOf(""), "the request is empty");
  EXPECT_EQ(FailureOf(" \n"), "the request is empty");
}

TEST(JsonToWire, SkipsAByteOrderMark) { EXPECT_EQ(Rewritten(Signal::kLogs, "\xef\xbb\xbf{}"), ""); }

TEST(JsonToWire, ReadsNothingBehindTheText) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  void* const pages = mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                           /*fd=*/-1, /*offset=*/0);
  ASSERT_NE(pages, MAP_FAILED);
  char* const end = static_cast<char*>(pages) + page;
  ASSERT_EQ(mprotect(end, page, PROT_NONE), 0);
  const auto request =
      std::string(kSpanHead) +
      R"("traceId":"d75eed01a5d1daa11107aa4a5008808b","endTimeUnixNano":"1790002652835531835",
         "attributes":[{"key":"k","value":{"intValue":"1"}},{"key":"k","value":{"stringValue":"s"}}],
         "name":"s")" +
      std::string(kSpanTail);

  // Every beginning, so that the text ends within tokens of every kind.
  const auto cut = std::string(kSpanHead) + R"("name"})";
  for (const auto& text : {request, cut, R"({"a":1})"s, R"({"":{}})"s}) {
    for (size_t size = 0; size <= text.size(); ++size) {
      std::memcpy(end - size, text.data(), size);
      const auto wire = JsonToWire(Signal::kTraces, {end - size, size});
      EXPECT_EQ(wire.ok(), size == text.size() && text != cut) << text << " " << size;
    }
  }
  munmap(pages, 2 * page);
}

TEST(JsonToWire, ReadsTheSameHoweverMuchTextIsBehindAValue) {
  for (int spaces = 0; spaces < 80; ++spaces) {
    const auto json = std::string(kSpanHead) +
                      R"("attributes":[{"key":"k","value":{"intValue":"-12"}}],"name":"s")" +
                      std::string(kSpanTail) + std::string(spaces, ' ');
    EXPECT_EQ(Inner(Rewritten(Signal::kTraces, json), 3),
              "\x4a\x10\x0a\x01k\x12\x0b\x18\xf4\xff\xff\xff\xff\xff\xff\xff\xff\x01\x2a\x01s");
  }
}

TEST(JsonToWire, NamesTheEndOfTheTextWhereSomethingIsMissingThere) {
  EXPECT_EQ(FailureOf(R"({"a":{})"), "not valid JSON: expected a comma or '}' at byte 7");
  EXPECT_EQ(FailureOf(R"({"a":[{})"), "not valid JSON: expected a comma or ']' at byte 8");
  EXPECT_EQ(FailureOf(R"({"a":})"), "not valid JSON: expected a value at byte 5");
  EXPECT_EQ(FailureOf(R"({"a":)"), "not valid JSON: expected a value at byte 5");
  EXPECT_EQ(FailureOf("{}{}"), "not valid JSON: expected the end of the request at byte 2");
}

TEST(JsonToWire, ServesSmallRequestsAfterAHugeOne) {
  const std::string text(5 << 20, 'x');

  EXPECT_EQ(Span(R"("name":")" + text + "\"").size(), text.size() + 5);
  EXPECT_EQ(Span(R"("name":"s")"), "\x2a\x01s");
}

}  // namespace
}  // namespace weir::columnar::otlp_json
