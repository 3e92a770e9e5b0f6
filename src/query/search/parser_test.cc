// SPDX-License-Identifier: Apache-2.0
#include "query/search/parser.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <string>

#include "query/search/problem.h"

namespace weir::query::search {
namespace {

using Kind = Expression::Kind;

std::string ValueText(const Value& value) {
  return value.is_quoted ? fmt::format("\"{}\"", value.pieces[0])
                         : fmt::format("{}", fmt::join(value.pieces, "*"));
}

/// The tree with all its brackets: `(and service=a (not ~b))`.
std::string TreeText(const Expression& tree) {
  constexpr std::string_view kSigns[] = {"=", "<", "<=", ">", ">="};
  switch (tree.kind) {
    case Kind::kAll: return "all";
    case Kind::kText: return "~" + ValueText(tree.value);
    case Kind::kField:
      return fmt::format("{}{}{}", tree.key.name, kSigns[static_cast<int>(tree.comparison)],
                         ValueText(tree.value));
    default: break;
  }
  std::string text = tree.kind == Kind::kAnd ? "(and" : tree.kind == Kind::kOr ? "(or" : "(not";
  for (const Expression& child : tree.children) text += " " + TreeText(child);
  return text + ")";
}

std::string Parsed(std::string_view query) {
  const auto tree = Parse(query);
  return tree.ok() ? TreeText(*tree) : tree.status().message();
}

struct Case {
  std::string_view query, expected;
};

void ExpectAll(std::initializer_list<Case> cases) {
  for (const auto& [query, expected] : cases) EXPECT_EQ(Parsed(query), expected) << query;
}

TEST(SearchParser, ReadsKeysAndValues) {
  ExpectAll({
      {"", "all"},
      {" \t\n", "all"},
      {"*", "all"},
      {"service:checkout", "service=checkout"},
      {"service=checkout", "service=checkout"},
      {"service==checkout", "service=checkout"},
      {"service: checkout", "service=checkout"},
      {"http.route:\"/api/cart\"", "http.route=\"/api/cart\""},
      {"http.route:/api/{id}", "http.route=/api/{id}"},
      {"url:http://a/b?c=d", "url=http://a/b?c=d"},
      {"\"a key: odd\":1", "a key: odd=1"},
      {"k:\"a \\\"b\\\" \\\\ *\"", "k=\"a \"b\" \\ *\""},
      {"k:a\\ b\\*", "k=a b*"},
      {"k:a*b*", "k=a*b*"},
      {"k:*", "k=*"},
      {"@k:-5", "@k=-5"},
      {"state:OR", "state=OR"},
      {"é:ü", "é=ü"},
  });
}

TEST(SearchParser, ReadsComparisons) {
  ExpectAll({
      {"duration>500ms", "duration>500ms"},
      {"duration > 500ms", "duration>500ms"},
      {"duration:>500ms", "duration>500ms"},
      {"a>=1 b<=2 c<3", "(and a>=1 b<=2 c<3)"},
      {"a!=b", "(not a=b)"},
      {"a:!=b", "(not a=b)"},
      {"a:[1 TO 5]", "(and a>=1 a<=5)"},
      {"a:[1 .. *]", "a>=1"},
      {"a:[* TO \"x y\"]", "a<=\"x y\""},
      {"a:[* TO *]", "a=*"},
  });
}

TEST(SearchParser, ReadsFreeTexts) {
  ExpectAll({
      {"timeout", "~timeout"},
      {"\"timed out\"", "~\"timed out\""},
      {"time*out", "~time*out"},
      {"a b", "(and ~a ~b)"},
      {"or and", "(and ~or ~and)"},
      {"a-b!c", "~a-b!c"},
      {"ORDER", "~ORDER"},
  });
}

TEST(SearchParser, JoinsTerms) {
  ExpectAll({
      {"a OR b c", "(or ~a (and ~b ~c))"},
      {"a AND b OR c", "(or (and ~a ~b) ~c)"},
      {"a && b || c", "(or (and ~a ~b) ~c)"},
      {"(a OR b) c", "(and (or ~a ~b) ~c)"},
      {"(a OR b)c", "(and (or ~a ~b) ~c)"},
      {"NOT a b", "(and (not ~a) ~b)"},
      {"-a:b", "(not a=b)"},
      {"!a:b", "(not a=b)"},
      {"-\"x\" -(a OR b)", "(and (not ~\"x\") (not (or ~a ~b)))"},
      {"NOT(a)", "(not ~a)"},
      {"NOT NOT a", "(not (not ~a))"},
      {"a OR NOT b", "(or ~a (not ~b))"},
  });
}

TEST(SearchParser, ReadsGroupsOfValues) {
  ExpectAll({
      {"s:(a OR b)", "(or s=a s=b)"},
      {"s:( a )", "s=a"},
      {"s:(a OR \"b c\" OR d*)", "(or s=a s=\"b c\" s=d*)"},
      {"s:(>5 AND <10)", "(and s>5 s<10)"},
      {"s:(-5 OR >=-2)", "(or s=-5 s>=-2)"},
      {"s:(-a AND (b OR NOT c))", "(and (not s=a) (or s=b (not s=c)))"},
      {"s!=(a OR b)", "(not (or s=a s=b))"},
      {"s:(a OR b) t:c d", "(and (or s=a s=b) t=c ~d)"},
  });
}

TEST(SearchParser, SaysWhatItExpectedAndWhere) {
  ExpectAll({
      {"service:", "expected a value after \"service:\" at 9"},
      {"service: ", "expected a value after \"service:\" at 10"},
      {"ü:", "expected a value after \"ü:\" at 3"},
      {"a b: OR c", "expected a value after \"b:\" at 6"},
      {"(a:)", "expected a value after \"a:\" at 4"},
      {":a", "expected a key before the operator at 1"},
      {"a OR", "expected a term, found the end at 5"},
      {"OR a", "expected a term, found \"OR\" at 1"},
      {"a AND AND b", "expected a term, found \"AND\" at 7"},
      {"(a", "expected \")\" at 3"},
      {"()", "expected a term, found \")\" at 2"},
      {"a)", "expected a term, found \")\" at 2"},
      {"- a", "expected a term right after \"-\" at 2"},
      {"\"abc", "expected \" at the end of a quoted text, at 5"},
      {"a:b(c)",
       "expected a space or the end, found \"(\"; a value with brackets or quotes in it "
       "needs quotes around it, at 4"},
      {"a:b\"c\"",
       "expected a space or the end, found \"\"\"; a value with brackets or quotes in "
       "it needs quotes around it, at 4"},
      {"s:(a b)", "expected OR, AND or \")\" in the values of \"s\" at 6"},
      {"s:(a OR )", "expected a term, found \")\" at 9"},
      {"a>b*", "a value with * can't be less or greater; put it in quotes, at 3"},
      {"a:[1 5]", "expected TO, as in [1 TO 5], at 6"},
      {"a:[1 TO 5", "expected \"]\" at 10"},
      {"a*:b", "a key has no * in it, and is not empty; put it in quotes, at 1"},
      {"\"\":b", "a key has no * in it, and is not empty; put it in quotes, at 1"},
  });
}

TEST(SearchParser, GivesThePlaceAsANumber) {
  EXPECT_EQ(PositionOf(Parse("ü service:").status()), 11u);
  EXPECT_EQ(KindOf(Parse("service:").status()), ErrorKind::kBadRequest);
  EXPECT_EQ(PositionOf(Status::OK()), std::nullopt);
}

TEST(SearchParser, HasLimits) {
  std::string terms, deep(kDepthMax, '('), negated;
  for (size_t i = 0; i < kTermsMax; ++i) terms += "a ";
  for (int i = 0; i < kDepthMax; ++i) negated += '-';
  deep += 'a' + std::string(kDepthMax, ')');

  EXPECT_TRUE(Parse(terms).ok());
  EXPECT_EQ(Parsed(terms + "b"), "more than 256 terms at 513");
  EXPECT_EQ(Parsed(deep), "~a");
  EXPECT_EQ(Parsed("(" + deep + ")"), "more than 32 brackets and NOTs within each other at 33");
  EXPECT_TRUE(Parse(negated + "a").ok());
  EXPECT_FALSE(Parse("-" + negated + "a").ok());
  EXPECT_TRUE(Parse(std::string(kQueryBytesMax, 'a')).ok());
  EXPECT_EQ(Parsed(std::string(kQueryBytesMax + 1, 'a')),
            "the query has 8193 bytes, at most 8192 are possible: it ends at 8193");
  EXPECT_FALSE(Parse(std::string_view("a\0b", 3)).ok());
  EXPECT_FALSE(Parse("\xff").ok());
}

}  // namespace
}  // namespace weir::query::search
