// SPDX-License-Identifier: Apache-2.0
#include "columnar/promoted_columns.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "columnar/test_rows.h"

namespace weir::columnar {
namespace {

using namespace wire;
using signal::Signal;
using Texts = std::vector<std::string>;
using Entries = std::initializer_list<std::pair<std::string_view, std::string>>;

/// What the column `name` of otel_spans holds for a span of these attributes.
std::string Promoted(const std::string& name, Entries attributes) {
  TestRows rows(Signal::kTraces);
  rows.Append(Request({Span(Attributes(9, attributes))}));
  return rows.Cell(name);
}

TEST(PromotedColumns, TakeTheBetterSourceWhateverTheOrder) {
  EXPECT_EQ(Promoted("http_request_method", {{"http.method", Text("old")}}), "old");
  EXPECT_EQ(Promoted("http_request_method",
                     {{"http.method", Text("old")}, {"http.request.method", Text("new")}}),
            "new");
  EXPECT_EQ(Promoted("http_request_method",
                     {{"http.request.method", Text("new")}, {"http.method", Text("old")}}),
            "new");
}

TEST(PromotedColumns, TakeTheLastOfEqualKeys) {
  EXPECT_EQ(Promoted("http_route", {{"http.route", Text("/a")}, {"http.route", Text("/b")}}), "/b");
}

TEST(PromotedColumns, PassOverABetterSourceWithoutAFittingValue) {
  EXPECT_EQ(Promoted("input_tokens", {{"gen_ai.usage.input_tokens", Text("many")},
                                      {"gen_ai.usage.prompt_tokens", Int(7)}}),
            "7");
  EXPECT_EQ(Promoted("input_tokens",
                     {{"gen_ai.usage.prompt_tokens", Int(7)}, {"gen_ai.usage.input_tokens", ""}}),
            "7");
}

TEST(PromotedColumns, WriteAnyValueAsItsTextInTextColumns) {
  EXPECT_EQ(Promoted("error_type", {{"error.type", Int(500)}}), "500");
  EXPECT_EQ(Promoted("error_type", {{"error.type", Array({Text("a")})}}), R"(["a"])");
  EXPECT_EQ(Promoted("error_type", {{"error.type", Text("")}}), "");
  EXPECT_EQ(Promoted("error_type", {{"error.type", ""}}), "null");
}

TEST(PromotedColumns, ReadWholeNumbersFromNumbersAndTexts) {
  const auto status = [](const std::string& value) {
    return Promoted("http_response_status_code", {{"http.status_code", value}});
  };
  EXPECT_EQ(status(Int(404)), "404");
  EXPECT_EQ(status(Text("404")), "404");
  EXPECT_EQ(status(Real(404)), "404");
  EXPECT_EQ(status(Text("4.04e2")), "404");
  EXPECT_EQ(status(Real(404.5)), "null");
  EXPECT_EQ(status(Text("404 ")), "null");
  EXPECT_EQ(status(Text("")), "null");
  EXPECT_EQ(status(Bool(true)), "null");
  EXPECT_EQ(status(Int(2147483648)), "null");
  EXPECT_EQ(status(Int(-2147483648)), "-2147483648");
}

TEST(PromotedColumns, RefuseNumbersThatNoLongHolds) {
  const auto tokens = [](const std::string& value) {
    return Promoted("output_tokens", {{"output_tokens", value}});
  };
  EXPECT_EQ(tokens(Text("9223372036854775807")), "9223372036854775807");
  EXPECT_EQ(tokens(Text("9223372036854775808")), "null");
  EXPECT_EQ(tokens(Real(9.3e18)), "null");
  EXPECT_EQ(tokens(Text("nan")), "null");
  EXPECT_EQ(tokens(Text("1e400")), "null");
}

TEST(PromotedColumns, ReadCostsFromNumbersAndTexts) {
  EXPECT_EQ(Promoted("cost_usd", {{"llm.cost.total", Real(0.25)}}), "0.25");
  EXPECT_EQ(Promoted("cost_usd", {{"cost_usd", Text("0.125")}}), "0.125");
  EXPECT_EQ(Promoted("cost_usd", {{"cost_usd", Int(2)}}), "2");
  EXPECT_EQ(Promoted("cost_usd", {{"cost_usd", Text("free")}}), "null");
}

TEST(PromotedColumns, ReadMembersOfMlflowsJson) {
  const std::string usage = Text(
      R"({"input_tokens":10,"output_tokens":2.0,"cache_read_input_tokens":3,"cache_creation_input_tokens":4})");
  EXPECT_EQ(Promoted("input_tokens",
                     {{"gen_ai.usage.input_tokens", Int(1)}, {"mlflow.chat.tokenUsage", usage}}),
            "10");
  EXPECT_EQ(Promoted("output_tokens", {{"mlflow.chat.tokenUsage", usage}}), "2");
  EXPECT_EQ(Promoted("cache_read_tokens", {{"mlflow.chat.tokenUsage", usage}}), "3");
  EXPECT_EQ(Promoted("cache_write_tokens", {{"mlflow.chat.tokenUsage", usage}}), "4");
  EXPECT_EQ(Promoted("cost_usd", {{"mlflow.llm.cost", Text(R"({"total_cost":0.5})")}}), "0.5");
  // The same as an OTLP map, which becomes the same JSON.
  EXPECT_EQ(
      Promoted("input_tokens", {{"mlflow.chat.tokenUsage", Map({{"input_tokens", Int(10)}})}}),
      "10");
}

TEST(PromotedColumns, PassOverJsonThatIsNotWhatMlflowWrites) {
  const auto tokens = [](std::string_view json) {
    return Promoted("input_tokens", {{"mlflow.chat.tokenUsage", Text(json)}});
  };
  EXPECT_EQ(tokens("{\"input_tokens\":"), "null");
  EXPECT_EQ(tokens("[1]"), "null");
  EXPECT_EQ(tokens(R"({"output_tokens":1})"), "null");
  EXPECT_EQ(tokens(R"({"input_tokens":"1"})"), "null");
  EXPECT_EQ(tokens(R"({"input_tokens":1.5})"), "null");
  EXPECT_EQ(tokens(R"({"input_tokens":18446744073709551615})"), "null");
  EXPECT_EQ(tokens(R"({"input_tokens":9223372036854775807})"), "9223372036854775807");
}

TEST(PromotedColumns, ParseNoJsonThatIsLargerThanATokenCountEverIs) {
  const std::string padding(64 << 10, ' ');

  EXPECT_EQ(Promoted("input_tokens",
                     {{"mlflow.chat.tokenUsage", Text(R"({"input_tokens":1})" + padding)}}),
            "null");
}

TEST(PromotedColumns, UnquoteMlflowsTexts) {
  EXPECT_EQ(Promoted("session_id", {{"mlflow.trace.session", Text(R"("s \"1\"")")}}), "s \"1\"");
  EXPECT_EQ(Promoted("session_id", {{"mlflow.trace.session", Text("s1")}}), "s1");
  EXPECT_EQ(Promoted("session_id", {{"mlflow.trace.session", Text("\"s1")}}), "\"s1");
  EXPECT_EQ(Promoted("session_id", {{"session.id", Text("\"s1\"")}}), "\"s1\"");
}

TEST(PromotedColumns, TurnEveryDialectsKindIntoOneSpanType) {
  EXPECT_EQ(Promoted("span_type", {{"mlflow.spanType", Text("\"CHAT_MODEL\"")}}), "CHAT_MODEL");
  EXPECT_EQ(Promoted("span_type", {{"openinference.span.kind", Text("RETRIEVER")}}), "RETRIEVER");
  EXPECT_EQ(Promoted("span_type", {{"gen_ai.operation.name", Text("execute_tool")}}), "TOOL");
  EXPECT_EQ(Promoted("span_type",
                     {{"mlflow.spanType", Text("own")}, {"gen_ai.operation.name", Text("chat")}}),
            "CHAT_MODEL");
  EXPECT_EQ(Promoted("span_type", {{"mlflow.spanType", Text("own")}}), "null");
}

TEST(PromotedColumns, AddTheCacheTokensThatClaudeCodeCountsApart) {
  EXPECT_EQ(Promoted("input_tokens", {{"cache_read_tokens", Int(100)},
                                      {"input_tokens", Int(5)},
                                      {"cache_creation_tokens", Text("20")}}),
            "125");
  EXPECT_EQ(
      Promoted("cache_read_tokens", {{"cache_read_tokens", Int(100)}, {"input_tokens", Int(5)}}),
      "100");
  EXPECT_EQ(Promoted("cache_write_tokens", {{"cache_creation_tokens", Int(20)}}), "20");
  // Every other dialect counts them inside already.
  EXPECT_EQ(Promoted("input_tokens",
                     {{"cache_read_tokens", Int(100)}, {"gen_ai.usage.input_tokens", Int(5)}}),
            "5");
  EXPECT_EQ(Promoted("input_tokens", {{"cache_read_tokens", Int(100)}}), "null");
}

TEST(PromotedColumns, NeverOverflowASumOfTokens) {
  EXPECT_EQ(
      Promoted("input_tokens", {{"input_tokens", Int(INT64_MAX)}, {"cache_read_tokens", Int(5)}}),
      "9223372036854775807");
  EXPECT_EQ(Promoted("input_tokens", {{"input_tokens", Int(5)}, {"cache_read_tokens", Int(-3)}}),
            "5");
}

TEST(PromotedColumns, StartAfreshWithEveryRecord) {
  const auto claude = Attributes(9, {{"cache_read_tokens", Int(100)}, {"input_tokens", Int(5)}});
  const auto plain = Attributes(9, {{"input_tokens", Int(1)}});
  TestRows rows(Signal::kTraces);

  rows.Append(Request({Span(claude), Span(plain), Span(claude + "\x0a"), Span(), Span(plain)}));

  EXPECT_EQ(rows.Column("input_tokens"), (Texts{"105", "1", "null", "1"}));
  EXPECT_EQ(rows.Column("cache_read_tokens"), (Texts{"100", "null", "null", "null"}));
}

TEST(PromotedColumns, FeedTheResourcesColumnsFromTheResource) {
  const auto resource = Attributes(1, {{"service.namespace", Text("a")},
                                       {"service.version", Text("b")},
                                       {"service.instance.id", Text("c")},
                                       {"deployment.environment", Text("d")},
                                       {"host.name", Text("e")},
                                       {"cloud.region", Text("f")},
                                       {"k8s.cluster.name", Text("g")},
                                       {"k8s.namespace.name", Text("h")},
                                       {"k8s.pod.name", Text("i")}});
  for (const Signal signal : signal::kSignals) {
    TestRows rows(signal);
    const std::string metric = Bytes(5, Bytes(1, ""));
    rows.Append(Request({signal == Signal::kMetrics ? metric
                         : signal == Signal::kLogs  ? ""
                                                    : Span()},
                        {.resource = resource}));
    Texts cells;
    for (const auto& column : signal::ResourceColumns())
      cells.push_back(rows.Cell(std::string(column.name)));

    EXPECT_EQ(cells, (Texts{"a", "b", "c", "d", "e", "f", "g", "h", "i"})) << Name(signal);
  }
}

TEST(PromotedColumns, FeedTheLogColumnsFromTheRecord) {
  const auto attributes = Attributes(6, {{"exception.type", Text("a")},
                                         {"exception.message", Text("b")},
                                         {"session.id", Text("c")},
                                         {"user.email", Text("d")},
                                         {"model", Text("e")},
                                         {"input_tokens", Text("6")},
                                         {"output_token_count", Int(7)},
                                         {"cost_usd", Real(0.5)}});
  TestRows rows(Signal::kLogs);
  rows.Append(Request({attributes}));
  Texts cells;
  for (const auto& column : signal::LogColumns())
    cells.push_back(rows.Cell(std::string(column.name)));

  EXPECT_EQ(cells, (Texts{"a", "b", "c", "d", "e", "6", "7", "0.5"}));
}

// One sender with ever new keys must not cost the others their columns.
TEST(PromotedColumns, HearKeysThatComeAfterMoreThanADictionaryHolds) {
  std::string many;
  for (int i = 0; i <= TextDictionary::kDistinctMax; ++i)
    many += Attributes(9, {{"k" + std::to_string(i), ""}});
  TestRows rows(Signal::kTraces, {.attributes_per_record = 1 << 20});

  rows.Append(Request(
      {Span(many), Span(Attributes(9, {{"http.route", Text("/a")}, {"other", Text("x")}}))}));

  EXPECT_EQ(rows.Column("http_route"), (Texts{"null", "/a"}));
}

/// Every key of every span column is heard: a value that fits each makes no column null.
TEST(PromotedColumns, FeedEverySpanColumnFromEachOfItsKeys) {
  for (const auto& column : signal::SpanColumns()) {
    for (const auto& source : column.sources) {
      const bool is_member = source.rule == signal::PromotedRule::kJsonMember;
      const bool is_type = source.rule == signal::PromotedRule::kSpanType;
      const std::string value = is_member ? Text("{\"" + std::string(source.member) + "\":1}")
                                : is_type ? Text("llm")
                                          : Text("1");
      EXPECT_EQ(Promoted(std::string(column.name), {{source.key, value}}), is_type ? "LLM" : "1")
          << source.key;
    }
  }
}

}  // namespace
}  // namespace weir::columnar
