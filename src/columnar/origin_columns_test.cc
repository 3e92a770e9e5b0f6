// SPDX-License-Identifier: Apache-2.0
#include "columnar/origin_columns.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "columnar/test_rows.h"

namespace weir::columnar {
namespace {

using namespace wire;
using signal::Signal;
using Texts = std::vector<std::string>;

const DecodeLimits kLimits;

std::string Service(std::string_view name) { return Attributes(1, {{"service.name", Text(name)}}); }

TEST(ResourceColumns, DecodeEqualMessagesOnce) {
  ResourceColumns resources(kLimits);
  const std::string a = Service("a"), b = Service("b");

  EXPECT_EQ(resources.Intern({a, ""}).ordinal, 0);
  EXPECT_EQ(resources.Intern({b, ""}).ordinal, 1);
  EXPECT_EQ(resources.Intern({a, ""}).ordinal, 0);
  EXPECT_EQ(resources.size(), 2);
  EXPECT_EQ(resources.service_name(1), "b");
}

TEST(ResourceColumns, TellMessagesApartByTheirSchemaUrlAndPresence) {
  ResourceColumns resources(kLimits);

  EXPECT_EQ(resources.Intern({std::nullopt, ""}).ordinal, 0);
  EXPECT_EQ(resources.Intern({"", ""}).ordinal, 1);
  EXPECT_EQ(resources.Intern({"", "url"}).ordinal, 2);
  EXPECT_EQ(resources.Intern({std::nullopt, "url"}).ordinal, 3);
  EXPECT_EQ(resources.Intern({std::nullopt, ""}).ordinal, 0);
}

TEST(ResourceColumns, HashEqualAttributesEquallyInAnyOrder) {
  ResourceColumns resources(kLimits);
  const auto one = Attributes(1, {{"a", Int(1)}, {"b", Int(2)}});
  const auto two = Attributes(1, {{"b", Int(2)}, {"a", Int(1)}});
  resources.Intern({one, ""});
  resources.Intern({two, ""});
  resources.Intern({Service("c"), ""});

  EXPECT_EQ(resources.hash(0), resources.hash(1));
  EXPECT_NE(resources.hash(0), resources.hash(2));
}

TEST(ResourceColumns, RememberWhyAMessageCannotBeKept) {
  const DecodeLimits limits{.nesting_depth = 2, .origin_attributes = 2, .origin_bytes = 100};
  ResourceColumns resources(limits);
  const auto error_of = [&](std::string_view wire, std::string_view url = "") {
    const DecodeError error = resources.Intern({wire, url}).error;
    EXPECT_EQ(resources.Intern({wire, url}).error, error);
    return error;
  };

  EXPECT_EQ(error_of(Service("a")), DecodeError::kNone);
  EXPECT_EQ(error_of("\x0a"), DecodeError::kMalformed);
  EXPECT_EQ(error_of(Varint(2, uint64_t{1} << 31)), DecodeError::kMalformed);
  EXPECT_EQ(error_of(Attributes(1, {{"k", Nested(3)}})), DecodeError::kTooDeep);
  EXPECT_EQ(error_of(Service("\xff")), DecodeError::kNotText);
  EXPECT_EQ(error_of("", "\xff"), DecodeError::kNotText);
  EXPECT_EQ(error_of(Attributes(1, {{"a", ""}, {"b", ""}})), DecodeError::kNone);
  EXPECT_EQ(error_of(Attributes(1, {{"a", ""}, {"b", ""}, {"c", ""}})), DecodeError::kTooLarge);
  EXPECT_EQ(error_of(Service(std::string(60, 'x'))), DecodeError::kNone);
  EXPECT_EQ(error_of(Service(std::string(100, 'x'))), DecodeError::kTooLarge);
  EXPECT_EQ(error_of("", std::string(101, 'x')), DecodeError::kTooLarge);
}

TEST(ScopeColumns, RememberWhyAMessageCannotBeKept) {
  const DecodeLimits limits{.origin_attributes = 1, .origin_bytes = 100};
  ScopeColumns scopes(limits);

  EXPECT_EQ(scopes.Intern({Bytes(1, "lib"), ""}).error, DecodeError::kNone);
  EXPECT_EQ(scopes.Intern({Bytes(1, "\xff"), ""}).error, DecodeError::kNotText);
  EXPECT_EQ(scopes.Intern({Bytes(2, "\xff"), ""}).error, DecodeError::kNotText);
  EXPECT_EQ(scopes.Intern({Bytes(3, "\x0a"), ""}).error, DecodeError::kMalformed);
  EXPECT_EQ(scopes.Intern({Varint(4, uint64_t{1} << 31), ""}).error, DecodeError::kMalformed);
  EXPECT_EQ(scopes.Intern({"", "\xff"}).error, DecodeError::kNotText);
  EXPECT_EQ(scopes.Intern({Attributes(3, {{"a", ""}, {"b", ""}}), ""}).error,
            DecodeError::kTooLarge);
  EXPECT_EQ(scopes.Intern({Bytes(1, std::string(99, 'x')), ""}).error, DecodeError::kTooLarge);
}

// What is kept to recognise a resource counts too: a sender may make every one different.
TEST(ResourceColumns, CountTheBytesTheyRemember) {
  ResourceColumns resources(kLimits);
  const int64_t before = resources.byte_size();
  for (int i = 0; i < 100; ++i)
    resources.Intern({Bytes(90, std::string(10'000, 'x') + std::to_string(i)), ""});

  EXPECT_GT(resources.byte_size() - before, 1'000'000);
}

TEST(Origins, RefuseTheRecordsOfABadResourceOrScopeAndKeepTheOthers) {
  const auto group = [](std::string_view resource, std::string_view scope, std::string_view name) {
    return Request({Span(Bytes(5, name)), Span(Bytes(5, name))},
                   {.resource = resource, .scope = scope});
  };
  TestRows rows(Signal::kTraces);

  const auto outcome = rows.Append(group(Service("s"), "", "a") + group("\x0a", "", "b") +
                                   group("", "\x0a", "c") + group(Service("s"), "", "d"));

  EXPECT_EQ(outcome.accepted, 4);
  EXPECT_EQ(outcome.rejected, 4);
  EXPECT_EQ(outcome.reason, "span 2: resource or scope: malformed protobuf");
  EXPECT_EQ(rows.Column("name"), (Texts{"a", "a", "d", "d"}));
  EXPECT_EQ(rows.Column("service_name"), (Texts{"s", "s", "s", "s"}));
}

TEST(Origins, AreSharedBetweenRequests) {
  TestRows rows(Signal::kLogs);
  rows.Append(Request({"", ""}, {.resource = Service("a"), .scope = Bytes(1, "x")}));
  rows.Append(Request({""}, {.resource = Service("b")}));
  rows.Append(Request({""}, {.resource = Service("a"), .scope = Bytes(1, "y")}));

  EXPECT_EQ(rows.Column("service_name"), (Texts{"a", "a", "b", "a"}));
  const auto scopes = rows.Column("instrumentation_scope");
  EXPECT_EQ(scopes[0].substr(0, 8), "{name: x");
  EXPECT_EQ(scopes[2].substr(0, 11), "{name: null");
  EXPECT_EQ(scopes[3].substr(0, 8), "{name: y");
}

TEST(Origins, TakeAServiceNameThatIsNotAText) {
  TestRows rows(Signal::kLogs);
  rows.Append(Request({""}, {.resource = Attributes(1, {{"service.name", Int(7)}})}));
  rows.Append(Request({""}, {.resource = Attributes(1, {{"service.name", Text("")}})}));

  EXPECT_EQ(rows.Column("service_name"), (Texts{"7", "null"}));
}

}  // namespace
}  // namespace weir::columnar
