// SPDX-License-Identifier: Apache-2.0
#include "datafile/lookup/read_rows.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "datafile/page_file.h"
#include "datafile/parquet_rows_fake.h"
#include "datafile/random_rows_fake.h"
#include "datafile/shredded_rows_fake.h"
#include "store/memory_store.h"

namespace weir::datafile {
namespace {

constexpr const char* kPath = "tables/t/data/a.parquet";

std::string DoubleText(double value) {
  return std::isnan(value) ? "nan" : fmt::format("{}", value + 0.0);  // -0.0 and 0.0 are one.
}

/// What a sink is told, as a line of text.
class TextRows final : public RowSink {
 public:
  std::string Take() { return std::exchange(text_, {}); }
  void BeginStruct() override { text_ += "{"; }
  void EndStruct() override { text_ += "} "; }
  void BeginList() override { text_ += "["; }
  void EndList() override { text_ += "] "; }
  void Name(std::string_view name) override { text_ += fmt::format("{}: ", name); }
  void Null() override { text_ += "null "; }
  void Bool(bool value) override { text_ += value ? "true " : "false "; }
  void Number(int64_t value) override { text_ += fmt::format("{} ", value); }
  void Double(double value) override { text_ += DoubleText(value) + " "; }
  void Text(std::string_view value) override { text_ += fmt::format("'{}' ", value); }
  void Date(int32_t days) override { text_ += fmt::format("day {} ", days); }
  void Time(int64_t microseconds) override { text_ += fmt::format("at {} ", microseconds); }

 private:
  std::string text_;
};

/// The same of Arrow's arrays, which owe nothing to the code under test.
void Tell(const arrow::Array& array, int64_t row, RowSink& sink);

void TellMembers(const arrow::FieldVector& fields, const arrow::ArrayVector& members, int64_t row,
                 RowSink& sink) {
  sink.BeginStruct();
  for (size_t i = 0; i < fields.size(); ++i) {
    if (members[i]->IsNull(row)) continue;
    sink.Name(fields[i]->name());
    Tell(*members[i], row, sink);
  }
  sink.EndStruct();
}

void TellMap(const arrow::MapArray& map, int64_t row, RowSink& sink) {
  sink.BeginStruct();
  for (int64_t i = map.value_offset(row); i < map.value_offset(row + 1); ++i) {
    sink.Name(static_cast<const arrow::StringArray&>(*map.keys()).GetView(i));
    Tell(*map.items(), i, sink);
  }
  sink.EndStruct();
}

void Tell(const arrow::Array& array, int64_t row, RowSink& sink) {
  if (array.IsNull(row)) return sink.Null();
  switch (array.type_id()) {
    case arrow::Type::BOOL:
      return sink.Bool(static_cast<const arrow::BooleanArray&>(array).Value(row));
    case arrow::Type::INT32:
      return sink.Number(static_cast<const arrow::Int32Array&>(array).Value(row));
    case arrow::Type::INT64:
      return sink.Number(static_cast<const arrow::Int64Array&>(array).Value(row));
    case arrow::Type::DOUBLE:
      return sink.Double(static_cast<const arrow::DoubleArray&>(array).Value(row));
    case arrow::Type::STRING:
      return sink.Text(static_cast<const arrow::StringArray&>(array).GetView(row));
    case arrow::Type::DATE32:
      return sink.Date(static_cast<const arrow::Date32Array&>(array).Value(row));
    case arrow::Type::TIMESTAMP:
      return sink.Time(static_cast<const arrow::TimestampArray&>(array).Value(row));
    case arrow::Type::STRUCT: {
      const auto& structs = static_cast<const arrow::StructArray&>(array);
      return TellMembers(array.type()->fields(), structs.fields(), row, sink);
    }
    case arrow::Type::MAP: return TellMap(static_cast<const arrow::MapArray&>(array), row, sink);
    case arrow::Type::LIST: {
      const auto& list = static_cast<const arrow::ListArray&>(array);
      sink.BeginList();
      for (int64_t i = list.value_offset(row); i < list.value_offset(row + 1); ++i) {
        Tell(*list.values(), i, sink);
      }
      return sink.EndList();
    }
    default: FAIL() << array.type()->ToString();
  }
}

std::string RowText(const arrow::RecordBatch& batch, int64_t row) {
  TextRows text;
  TellMembers(batch.schema()->fields(), batch.columns(), row, text);
  return text.Take();
}

class ReadRowsTest : public testing::Test {
 protected:
  std::shared_ptr<const FileHead> Put(const ParquetFile& file) {
    const std::string bytes = file.bytes->ToString();
    EXPECT_TRUE(store_.Put(kPath, bytes).ok());
    auto head = FileHead::Read(parts_, kPath, std::ssize(bytes));
    EXPECT_TRUE(head.ok()) << head.status().ToString();
    return *head;
  }
  std::vector<std::string> Read(const FileHead& head, const RowChoice& choice) {
    std::vector<std::string> texts;
    TextRows sink;
    const Status read = ReadRows(parts_, head, choice, sink, [&](size_t row) {
      EXPECT_EQ(row, texts.size());
      texts.push_back(sink.Take());
      return Status::OK();
    });
    EXPECT_TRUE(read.ok()) << read.ToString();
    return texts;
  }
  void ExpectRows(const ParquetFile& file, const arrow::RecordBatch& batch,
                  const std::vector<int64_t>& rows, int group = 0) {
    const auto head = Put(file);
    const auto found = Read(*head, {.group = group, .rows = rows});
    ASSERT_EQ(found.size(), rows.size());
    for (size_t i = 0; i < rows.size(); ++i) {
      ASSERT_EQ(found[i], RowText(batch, rows[i])) << "row " << rows[i];
    }
  }

