// SPDX-License-Identifier: Apache-2.0
#include "datafile/added/wider_files.h"

#include <arrow/record_batch.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "datafile/added/map_rows_fake.h"
#include "datafile/parquet_file.h"
#include "datafile/random_rows_fake.h"
#include "datafile/rewrite/merge_files.h"

namespace weir::datafile {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string FileOf(const std::shared_ptr<arrow::RecordBatch>& batch) {
  auto writer = ParquetWriter::Open(batch->schema()).ValueOrDie();
  Must(writer->Append(batch));
  return writer->Finish()->bytes->ToString();
}

/// Rows with a column of their own, `values` as JSON.
std::string FileWith(const std::shared_ptr<arrow::RecordBatch>& batch, const AddedColumn& column,
                     const std::string& values) {
  const auto array = arrow::json::ArrayFromJSONString(column.field->type(), values).ValueOrDie();
  return FileOf(batch->AddColumn(batch->num_columns(), column.field, array).ValueOrDie());
}

std::string Merged(const std::vector<std::string>& files, const MergeOptions& options) {
  return MergeFiles(files, options).ValueOrDie().bytes->ToString();
}

const AddedColumn kColor = AddedTo("attributes", "color", "color", arrow::utf8());
const AddedColumn kSize = AddedTo("attributes", "size", "size", arrow::int64(), 300);
const AddedColumn kNote = AddedTo("", "", "note", arrow::utf8(), 301);

TEST(WiderFiles, GetWhatTheirAttributesSayAndKeepWhatTheyHave) {
  const auto old_rows = MapRows({R"([["color","red"],["size","5"]])", "[]"});
  const auto new_rows = MapRows({R"([["color","from the map"]])", R"([["size","6"]])"});

  const std::string merged =
      Merged({FileOf(old_rows), FileWith(new_rows, kColor, R"(["kept",null])")},
             {.added = {kColor, kSize, kNote}});

  EXPECT_THAT(ColumnTexts(merged, "n"), ElementsAre("0", "1", "0", "1"));
  EXPECT_THAT(ColumnTexts(merged, "color"), ElementsAre("red", "null", "kept", "null"));
  EXPECT_THAT(ColumnTexts(merged, "size"), ElementsAre("5", "null", "null", "6"));
  EXPECT_THAT(ColumnTexts(merged, "note"), ElementsAre("null", "null", "null", "null"));
}

TEST(WiderFiles, AreOrderedByWhatTheyGet) {
  const auto rows = MapRows({R"([["size","3"]])", "[]", R"([["size","10"]])", R"([["size","4"]])"});

  const MergeOptions options{.added = {kSize},
                             .file = {.sort_columns = {"size"}, .descending_columns = {"size"}}};

  EXPECT_THAT(ColumnTexts(Merged({FileOf(rows)}, options), "size"),
              ElementsAre("10", "4", "3", "null"));
}

TEST(WiderFiles, KeepColumnsThatOnlySomeHave) {
  const auto red = MapRows({R"([["color","red"]])"});

  const std::string merged =
      Merged({FileOf(red), FileWith(red, kNote, R"(["a"])")}, {.added = {kColor}});

  EXPECT_THAT(ColumnTexts(merged, "note"), ElementsAre("null", "a"));
  EXPECT_THAT(ColumnTexts(merged, "color"), ElementsAre("red", "red"));
}

TEST(WiderFiles, HaveNoOtherColumns) {
  const AddedColumn other = AddedTo("", "", "note", arrow::int64(), 301);
  const auto rows = MapRows({"[]"});

  const auto merged = MergeFiles({FileWith(rows, other, "[1]"), FileWith(rows, kNote, R"(["a"])")},
                                 {.added = {kColor}});

  EXPECT_EQ(weir::KindOf(merged.status()), ErrorKind::kBadRequest);
  EXPECT_THAT(merged.status().message(), HasSubstr("other columns"));
}

}  // namespace
}  // namespace weir::datafile
