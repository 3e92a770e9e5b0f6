// SPDX-License-Identifier: Apache-2.0
#include "columnar/attribute_value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "columnar/test_wire.h"
#include "columnar/wire/base64.h"

namespace weir::columnar {
namespace {

using namespace wire;
using std::string_literals::operator""s;

/// The letter and the text, `s:text`; or why it can't be read.
std::string Decoded(std::string_view any_value, int depth_max = 64) {
  std::string scratch = "left from before";
  AttributeValue value;
  const DecodeError error = DecodeAttributeValue(any_value, depth_max, scratch, value);
  if (error != DecodeError::kNone) return std::string(Explain(error));
  return std::string(1, value.type) + ":" + (value.is_empty ? "nothing" : std::string(value.text));
}

TEST(DecodeAttributeValue, GivesEachTypeItsLetterAndText) {
  EXPECT_EQ(Decoded(Text("a b")), "s:a b");
  EXPECT_EQ(Decoded(Text("")), "s:");
  EXPECT_EQ(Decoded(Bool(true)), "b:true");
  EXPECT_EQ(Decoded(Bool(false)), "b:false");
  EXPECT_EQ(Decoded(Int(-7)), "i:-7");
  EXPECT_EQ(Decoded(Int(INT64_MIN)), "i:-9223372036854775808");
  EXPECT_EQ(Decoded(Raw("\x00\xff"s)), "y:AP8=");
  EXPECT_EQ(Decoded(Array({})), "a:[]");
  EXPECT_EQ(Decoded(Map({})), "m:{}");
  EXPECT_EQ(Decoded(""), "s:nothing");
  EXPECT_EQ(Decoded(Varint(90, 1)), "s:nothing");
}

TEST(DecodeAttributeValue, WritesDoublesAsShortAsTheyReadBack) {
  EXPECT_EQ(Decoded(Real(0.1)), "d:0.1");
  EXPECT_EQ(Decoded(Real(3)), "d:3");
  EXPECT_EQ(Decoded(Real(-0.0)), "d:-0");
  EXPECT_EQ(Decoded(Real(1e22)), "d:1e+22");
  EXPECT_EQ(Decoded(Real(5e-324)), "d:5e-324");
  EXPECT_EQ(Decoded(Real(NAN)), "d:NaN");
  EXPECT_EQ(Decoded(Real(INFINITY)), "d:Infinity");
  EXPECT_EQ(Decoded(Real(-INFINITY)), "d:-Infinity");
}

TEST(DecodeAttributeValue, KeepsTheNumberBesideItsText) {
  std::string scratch;
  AttributeValue value;

  DecodeAttributeValue(Int(-7), 64, scratch, value);
  EXPECT_EQ(value.int_value, -7);
  DecodeAttributeValue(Real(2.5), 64, scratch, value);
  EXPECT_EQ(value.double_value, 2.5);
  DecodeAttributeValue(Bool(true), 64, scratch, value);
  EXPECT_EQ(value.int_value, 1);
}

TEST(DecodeAttributeValue, WritesArraysAndMapsAsCompactJson) {
  EXPECT_EQ(Decoded(Array({Int(1), Real(2), Text("x"), Bool(false), "", Array({Int(3)})})),
            R"(a:[1,2.0,"x",false,null,[3]])");
  EXPECT_EQ(Decoded(Map({{"a", Int(1)}, {"b", Map({{"c", Array({})}})}, {"a", Real(1e22)}})),
            R"(m:{"a":1,"b":{"c":[]},"a":1e+22})");
}

TEST(DecodeAttributeValue, EscapesTextsInsideJson) {
  EXPECT_EQ(Decoded(Array({Text("q\"b\\n\nr\rt\tb\bf\fz\x01\x1f\x7f\xc3\xa9/")})),
            "a:[\"q\\\"b\\\\n\\nr\\rt\\tb\\bf\\fz\\u0001\\u001f\x7f\xc3\xa9/\"]");
  EXPECT_EQ(Decoded(Map({{"k\"", Text("")}})), R"(m:{"k\"":""})");
}

TEST(DecodeAttributeValue, UsesTheTypedFormWherePlainJsonWouldLoseSomething) {
  EXPECT_EQ(
      Decoded(Array({Raw("a"), Int(1), Real(1.5), Text("t"), Bool(true), Bool(false), ""})),
      R"(A:{"arrayValue":{"values":[{"bytesValue":"YQ=="},{"intValue":"1"},{"doubleValue":1.5},)"
      R"({"stringValue":"t"},{"boolValue":true},{"boolValue":false},{}]}})");
  EXPECT_EQ(
      Decoded(Map({{"n", Real(NAN)}, {"i", Array({Real(INFINITY), Real(-INFINITY)})}})),
      R"(M:{"kvlistValue":{"values":[{"key":"n","value":{"doubleValue":"NaN"}},{"key":"i","value":)"
      R"({"arrayValue":{"values":[{"doubleValue":"Infinity"},{"doubleValue":"-Infinity"}]}}}]}})");
}

TEST(DecodeAttributeValue, NestsAsDeepAsTheLimitAndNoDeeper) {
  EXPECT_EQ(Decoded(Nested(3), 3), "a:[[1]]");
  EXPECT_EQ(Decoded(Nested(4), 3), "nested deeper than the limit");
  EXPECT_EQ(Decoded(Map({{"a", Nested(2)}}), 3), R"(m:{"a":[1]})");
  EXPECT_EQ(Decoded(Map({{"a", Nested(3)}}), 3), "nested deeper than the limit");
}

TEST(DecodeAttributeValue, StopsAtTheLimitHoweverDeepAValueIs) {
  EXPECT_EQ(Decoded(Nested(20'000), 64), "nested deeper than the limit");
}

TEST(DecodeAttributeValue, RefusesTextsInsideJsonThatAreNotUtf8) {
  EXPECT_EQ(Decoded(Array({Text("\xff")})), "text is not UTF-8");
  EXPECT_EQ(Decoded(Map({{"\xff", Int(1)}})), "text is not UTF-8");
  EXPECT_EQ(Decoded(Map({{"\xff", Raw("a")}})), "text is not UTF-8");
}

TEST(DecodeAttributeValue, RefusesMalformedBytesAtAnyDepth) {
  EXPECT_EQ(Decoded("\x0a"), "malformed protobuf");
  EXPECT_EQ(Decoded(Bytes(5, "\x0a")), "malformed protobuf");
  EXPECT_EQ(Decoded(Bytes(5, Bytes(1, "\x0a"))), "malformed protobuf");
  EXPECT_EQ(Decoded(Bytes(6, Bytes(1, "\x0a"))), "malformed protobuf");
}

TEST(DecodeAttributeValue, TakesTheLastOfSeveralValues) {
  EXPECT_EQ(Decoded(Int(1) + Text("a")), "s:a");
  EXPECT_EQ(Decoded(Text("a") + Int(1)), "i:1");
}

TEST(Base64Encode, PadsToGroupsOfFour) {
  EXPECT_EQ(Base64Encode(""), "");
  EXPECT_EQ(Base64Encode("f"), "Zg==");
  EXPECT_EQ(Base64Encode("fo"), "Zm8=");
  EXPECT_EQ(Base64Encode("foo"), "Zm9v");
  EXPECT_EQ(Base64Encode("\xfb\xff\xbf"), "+/+/");
}

}  // namespace
}  // namespace weir::columnar
