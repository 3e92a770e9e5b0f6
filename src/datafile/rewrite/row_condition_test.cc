// SPDX-License-Identifier: Apache-2.0
#include "datafile/rewrite/row_condition.h"

#include <arrow/buffer.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datafile/parquet_file.h"
#include "datafile/parquet_rows_fake.h"
#include "datafile/random_rows_fake.h"
#include "datafile/read_parquet_fake.h"
#include "datafile/rewrite/merge_files.h"
#include "store/memory_store.h"

namespace weir::datafile {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// Columns `id` and `user`, the latter with nulls.
std::string File(const std::string& rows, int64_t group_rows = 1 << 20) {
  const auto schema = arrow::schema(
      {FieldWithId(1, "id", arrow::utf8()), FieldWithId(2, "user", arrow::utf8()),
       FieldWithId(3, "tags", arrow::list(FieldWithId(4, "element", arrow::utf8())))});
  auto writer = ParquetWriter::Open(schema, {.row_group_rows = group_rows}).ValueOrDie();
  const auto array =
      arrow::json::ArrayFromJSONString(arrow::struct_(schema->fields()), rows).ValueOrDie();
  Must(writer->Append(arrow::RecordBatch::Make(
      schema, array->length(), static_cast<const arrow::StructArray&>(*array).fields())));
  return writer->Finish()->bytes->ToString();
}

RowCondition Is(const std::string& column, const std::string& text) {
  return {column, [text](std::string_view value) { return value == text; }};
}

const std::string kRows = R"([{"id":"a","user":"u1"},{"id":"b","user":null},{"id":"a","user":"u2"},
                              {"id":"c","user":"u1"},{"id":"d","user":null}])";

Result<CountedRows> Count(const std::string& file, const std::vector<AnyOf>& groups) {
  store::MemoryStore store;
  Must(store.Put("f.parquet", file));
  return CountRows(store, "f.parquet", groups);
}

TEST(RowCondition, CountsTheRowsThatMeetOneOfThem) {
  for (const int64_t group_rows : {1 << 20, 2}) {
    const CountedRows counted =
        Count(File(kRows, group_rows),
              {{Is("user", "u1")}, {Is("user", "u1"), Is("id", "a")}, {Is("none", "u1")}, {}})
            .ValueOrDie();

    EXPECT_EQ(counted.all, 5);
    EXPECT_THAT(counted.by_group, ElementsAre(2, 3, 0, 0));
    EXPECT_EQ(counted.any, 3);
  }
}

TEST(RowCondition, RefusesColumnsThatAreNoTextsAndFilesThatAreNone) {
  EXPECT_THAT(Count(File(kRows), {{Is("tags.list.element", "u1")}}).status().message(),
              HasSubstr("column"));
  EXPECT_FALSE(Count("PAR1 is not all", {{Is("id", "a")}}).ok());
  EXPECT_EQ(KindOf(CountRows(store::MemoryStore(), "none", {}).status()), ErrorKind::kNotFound);
}

TEST(RowCondition, LeavesNothingOfARowInTheNewFile) {
  const std::string file = File(kRows);

  const ParquetFile left = MergeFiles({file}, {.left_out = {Is("user", "u1")},
                                               .file = {.zstd_level = 1, .sort_columns = {"id"}}})
                               .ValueOrDie();

  const std::string bytes = left.bytes->ToString();
  EXPECT_EQ(left.file.record_count, 3);
  EXPECT_THAT(*ReadTexts(bytes, "id"), ElementsAre("a", "b", "d"));
  EXPECT_THAT(*ReadTexts(bytes, "user"), ElementsAre("u2", "", ""));
  EXPECT_EQ(Count(bytes, {{Is("user", "u1")}})->any, 0);
  EXPECT_EQ(left.file.statistics.at(2).lower, Bound("u2"));
  EXPECT_THAT(bytes, Not(HasSubstr("u1")));
}

TEST(RowCondition, RefusesToLeaveOutEveryRow) {
  const auto all = RowCondition{"id", [](std::string_view) { return true; }};

  EXPECT_THAT(MergeFiles({File(kRows)}, {.left_out = {all}, .file = {.sort_columns = {"id"}}})
                  .status()
                  .message(),
              HasSubstr("no row is left"));
}

}  // namespace
}  // namespace weir::datafile
