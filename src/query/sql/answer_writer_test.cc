// SPDX-License-Identifier: Apache-2.0
#include "query/sql/answer_writer.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/table.h>
#include <gtest/gtest.h>

#include "query/trace/lake_fake.h"

namespace weir::query::sql {
namespace {

class AnswerWriterTest : public testing::Test {
 protected:
  std::string Answer(AnswerForm form, const std::string& text, size_t bytes_max = 1 << 20) {
    const auto writer = NewAnswerWriter(form, bytes_max);
    outcome_ = engine_->Run({.text = text}, *writer);
    if (!outcome_.ok()) return outcome_.status().message();
    return writer->Finish(R"({"n":1})").ValueOrDie();
  }
  std::string JsonOf(const std::string& expression) {
    const std::string answer = Answer(AnswerForm::kJson, "SELECT " + expression);
    const size_t begin = answer.find("\"rows\":[[");
    const size_t end = answer.rfind("]],\"n\":1}");
    if (begin == std::string::npos || end == std::string::npos) return answer;
    return answer.substr(begin + 9, end - begin - 9);
  }

  LakeFake lake_;
  std::unique_ptr<Engine> engine_ =
      Engine::Open({.store = lake_.store, .catalog = lake_.catalog()}).ValueOrDie();
  Result<Outcome> outcome_ = Outcome();
};

TEST_F(AnswerWriterTest, WritesEveryTypeAsJson) {
  const std::pair<const char*, const char*> kCases[] = {
      {"NULL", "null"},
      {"true", "true"},
      {"1::TINYINT", "1"},
      {"-9007199254740992", "-9007199254740992"},
      {"9007199254740993", "\"9007199254740993\""},
      {"18446744073709551615::UBIGINT", "\"18446744073709551615\""},
      {"sum(i) FROM range(5) t(i)", "10"},
      {"1.50::DECIMAL(9,2)", "\"1.50\""},
      {"0.1::DOUBLE", "0.1"},
      {"'nan'::DOUBLE", "\"NaN\""},
      {"'-infinity'::DOUBLE", "\"-Infinity\""},
      {"'a\"é' || chr(10)", "\"a\\\"é\\n\""},
      {"DATE '2026-11-20'", "\"2026-11-20\""},
      {"TIME '01:02:03.5'", "\"01:02:03.500000\""},
      {"TIMESTAMPTZ '2026-11-20 01:02:03.5+01'", "\"2026-11-20T00:02:03.500000Z\""},
      {"TIMESTAMP '1969-12-31 23:59:59'", "\"1969-12-31T23:59:59.000000\""},
      {"INTERVAL '14 months 3 days'", "\"P14M3DT0S\""},
      {"'ab'::BLOB", "\"6162\""},
      {"[1, NULL, 3]", "[1,null,3]"},
      {"[[1], []]", "[[1],[]]"},
      {"{'a': 1, 'b': [true]}", "{\"a\":1,\"b\":[true]}"},
      {"MAP {'k': {'x': 1}, 'l': NULL}", "{\"k\":{\"x\":1},\"l\":null}"},
      {"MAP {1: 'x'}", "{\"1\":\"x\"}"},
      {"'a'::ENUM('a', 'b')", "\"a\""},
      {"'6f6a3a4e-5f5e-4c0b-8f8e-111111111111'::UUID", "\"6f6a3a4e-5f5e-4c0b-8f8e-111111111111\""},
  };
  for (const auto& [expression, json] : kCases) EXPECT_EQ(JsonOf(expression), json) << expression;
}

TEST_F(AnswerWriterTest, NamesColumnsAndTheirTypes) {
  EXPECT_EQ(Answer(AnswerForm::kJson, "SELECT 1 AS \"a\"\"b\", now() AS t LIMIT 0"),
            R"({"columns":[{"name":"a\"b","type":"INTEGER"},)"
            R"({"name":"t","type":"TIMESTAMP WITH TIME ZONE"}],"rows":[],"n":1})");
}

TEST_F(AnswerWriterTest, WritesCsvThatSpreadsheetsRead) {
  EXPECT_EQ(
      Answer(AnswerForm::kCsv,
             "SELECT 'a,\"b\"' AS \"x,y\", NULL AS n, '' AS e, DATE '2026-11-20' AS d, "
             "[1, 2] AS l, 9007199254740993 AS big"),
      "\"x,y\",n,e,d,l,big\r\n\"a,\"\"b\"\"\",,\"\",2026-11-20,\"[1,2]\",9007199254740993\r\n");
}

TEST_F(AnswerWriterTest, WritesAnArrowStream) {
  const std::string bytes = Answer(AnswerForm::kArrow, "SELECT range AS i FROM range(5000)");
  arrow::io::BufferReader input(arrow::Buffer::FromString(bytes));
  const auto stream = arrow::ipc::RecordBatchStreamReader::Open(&input).ValueOrDie();
  EXPECT_EQ(stream->ToTable().ValueOrDie()->num_rows(), 5000);
}

TEST_F(AnswerWriterTest, TakesNoMoreThanItMay) {
  for (const AnswerForm form : {AnswerForm::kJson, AnswerForm::kCsv, AnswerForm::kArrow}) {
    const std::string answer = Answer(form, "SELECT range FROM range(1000000)", 10'000);
    EXPECT_LT(answer.size(), 50'000u);
    ASSERT_TRUE(outcome_.ok());
    EXPECT_TRUE(outcome_->is_cut);
  }
}

}  // namespace
}  // namespace weir::query::sql
