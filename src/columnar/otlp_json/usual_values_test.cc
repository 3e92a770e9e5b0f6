// SPDX-License-Identifier: Apache-2.0
#include "columnar/otlp_json/usual_values.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "columnar/otlp_json/test_requests.h"

namespace weir::columnar::otlp_json {
namespace {

// Enough text behind the attributes: close to the end they are left to the general walk.
constexpr std::string_view kBehind = R"(,"schemaUrl":"https://example.com/schemas/1.0"})";

struct Taken {
  size_t count = 0;
  char next = '\0';  // The token behind what was taken.
  std::string wire;
};

Taken TakeAttributes(std::string_view elements) {
  const auto json = R"({"attributes":[)" + std::string(elements) + "]" + std::string(kBehind);
  Tokens tokens = IndexTokens(json).ValueOrDie();
  while (tokens.Peek() != '[') tokens.Next();
  tokens.Next();
  WireWriter wire(0);
  const size_t count = WriteUsualAttributes(tokens, wire, 0x4a);
  return {.count = count, .next = tokens.Peek(), .wire = wire.Take()};
}

bool TakesValue(std::string_view any_value) {
  const auto json = R"({"body":)" + std::string(any_value) + std::string(kBehind);
  Tokens tokens = IndexTokens(json).ValueOrDie();
  while (tokens.Peek() != ':') tokens.Next();
  tokens.Next();
  WireWriter wire(0);
  return WriteUsualValue(tokens, wire, 0x2a);
}

TEST(UsualValues, TakeARunOfAttributesWithOrWithoutSpace) {
  const auto tight = TakeAttributes(
      R"({"key":"a","value":{"stringValue":"s"}},{"key":"b","value":{"intValue":"-1"}})");
  const auto spaced = TakeAttributes(
      R"({"key": "a", "value": {"stringValue": "s"}}, {"key": "b", "value": {"intValue": "-1"}})");

  EXPECT_EQ(tight.count, 2u);
  EXPECT_EQ(tight.next, ']');
  EXPECT_EQ(tight.wire,
            "\x4a\x08\x0a\x01"
            "a\x12\x03\x0a\x01s\x4a\x10\x0a\x01"
            "b\x12\x0b\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
  EXPECT_EQ(spaced.count, 2u);
  EXPECT_EQ(spaced.wire, tight.wire);
}

TEST(UsualValues, StopBehindTheLastAttributeThatIsUsual) {
  const auto taken = TakeAttributes(
      R"({"key":"a","value":{"boolValue":true}},{"value":{"intValue":1},"key":"b"})");

  EXPECT_EQ(taken.count, 1u);
  EXPECT_EQ(taken.next, ',');
}

TEST(UsualValues, LeaveUnusualAttributesWhereTheyAre) {
  for (const auto* element :
       {"", "null", "{}", R"({"key":"k"})", R"({"key":"k","value":null})",
        R"({"key":7,"value":{"intValue":1}})", R"({"kez":"k","value":{"intValue":1}})",
        R"({"key":"\n","value":{"intValue":1}})", R"({"key":"k","valuf":{"intValue":1}})",
        R"({"key":"k","value":{"intValue":1},"x":1})", R"({"key":"k","value":[{"intValue":1}]})",
        R"({"key":"k" ,"value":{"intValue":1}})", R"({"key":"k","value":{"intValue":1} "x")"}) {
    const auto taken = TakeAttributes(element);
    EXPECT_EQ(taken.count, 0u) << element;
    EXPECT_EQ(taken.wire, "") << element;
  }
}

TEST(UsualValues, TakeScalarsOfTheirOwnTypeAlone) {
  for (const auto* value : {R"({"stringValue":""})", R"({"stringValue":"é"})", R"({"intValue":0})",
                            R"({"intValue":"-999999999999999999"})", R"({"boolValue":false})",
                            R"({"boolValue":true})", R"({"doubleValue":-1.5e3})"}) {
    EXPECT_TRUE(TakesValue(value)) << value;
  }
  for (const auto* value : {R"({"stringValue":1})",
                            R"({"stringValue":"\n"})",
                            R"({"stringValue":"s" })",
                            R"({"stringValuf":"s"})",
                            "{}",
                            "null",
                            R"({"intValue":""})",
                            R"({"intValue":"1" })",
                            R"({"intValue":1 })",
                            R"({"intValue":"-"})",
                            R"({"intValue":01})",
                            R"({"intValue":1.0})",
                            R"({"intValue":{}})",
                            R"({"intValue":"1234567890123456789"})",
                            R"({"boolValue":trux})",
                            R"({"boolValue":"true"})",
                            R"({"boolValue":falsy})",
                            R"({"boolValue":truee})",
                            R"({"doubleValue":"NaN"})",
                            R"({"doubleValue":1e400})",
                            R"({"doubleValue":.5})",
                            R"({"intValue":1,"intValue":2})",
                            R"({"arrayValue":{"values":[]}})"}) {
    EXPECT_FALSE(TakesValue(value)) << value;
  }
}

/// Random requests' pieces. `Wide` has a space where the usual form has none, so that the general
/// walk reads it.
class RandomSpans {
 public:
  struct Text {
    std::string tight;
    std::string wide;
  };
  explicit RandomSpans(uint32_t seed) : random_(seed) {}

  Text Request() {
    Text spans;
    const uint64_t count = Below(4);
    for (uint64_t i = 0; i < count; ++i) {
      Append(spans, i == 0 ? R"({"attributes":[)" : R"(,{"attributes":[)");
      Attributes(spans, 3);
      Append(spans, R"(],"traceId":"d75eed01a5d1DAA11107aa4a5008808b"})");
    }
    const std::string tail = R"(]}]}],"x":"some more text behind the last span"})";
    const std::string head = R"({"resourceSpans":[{"scopeSpans":[{"spans":[)";
    return {head + spans.tight + tail, head + spans.wide + tail};
  }

 private:
  uint64_t Below(uint64_t bound) { return random_() % bound; }
  static void Append(Text& text, std::string_view both) {
    text.tight += both;
    text.wide += both;
  }

  void Attributes(Text& text, int depth) {
    const uint64_t count = Below(6);
    for (uint64_t i = 0; i < count; ++i) {
      text.tight += i == 0 ? "{" : ",{";
      text.wide += i == 0 ? "{ " : ", { ";
      Append(text, R"("key":")" + String() + R"(","value":)");
      Value(text, depth);
      Append(text, "}");
    }
  }

  void Value(Text& text, int depth) {
    text.tight += "{";
    text.wide += "{ ";
    switch (Below(depth > 0 ? 6 : 5)) {
      case 0:
      case 1: Append(text, R"("stringValue":")" + String() + "\""); break;
      case 2: Append(text, R"("intValue":)" + Integer()); break;
      case 3: Append(text, Below(2) == 0 ? R"("boolValue":true)" : R"("boolValue":false)"); break;
      case 4: Append(text, R"("doubleValue":)" + Digits() + "." + Digits()); break;
      default:
        Append(text, R"("kvlistValue":{"values":[)");
        Attributes(text, depth - 1);
        Append(text, "]}");
    }
    Append(text, "}");
  }

  std::string String() {
    constexpr std::string_view kParts[] = {"a", "key", ".", "é", "\\n", "\\\"", "{", ",", "}"};
    std::string text(Below(3) == 0 ? Below(300) : Below(20), 'x');
    while (Below(3) == 0) text += kParts[Below(std::size(kParts))];
    return text;
  }
  std::string Digits() { return std::to_string(random_() >> Below(64)); }
  std::string Integer() {
    const auto number = (Below(2) == 0 ? "" : "-") + Digits();
    return Below(2) == 0 ? number : "\"" + number + "\"";
  }

  std::mt19937_64 random_;
};

/// `request` without the JSON texts of spans that can't be read, in which spaces stand as they
/// came: `depth` messages around the spans are rewritten.
std::string WithoutTexts(std::string_view message, int depth = 3) {
  std::string out;
  WireReader reader(message);
  while (reader.Next()) {
    if (reader.tag() == kInvalidRecordJson) continue;
    const bool is_around = depth > 0 && reader.tag() == (depth == 3 ? 0x0a : 0x12);
    out += is_around ? "(" + WithoutTexts(reader.bytes(), depth - 1) + ")"
                     : fmt::format("{}:{}:{} ", reader.tag(), reader.number(), reader.bytes());
  }
  return out;
}

TEST(UsualValues, AreTheSameBytesAsFromTheGeneralWalk) {
  RandomSpans random(7);
  for (int i = 0; i < 2000; ++i) {
    const auto [tight, wide] = random.Request();
    ASSERT_EQ(WithoutTexts(Rewritten(signal::Signal::kTraces, tight)),
              WithoutTexts(Rewritten(signal::Signal::kTraces, wide)))
        << tight;
  }
}

}  // namespace
}  // namespace weir::columnar::otlp_json
