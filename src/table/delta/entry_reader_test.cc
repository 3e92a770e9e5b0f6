// SPDX-License-Identifier: Apache-2.0
#include "table/delta/entry_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::table::delta {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ReadEntry, GivesTheActionsThatReadersNeed) {
  const Entry entry = ReadEntry(R"({"commitInfo":{"operation":"WRITE"}}
{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["x"]}}
{"metaData":{"id":"u","schemaString":"{}","partitionColumns":["date"]}}
{"txn":{"appId":"a","version":7}}
{"remove":{"path":"old.parquet","deletionTimestamp":9}}
{"add":{"path":"d=1/a%20b%25%C3%A9.parquet","partitionValues":{"d":"1","e":null},"size":5,"stats":"{}"}}
)")
                          .ValueOrDie();

  EXPECT_EQ(entry.protocol->reader_version, 3);
  EXPECT_THAT(entry.protocol->reader_features, ElementsAre("x"));
  EXPECT_EQ(entry.metadata->id, "u");
  EXPECT_THAT(entry.metadata->partition_columns, ElementsAre("date"));
  EXPECT_EQ(entry.transactions.at("a").version, 7);
  ASSERT_EQ(entry.removed.size(), 1u);
  EXPECT_EQ(entry.removed[0].path, "old.parquet");
  EXPECT_EQ(entry.removed[0].deletion_ms, 9);
  ASSERT_EQ(entry.added.size(), 1u);
  EXPECT_EQ(entry.added[0].path, "d=1/a b%é.parquet");
  EXPECT_THAT(entry.added[0].partition_values, ElementsAre(testing::Pair("d", "1")));
  EXPECT_EQ(entry.added[0].file_bytes, 5);
  EXPECT_EQ(entry.added[0].statistics, "{}");
}

TEST(ReadEntry, NamesTheLineThatItCannotRead) {
  const auto entry = ReadEntry("{\"commitInfo\":{}}\n{\"add\":{\"path\":\"a\"}}\n");

  EXPECT_EQ(KindOf(entry.status()), ErrorKind::kBadRequest);
  EXPECT_THAT(entry.status().message(), HasSubstr("size is missing"));
  EXPECT_THAT(entry.status().message(), HasSubstr("line 2"));
}

TEST(ReadEntry, RefusesWhatIsNoAction) {
  for (const char* bytes :
       {"", "x", "[]", "{}", R"({"add":1})", R"({"add":{}})", R"({"remove":{}})",
        R"({"add":{"path":"a","size":1}})", R"({"add":{"path":"%","size":1,"partitionValues":{}}})",
        R"({"add":{"path":"%4","size":1,"partitionValues":{}}})",
        R"({"add":{"path":"a","size":1.5,"partitionValues":{}}})",
        R"({"add":{"path":"a","size":1,"partitionValues":{},"deletionVector":{}}})",
        R"({"txn":{"appId":"a"}})", R"({"metaData":{"id":"u"}})", R"({"protocol":{}})",
        R"({"add":{"path":"a","size":1,"partitionValues":{}},"remove":{"path":"b"}})"}) {
    EXPECT_EQ(KindOf(ReadEntry(bytes).status()), ErrorKind::kBadRequest) << bytes;
  }
}

}  // namespace
}  // namespace weir::table::delta
