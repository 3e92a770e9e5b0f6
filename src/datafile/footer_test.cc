// SPDX-License-Identifier: Apache-2.0
#include "datafile/footer.h"

#include <arrow/buffer.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datafile/parquet_file.h"
#include "datafile/parquet_rows_fake.h"
#include "store/memory_store.h"

namespace weir::datafile {
namespace {

ParquetFile Encode() {
  const auto batch = NestedRows();
  auto writer = ParquetWriter::Open(batch->schema()).ValueOrDie();
  EXPECT_TRUE(writer->Append(batch).ok());
  return writer->Finish().ValueOrDie();
}

Result<Footer> FooterOf(const std::string& bytes) {
  store::MemoryStore store;
  EXPECT_TRUE(store.Put("f", bytes).ok());
  return ReadFooter(store, "f", std::ssize(bytes));
}

TEST(Footer, TellsWhatTheWriterRecorded) {
  const ParquetFile encoded = Encode();

  const Footer footer = FooterOf(encoded.bytes->ToString()).ValueOrDie();

  EXPECT_EQ(footer.file.record_count, encoded.file.record_count);
  EXPECT_EQ(footer.file.column_bytes, encoded.file.column_bytes);
  EXPECT_EQ(footer.file.split_offsets, encoded.file.split_offsets);
  for (const auto& [id, column] : encoded.file.statistics) {
    EXPECT_EQ(footer.file.statistics.at(id).null_count, column.null_count) << id;
  }
}

TEST(Footer, NamesFieldsByTheirIdsAndPaths) {
  const Footer footer = FooterOf(Encode().bytes->ToString()).ValueOrDie();

  std::map<std::string, std::pair<int32_t, std::string>> fields;
  for (const FooterField& field : footer.fields) fields[field.path] = {field.field_id, field.type};
  EXPECT_EQ(fields["cost"], std::pair(6, std::string("DOUBLE")));
  EXPECT_EQ(fields["attributes"], std::pair(9, std::string()));
  EXPECT_EQ(fields["attributes.key"], std::pair(10, std::string("BYTE_ARRAY")));
}

TEST(Footer, RefusesWhatIsNoWholeParquetFile) {
  const std::string bytes = Encode().bytes->ToString();
  std::string long_footer = bytes;
  long_footer[long_footer.size() - 5] = '\x7f';

  for (const std::string& damaged :
       {std::string(), std::string("PAR1"), bytes.substr(0, bytes.size() - 1),
        bytes.substr(bytes.size() / 2), long_footer, std::string(200, '\xff') + "PAR1"}) {
    EXPECT_EQ(KindOf(FooterOf(damaged).status()), ErrorKind::kBadRequest) << damaged.size();
  }
}

TEST(Footer, RefusesOrReadsEveryDamagedByte) {
  const std::string bytes = Encode().bytes->ToString();

  for (size_t at = bytes.size() - 2'000; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(~damaged[at]);
    const auto footer = FooterOf(damaged);
    EXPECT_TRUE(footer.ok() || KindOf(footer.status()) == ErrorKind::kBadRequest) << at;
  }
}

}  // namespace
}  // namespace weir::datafile