  store::MemoryStore store_;
  ReadCounters counters_;
  const PartReader parts_{store_, counters_};
};

ParquetFile WritePlain(const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches) {
  auto writer = ParquetWriter::Open(batches.front()->schema()).ValueOrDie();
  for (const auto& batch : batches) EXPECT_TRUE(writer->Append(batch).ok());
  return writer->Finish().ValueOrDie();
}

ParquetFile WritePages(const std::shared_ptr<arrow::RecordBatch>& batch) {
  auto writer = PageFileWriter::Open(batch->schema()).ValueOrDie();
  constexpr auto kDictionary = signal::LeafKind::kDictionary;
  const ShreddedRows rows(batch, {{"service_name", kDictionary},
                                  {"attributes.key_value.key", kDictionary},
                                  {"events.list.element.name", kDictionary},
                                  {"events.list.element.attributes.key_value.value", kDictionary},
                                  {"resource.schema_url", kDictionary},
                                  {"resource.attributes.key_value.value", kDictionary}});
  signal::LeafSink* sink = writer->BeginRowGroup(rows.rows()).ValueOrDie();
  for (const auto& column : rows.columns()) {
    const signal::Leaf leaf = column->leaf();
    EXPECT_TRUE(sink->Add(leaf).ok());
  }
  return writer->Finish().ValueOrDie();
}

std::vector<int64_t> SomeOf(int64_t rows, uint64_t seed, int one_in) {
  std::mt19937_64 random(seed);
  std::vector<int64_t> some;
  for (int64_t row = 0; row < rows; ++row) {
    if (random() % static_cast<uint64_t>(one_in) == 0) some.push_back(row);
  }
  return some;
}

TEST_F(ReadRowsTest, GivesEveryKindOfValueAndNesting) {
  const auto batch = NestedRows();

  ExpectRows(WritePlain({batch}), *batch, {0, 1, 2});
  ExpectRows(WritePages(batch), *batch, {0, 2});
}

TEST_F(ReadRowsTest, FindsRowsInTheRowGroupThatWasAskedFor) {
  const auto schema = NestedSchema();
  const auto first = RandomRows(1).Make(schema, 50), second = RandomRows(2).Make(schema, 40);

  ExpectRows(WritePlain({first, second}), *second, {3, 39}, 1);
}

TEST_F(ReadRowsTest, GivesRandomRowsOfManyPages) {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(seed);
    const auto batch = RandomRows(seed).Make(NestedSchema(), 35'000);
    const ParquetFile file = WritePages(batch);
    ExpectRows(file, *batch, SomeOf(35'000, seed, 5'000));
    ExpectRows(file, *batch, {16'383, 16'384, 34'999});
  }
  const auto batch = RandomRows(7).Make(NestedSchema(), 35'000);
  ExpectRows(WritePages(batch), *batch, SomeOf(35'000, 7, 3));
}

TEST_F(ReadRowsTest, ReadsOnlyThePagesThatTheRowsAreOn) {
  const auto batch = RandomRows(1).Make(NestedSchema(), 35'000);
  const ParquetFile file = WritePages(batch);
  const auto head = Put(file);
  counters_ = {};

  Read(*head, {.rows = std::vector<int64_t>{20'000}, .columns = {"record_id"}});

  EXPECT_EQ(counters_.pages, 1);
  EXPECT_LT(counters_.bytes, file.bytes->size() / 5);
}

TEST_F(ReadRowsTest, LeavesOutColumnsThatAreNotChosen) {
  const auto head = Put(WritePlain({NestedRows()}));

  const auto rows = Read(*head, {.rows = std::vector<int64_t>{0}, .columns = {"kind", "cost"}});

  EXPECT_EQ(rows, (std::vector<std::string>{"{cost: 0.5 kind: 2 } "}));
}

TEST_F(ReadRowsTest, RefusesAFileThatWasDamaged) {
  const auto batch = RandomRows(1).Make(NestedSchema(), 2'000);
  const std::string sound = WritePages(batch).bytes->ToString();
  std::mt19937_64 random(1);
  const std::vector<int64_t> rows = SomeOf(2'000, 1, 100);
  int refused = 0;
  for (int i = 0; i < 300; ++i) {
    std::string bytes = sound;
    bytes[random() % bytes.size()] ^= static_cast<char>(1 << random() % 8);
    ASSERT_TRUE(store_.Put(kPath, bytes).ok());
    const auto head = FileHead::Read(parts_, kPath, std::ssize(bytes));
    TextRows sink;
    const Status read = !head.ok() ? head.status()
                                   : ReadRows(parts_, **head, {.rows = rows}, sink,
                                              [](size_t) { return Status::OK(); });
    if (read.ok()) continue;  // A value may be another one.
    ++refused;
    EXPECT_EQ(KindOf(read), ErrorKind::kBadRequest) << read.ToString();
  }
  EXPECT_GT(refused, 50);
}

TEST(FileHead, RefusesWhatIsNoParquetFile) {
  store::MemoryStore store;
  ReadCounters counters;
  ASSERT_TRUE(store.Put("x", "not a file").ok());

  EXPECT_EQ(KindOf(FileHead::Read({store, counters}, "x", 10).status()), ErrorKind::kBadRequest);
  EXPECT_EQ(KindOf(FileHead::Read({store, counters}, "y", 10).status()), ErrorKind::kNotFound);
}

}  // namespace
}  // namespace weir::datafile
