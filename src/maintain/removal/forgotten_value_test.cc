// SPDX-License-Identifier: Apache-2.0
#include "maintain/removal/forgotten_value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/compression.h"

namespace weir::maintain {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kTraceBytes = "\x4b\xf9\x2f\x35\x77\xb3\x4d\xa6\xa3\xce\x92\x9d\x0e\x0e\x47\x36";

TEST(ForgottenValue, IsOneOfThreeColumns) {
  EXPECT_EQ(CheckForgottenValue("trace_id", "4BF92F3577B34DA6A3CE929D0E0E4736")->value, kTrace);
  EXPECT_TRUE(CheckForgottenValue("user_id", "Alice").ok());
  EXPECT_TRUE(CheckForgottenValue("session_id", "s").ok());
  const auto refused = [](std::string_view column, std::string_view value) {
    return CheckForgottenValue(column, value).status().message();
  };
  EXPECT_THAT(refused("service_name", "x"), HasSubstr("trace_id, user_id, session_id"));
  EXPECT_THAT(refused("user_id", ""), HasSubstr("0 bytes"));
  EXPECT_THAT(refused("trace_id", "4bf9"), HasSubstr("32 hex digits"));
  EXPECT_THAT(refused("trace_id", std::string(32, 'x')), HasSubstr("32 hex digits"));
}

TEST(ForgottenValue, IsSoughtWhereATableMayHaveIt) {
  const table::iceberg::SchemaFields spans = {{1, {.path = "trace_id"}}, {2, {.path = "user_id"}}};
  const table::iceberg::SchemaFields letters = {{1, {.path = "original"}}, {2, {.path = "detail"}}};

  EXPECT_THAT(ConditionsFor({"user_id", "alice"}, spans), SizeIs(1));
  EXPECT_THAT(ConditionsFor({"session_id", "s"}, spans), IsEmpty());
  EXPECT_THAT(ConditionsFor({"user_id", "alice"}, letters), SizeIs(1));
  EXPECT_THAT(ConditionsFor({"trace_id", kTrace}, letters), SizeIs(2));
  const auto condition = ConditionsFor({"user_id", "alice"}, spans)[0];
  EXPECT_TRUE(condition.holds("alice"));
  EXPECT_FALSE(condition.holds("alice2"));
}

TEST(ForgottenValue, IsFoundInRequestsOfEachForm) {
  const ForgottenValue trace{"trace_id", kTrace}, user{"user_id", "al"};
  EXPECT_TRUE(OriginalHas("\x0a\x10" + kTraceBytes + "more", trace));
  EXPECT_TRUE(OriginalHas(R"({"traceId":"4BF92F3577B34DA6A3CE929D0E0E4736"})", trace));
  EXPECT_FALSE(OriginalHas(R"({"traceId":"4BF92F3577B34DA6A3CE929D0E0E4737"})", trace));
  EXPECT_TRUE(
      OriginalHas("\x12\x02"
                  "al",
                  user));
  EXPECT_TRUE(OriginalHas(R"({"stringValue":"al"})", user));
  EXPECT_FALSE(OriginalHas(R"({"stringValue":"alice"})", user));
  EXPECT_FALSE(
      OriginalHas("\x12\x05"
                  "alice",
                  user));
}

TEST(ForgottenValue, IsFoundInCompressedRequests) {
  const ForgottenValue trace{"trace_id", kTrace};
  const std::string request = "\x0a\x10" + kTraceBytes;

  EXPECT_TRUE(OriginalHas(GzipCompress(request, 1), trace));
  EXPECT_TRUE(OriginalHas(ZstdCompress(request, 1), trace));
  EXPECT_FALSE(OriginalHas(GzipCompress("another", 1), trace));
  EXPECT_FALSE(OriginalHas(GzipCompress(request, 1).substr(0, 12), trace));
}

}  // namespace
}  // namespace weir::maintain
