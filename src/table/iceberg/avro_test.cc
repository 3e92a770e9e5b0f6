// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/avro.h"

#include <gtest/gtest.h>

namespace weir::table::iceberg::avro {
namespace {

constexpr std::string_view kPoint =
    R"({"type":"record","name":"point","fields":[{"name":"x","type":"long","field-id":1},)"
    R"({"name":"label","type":["null","string"],"default":null,"field-id":2},)"
    R"({"name":"tags","type":{"type":"array","items":"int"},"field-id":3}]})";

std::string Points(int count) {
  FileWriter writer(
      {.schema = std::string(kPoint), .metadata = {{"who", "test"}}, .sync_seed = "s"});
  for (int i = 0; i < count; ++i) {
    writer.record().Int(i % 2 == 0 ? i : -i);
    writer.record().Present();
    writer.record().Bytes("p" + std::to_string(i));
    writer.record().StartArray(2);
    writer.record().Int(i);
    writer.record().Int(7);
    writer.record().EndArray();
    writer.EndRecord();
  }
  return std::move(writer).Finish();
}

/// A container file with codec null: header, one block of `body` with `count` records.
std::string PlainFile(std::string_view schema, int64_t count, std::string_view body) {
  Encoder out;
  out.bytes() = std::string("Obj\1", 4);
  out.StartArray(1);
  out.Bytes("avro.schema");
  out.Bytes(schema);
  out.EndArray();
  const std::string sync(16, 's');
  out.bytes() += sync;
  out.Int(count);
  out.Bytes(body);
  out.bytes() += sync;
  return out.bytes();
}

const std::vector<Datum>& FieldsOf(const Datum& record) {
  return std::get<std::vector<Datum>>(record.value);
}

TEST(Encoder, WritesZigzagNumbers) {
  Encoder out;
  for (const int64_t value : {0L, -1L, 1L, 64L, INT64_MIN}) out.Int(value);

  EXPECT_EQ(out.bytes(), std::string("\0\1\2\x80\1\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\1", 15));
}

TEST(ReadFile, GivesBackWhatWasWritten) {
  const File file = ReadFile(Points(3)).ValueOrDie();

  EXPECT_EQ(file.metadata.at("who"), "test");
  ASSERT_EQ(file.records.size(), 3u);
  const auto& fields = FieldsOf(file.records[1]);
  EXPECT_EQ(std::get<int64_t>(fields[0].value), -1);
  EXPECT_EQ(std::get<std::string>(fields[1].value), "p1");
  EXPECT_EQ(std::get<int64_t>(FieldsOf(fields[2])[1].value), 7);
  EXPECT_EQ(file.schema->IndexOf(3), 2u);
}

TEST(ReadFile, ReadsFilesOfSeveralBlocks) {
  const File file = ReadFile(Points(20'000)).ValueOrDie();

  ASSERT_EQ(file.records.size(), 20'000u);
  EXPECT_EQ(std::get<int64_t>(FieldsOf(file.records[19'998])[0].value), 19'998);
}

TEST(ReadFile, ReadsBlocksThatTellTheirSize) {
  // Array of count -1, size 1 byte, the item 5; then the end.
  const std::string body("\1\2\x0A\0", 4);

  const File file = ReadFile(PlainFile(R"({"type":"array","items":"int"})", 1, body)).ValueOrDie();

  EXPECT_EQ(std::get<int64_t>(FieldsOf(file.records[0])[0].value), 5);
}

TEST(ReadFile, ReadsNamedTypesUsedTwice) {
  constexpr std::string_view schema =
      R"({"type":"record","name":"pair","fields":[)"
      R"({"name":"a","type":{"type":"record","name":"one","fields":[{"name":"v","type":"int"}]}},)"
      R"({"name":"b","type":"one"}]})";

  const File file = ReadFile(PlainFile(schema, 1, "\2\4")).ValueOrDie();

  EXPECT_EQ(std::get<int64_t>(FieldsOf(FieldsOf(file.records[0])[1])[0].value), 2);
}

TEST(ReadFile, RefusesEveryCutFileWithoutCrashing) {
  const std::string whole = Points(5);

  for (size_t size = 0; size < whole.size(); ++size) {
    const auto file = ReadFile(std::string_view(whole).substr(0, size));
    EXPECT_TRUE(!file.ok() || file->records.empty()) << size;
  }
}

TEST(ReadFile, SurvivesEveryFlippedByte) {
  const std::string whole = Points(5);
  int refused = 0;

  for (size_t at = 0; at < whole.size(); ++at) {
    std::string broken = whole;
    broken[at] = static_cast<char>(broken[at] ^ 0xFF);
    refused += ReadFile(broken).ok() ? 0 : 1;
  }

  EXPECT_GT(refused, static_cast<int>(whole.size()) / 2);
}

TEST(ReadFile, RefusesMoreValuesThanBytesCanHold) {
  // 2^40 nulls in an array take no byte at all.
  Encoder body;
  body.StartArray(size_t{1} << 40);
  body.EndArray();

  const auto file = ReadFile(PlainFile(R"({"type":"array","items":"null"})", 1, body.bytes()));

  EXPECT_EQ(KindOf(file.status()), ErrorKind::kBadRequest);
}

TEST(ReadFile, RefusesLengthsBeyondTheFile) {
  Encoder body;
  body.Int(INT64_MAX);

  const auto file = ReadFile(PlainFile(R"("string")", 1, body.bytes()));

  EXPECT_EQ(KindOf(file.status()), ErrorKind::kBadRequest);
}

TEST(ReadFile, RefusesCodecsItLacks) {
  std::string file = Points(1);
  file.replace(file.find("deflate"), 7, "unknown");

  EXPECT_EQ(KindOf(ReadFile(file).status()), ErrorKind::kBadRequest);
}

TEST(ParseSchema, RefusesTypesThatReferToThemselves) {
  const auto schema = ParseSchema(
      R"({"type":"record","name":"node","fields":[{"name":"next","type":["null","node"]}]})");

  EXPECT_EQ(KindOf(schema.status()), ErrorKind::kBadRequest);
}

TEST(ParseSchema, RefusesSchemasNestedTooDeeply) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += R"({"type":"array","items":)";
  text += "\"int\"" + std::string(40, '}');

  EXPECT_EQ(KindOf(ParseSchema(text).status()), ErrorKind::kBadRequest);
}

}  // namespace
}  // namespace weir::table::iceberg::avro
