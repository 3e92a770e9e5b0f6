// SPDX-License-Identifier: Apache-2.0
#include "datafile/rewrite/read_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datafile/parquet_file.h"
#include "datafile/parquet_rows_fake.h"
#include "datafile/random_rows_fake.h"
#include "store/memory_store.h"

namespace weir::datafile {
namespace {

using testing::HasSubstr;

std::string File(int rows) {
  RandomRows random(7);
  auto writer = ParquetWriter::Open(NestedSchema()).ValueOrDie();
  Must(writer->Append(random.Make(NestedSchema(), rows)));
  return writer->Finish()->bytes->ToString();
}

Result<int64_t> Read(const std::string& bytes) {
  store::MemoryStore store;
  Must(store.Put("f", bytes));
  return ReadPages(store, "f");
}

TEST(ReadPages, CountsTheRowsOfASoundFile) {
  EXPECT_EQ(*Read(File(500)), 500);
  EXPECT_EQ(KindOf(ReadPages(store::MemoryStore(), "none").status()), ErrorKind::kNotFound);
}

TEST(ReadPages, NamesTheColumnThatIsDamaged) {
  std::string file = File(500);
  for (size_t i = 4; i < 60; ++i) file[i] = '\x55';

  EXPECT_THAT(Read(file).status().message(), HasSubstr("column record_id of row group 0"));
}

// Pages have checksums; headers, filters, indexes and the footer have none. None makes it crash.
TEST(ReadPages, SurvivesFlippedBitsAndFindsSome) {
  const std::string file = File(200);
  int found = 0;
  for (size_t at = 4; at < file.size() - 8; at += 37) {
    std::string damaged = file;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
    found += Read(damaged).ok() ? 0 : 1;
  }

  EXPECT_GT(found, 180);  // 215 of 272.
}

}  // namespace
}  // namespace weir::datafile
