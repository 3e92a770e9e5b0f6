// SPDX-License-Identifier: Apache-2.0
#include "datafile/added/attribute_values.h"

#include <arrow/json/from_string.h>
#include <arrow/record_batch.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "datafile/added/map_rows_fake.h"
#include "datafile/page_file.h"
#include "datafile/read_parquet_fake.h"
#include "datafile/shredded_rows_fake.h"

namespace weir::datafile {
namespace {

using testing::ElementsAre;

/// All rows as a file of the columns that they have and those that were added.
std::string Encode(const std::shared_ptr<arrow::RecordBatch>& batch, const AddedColumns& added) {
  arrow::FieldVector fields = batch->schema()->fields();
  for (const AddedColumn& column : added) fields.push_back(column.field);
  auto writer = PageFileWriter::Open(arrow::schema(fields)).ValueOrDie();
  const ShreddedRows rows(batch, {{"attributes.key_value.key", signal::LeafKind::kDictionary}});
  auto values = AttributeValues::For(*batch->schema(), added, rows.rows()).ValueOrDie();
  AddingSink sink(values, *writer->BeginRowGroup(rows.rows()).ValueOrDie());
  for (const auto& column : rows.columns()) Must(sink.Add(column->leaf()));
  Must(sink.AddColumns());
  return writer->Finish()->bytes->ToString();
}

TEST(AttributeValues, AreThoseOfTheirKeyInEachRow) {
  const auto file =
      Encode(MapRows({R"([["color","red"],["size","1"]])", R"([["size","2"]])", "null", "[]",
                      R"([["color",null]])", R"([["size","x"],["color","blue"]])"}),
             {AddedTo("attributes", "color", "c", arrow::utf8()),
              AddedTo("attributes", "size", "s", arrow::int64())});

  EXPECT_THAT(ColumnTexts(file, "c"), ElementsAre("red", "null", "null", "null", "null", "blue"));
  EXPECT_THAT(ColumnTexts(file, "s"), ElementsAre("1", "2", "null", "null", "null", "null"));
}

TEST(AttributeValues, AreConvertedOrNull) {
  const auto batch = MapRows({R"([["a","7"]])", R"([["a","7.0"]])", R"([["a","7.5"]])",
                              R"([["a","true"]])", R"([["a",""]])", R"([["a","1e300"]])"});

  const auto file = Encode(batch, {AddedTo("attributes", "a", "l", arrow::int64()),
                                   AddedTo("attributes", "a", "d", arrow::float64()),
                                   AddedTo("attributes", "a", "b", arrow::boolean())});

  EXPECT_THAT(ColumnTexts(file, "l"), ElementsAre("7", "7", "null", "null", "null", "null"));
  EXPECT_THAT(ColumnTexts(file, "d"), ElementsAre("7", "7", "7.5", "null", "null", "1e+300"));
  EXPECT_THAT(ColumnTexts(file, "b"), ElementsAre("null", "null", "null", "true", "null", "null"));
}

TEST(AttributeValues, AreNoNumbersWhereTheyAreTheTextOfBytes) {
  const auto batch =
      MapRows({R"([["k","v"],["a","1234"]])", R"([["k","v"],["a","1234"]])"}, {"\"sy\"", "\"si\""});

  const auto file = Encode(batch, {AddedTo("attributes", "a", "l", arrow::int64()),
                                   AddedTo("attributes", "a", "t", arrow::utf8())});

  EXPECT_THAT(ColumnTexts(file, "l"), ElementsAre("null", "1234"));
  EXPECT_THAT(ColumnTexts(file, "t"), ElementsAre("1234", "1234"));
}

TEST(AttributeValues, ComeFromMapsInStructs) {
  const auto batch = MapRows({R"([["a","of the span"]])", "[]"});

  const auto file = Encode(batch, {AddedTo("resource.attributes", "a", "r", arrow::utf8())});

  EXPECT_THAT(ColumnTexts(file, "r"), ElementsAre("resource 0", "resource 1"));
}

TEST(AttributeValues, NeedTheirMap) {
  const auto batch = MapRows({"[]"});

  const auto values = AttributeValues::For(
      *batch->schema(), {AddedTo("scope.attributes", "a", "r", arrow::utf8())}, 1);

  EXPECT_EQ(weir::KindOf(values.status()), ErrorKind::kNotFound);
}

}  // namespace
}  // namespace weir::datafile
