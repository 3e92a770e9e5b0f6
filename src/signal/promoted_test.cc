// SPDX-License-Identifier: Apache-2.0
#include "signal/promoted.h"

#include <arrow/type.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "signal/published_table.h"

namespace weir::signal {
namespace {

arrow::Type::type ArrowTypeOf(PromotedType type) {
  switch (type) {
    case PromotedType::kText: return arrow::Type::STRING;
    case PromotedType::kInt: return arrow::Type::INT32;
    case PromotedType::kLong: return arrow::Type::INT64;
    case PromotedType::kDouble: return arrow::Type::DOUBLE;
  }
  return arrow::Type::NA;
}

void ExpectColumnsOf(Signal signal, std::span<const PromotedColumn> columns) {
  for (const PromotedColumn& column : columns) {
    const auto field = Published(TableOf(signal)).schema->GetFieldByName(std::string(column.name));
    ASSERT_NE(field, nullptr) << column.name;
    EXPECT_EQ(field->type()->id(), ArrowTypeOf(column.type)) << column.name;
    EXPECT_TRUE(field->nullable()) << column.name;
  }
}

TEST(Promoted, IsAColumnOfTheSameTypeInItsTable) {
  for (const Signal signal : kSignals) ExpectColumnsOf(signal, ResourceColumns());
  ExpectColumnsOf(Signal::kTraces, SpanColumns());
  ExpectColumnsOf(Signal::kLogs, LogColumns());
}

TEST(Promoted, ListsNoKeyTwiceInOneColumnAndNoColumnWithoutAKey) {
  for (const auto columns : {ResourceColumns(), SpanColumns(), LogColumns()}) {
    for (const PromotedColumn& column : columns) {
      std::set<std::string_view> keys;
      for (const PromotedSource& source : column.sources) {
        EXPECT_TRUE(keys.insert(source.key).second) << column.name << " " << source.key;
      }
      EXPECT_FALSE(keys.empty()) << column.name;
    }
  }
}

TEST(Promoted, NamesAMemberForJsonMembersOnly) {
  for (const auto columns : {ResourceColumns(), SpanColumns(), LogColumns()}) {
    for (const PromotedColumn& column : columns) {
      for (const PromotedSource& source : column.sources) {
        EXPECT_EQ(source.rule == PromotedRule::kJsonMember, !source.member.empty()) << source.key;
      }
    }
  }
}

TEST(Promoted, AddsCacheTokensToWholeNumbersOnly) {
  for (const auto columns : {ResourceColumns(), SpanColumns(), LogColumns()}) {
    for (const PromotedColumn& column : columns) {
      for (const PromotedSource& source : column.sources) {
        if (source.rule != PromotedRule::kExcludesCache) continue;
        EXPECT_EQ(column.type, PromotedType::kLong) << column.name;
      }
    }
  }
}

TEST(Promoted, PrefersTheCurrentNameOfAnAttribute) {
  for (const PromotedColumn& column : SpanColumns()) {
    if (column.name != "http_request_method") continue;
    ASSERT_EQ(column.sources.size(), 2u);
    EXPECT_EQ(column.sources[0].key, "http.request.method");
    EXPECT_EQ(column.sources[1].key, "http.method");
    return;
  }
  FAIL() << "no column http_request_method";
}

TEST(SpanTypeOf, SpeaksMlflowsVocabularyForAllDialects) {
  EXPECT_EQ(SpanTypeOf("CHAT_MODEL"), "CHAT_MODEL");  // MLflow
  EXPECT_EQ(SpanTypeOf("RETRIEVER"), "RETRIEVER");    // MLflow, OpenInference
  EXPECT_EQ(SpanTypeOf("LLM"), "LLM");                // OpenInference
  EXPECT_EQ(SpanTypeOf("chat"), "CHAT_MODEL");        // GenAI conventions from here on
  EXPECT_EQ(SpanTypeOf("text_completion"), "LLM");
  EXPECT_EQ(SpanTypeOf("embeddings"), "EMBEDDING");
  EXPECT_EQ(SpanTypeOf("execute_tool"), "TOOL");
  EXPECT_EQ(SpanTypeOf("invoke_agent"), "AGENT");
  EXPECT_EQ(SpanTypeOf("retrieval"), "RETRIEVER");
  EXPECT_EQ(SpanTypeOf("search_memory"), "MEMORY");
}

// The conventions' operations and both kind vocabularies: a gap in the sorted table would lose one
// silently.
TEST(SpanTypeOf, KnowsEveryNameOfTheThreeDialects) {
  for (const auto* name : {"LLM",
                           "CHAT_MODEL",
                           "CHAIN",
                           "AGENT",
                           "TOOL",
                           "RETRIEVER",
                           "EMBEDDING",
                           "RERANKER",
                           "PARSER",
                           "MEMORY",
                           "WORKFLOW",
                           "TASK",
                           "GUARDRAIL",
                           "EVALUATOR",
                           "UNKNOWN",
                           "PROMPT",
                           "chat",
                           "generate_content",
                           "text_completion",
                           "embeddings",
                           "execute_tool",
                           "create_agent",
                           "invoke_agent",
                           "invoke_workflow",
                           "retrieval",
                           "plan"}) {
    EXPECT_NE(SpanTypeOf(name), "") << name;
  }
}

TEST(SpanTypeOf, IsEmptyForWhatItDoesNotKnow) {
  EXPECT_EQ(SpanTypeOf(""), "");
  EXPECT_EQ(SpanTypeOf("zebra"), "");
  EXPECT_EQ(SpanTypeOf("llm "), "");
}

}  // namespace
}  // namespace weir::signal
