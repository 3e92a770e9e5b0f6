// SPDX-License-Identifier: Apache-2.0
#include "datafile/lookup/find_rows.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/io/memory.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include "datafile/parquet_rows_fake.h"
#include "datafile/random_rows_fake.h"
#include "store/memory_store.h"

namespace weir::datafile {
namespace {

constexpr const char* kPath = "a.parquet";
constexpr int64_t kRows = 40'000;

std::string IdOf(int64_t number) { return fmt::format("{:032x}", number * 1'000'003); }

struct FileOptions {
  bool has_page_index = true, has_bloom = false;
  int64_t group_rows = kRows;
};

/// Row i: the id of i / 4, time i; ids ascend, so that pages have bounds that tell.
std::string Write(const FileOptions& options) {
  arrow::StringBuilder ids;
  arrow::Int64Builder times;
  for (int64_t i = 0; i < kRows; ++i) Must(ids.Append(IdOf(i / 4))), Must(times.Append(i));
  const auto schema = arrow::schema({FieldWithId(1, "trace_id", arrow::utf8(), false),
                                     FieldWithId(2, "start", arrow::int64(), false)});
  const auto table =
      arrow::Table::Make(schema, {ids.Finish().ValueOrDie(), times.Finish().ValueOrDie()});
  parquet::WriterProperties::Builder properties;
  properties.compression(parquet::Compression::ZSTD)->max_rows_per_page(1'000);
  if (options.has_page_index) properties.enable_write_page_index();
  if (options.has_bloom) properties.enable_bloom_filter("trace_id", {.fpp = 0.01});
  const auto sink = arrow::io::BufferOutputStream::Create().ValueOrDie();
  Must(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), sink, options.group_rows,
                                  properties.build()));
  return sink->Finish().ValueOrDie()->ToString();
}

class FindRowsTest : public testing::Test {
 protected:
  void Put(const FileOptions& options) {
    const std::string bytes = Write(options);
    ASSERT_TRUE(store_.Put(kPath, bytes).ok());
    head_ = FileHead::Read(parts_, kPath, std::ssize(bytes)).ValueOrDie();
    counters_ = {};
  }
  std::vector<FoundRows> Find(const RowQuery& query) {
    auto found = FindRows(parts_, *head_, query);
    EXPECT_TRUE(found.ok()) << found.status().ToString();
    return found.ok() ? *std::move(found) : std::vector<FoundRows>();
  }

  store::MemoryStore store_;
  ReadCounters counters_;
  const PartReader parts_{store_, counters_};
  std::shared_ptr<const FileHead> head_;
};

TEST_F(FindRowsTest, FindsAllRowsOfAnIdWithTheirTimes) {
  int number_of_options = 0;
  for (const FileOptions options :
       {FileOptions{}, FileOptions{.has_page_index = false}, FileOptions{.has_bloom = true},
        FileOptions{.group_rows = 9'999}}) {
    SCOPED_TRACE(++number_of_options);
    Put(options);
    for (const int64_t number : {int64_t{0}, int64_t{249}, int64_t{5'000}, kRows / 4 - 1}) {
      std::vector<int64_t> times;
      for (const FoundRows& found : Find({"trace_id", IdOf(number), "start"})) {
        for (size_t i = 0; i < found.rows.size(); ++i) {
          EXPECT_EQ(found.rows[i] + found.group * options.group_rows, found.times[i]);
          times.push_back(found.times[i]);
        }
      }
      EXPECT_EQ(times,
                (std::vector<int64_t>{4 * number, 4 * number + 1, 4 * number + 2, 4 * number + 3}));
    }
  }
}

TEST_F(FindRowsTest, LeavesOutRowsOfOtherTimes) {
  Put({});

  const auto found = Find({"trace_id", IdOf(7), "start", 29, 30});

  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].rows, (std::vector<int64_t>{29, 30}));
}

TEST_F(FindRowsTest, ReadsOnePageOfIdsByThePageIndex) {
  Put({});

  Find({.column = "trace_id", .text = IdOf(5'010)});

  EXPECT_EQ(counters_.row_groups, 1);
  EXPECT_EQ(counters_.pages, 1);
}

TEST_F(FindRowsTest, ReadsNoPageWhereTheTimeIsAnother) {
  Put({});

  EXPECT_TRUE(Find({"trace_id", IdOf(5'010), "start", 0, 10'000}).empty());

  EXPECT_EQ(counters_.pages, 0);
}

TEST_F(FindRowsTest, ReadsNoPageWhereTheBloomFilterHasNoSuchId) {
  Put({.has_page_index = false, .has_bloom = true});
  int looked_into = 0;
  for (int64_t i = 0; i < 100; ++i) {
    counters_ = {};
    EXPECT_TRUE(Find({.column = "trace_id", .text = IdOf(i) + "x"}).empty());
    looked_into += static_cast<int>(counters_.row_groups);
    // A block of the filter and its header, not 16 KiB.
    EXPECT_TRUE(counters_.row_groups > 0 || counters_.bytes <= 64) << counters_.bytes;
  }

  EXPECT_LT(looked_into, 10);
}

TEST_F(FindRowsTest, RefusesAColumnThatIsNotThere) {
  Put({});

  const auto found = FindRows(parts_, *head_, {.column = "span_id", .text = "x"});

  EXPECT_EQ(KindOf(found.status()), ErrorKind::kBadRequest);
}

}  // namespace
}  // namespace weir::datafile
