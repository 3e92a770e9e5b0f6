// SPDX-License-Identifier: Apache-2.0
#include "columnar/trace_index_builder.h"

#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace weir::columnar {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

/// The rows of all days, a text each.
std::vector<std::string> RowsOf(signal::RowColumns& rows) {
  std::vector<std::string> texts;
  for (const signal::DayRows& day : rows.SortIntoDays()) {
    const auto batch = rows.Gather(day.rows);
    for (int64_t row = 0; row < batch->num_rows(); ++row) {
      std::string text = std::to_string(day.date);
      for (const char* name :
           {"trace_id", "span_count", "root_name", "root_service_name", "has_error"}) {
        const auto column = batch->GetColumnByName(name);
        if (column != nullptr) text += " " + column->GetScalar(row).ValueOrDie()->ToString();
      }
      texts.push_back(text);
    }
  }
  return texts;
}

TEST(TraceIndexBuilder, AddsSpansUpByTraceAndDay) {
  const auto builder = NewTraceIndexBuilder(10);
  const std::string a(16, '\x0a'), b(16, '\x0b');
  std::string name = "late root";
  builder->Add(
      {.trace_id = a, .date = 7, .start_us = 9, .end_us = 12, .is_root = true, .name = name});
  name = "overwritten";  // Views are borrowed for the call.
  builder->Add({.trace_id = b, .date = 7, .start_us = 5, .end_us = 6, .has_error = true});
  builder->Add({.trace_id = a, .date = 7, .start_us = 8, .end_us = 10});
  builder->Add({.trace_id = a, .date = 8, .start_us = 90, .end_us = 91});

  const auto rows = builder->Take();

  const std::vector<std::string> found = RowsOf(*rows);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_THAT(found[0], StartsWith("7 0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a 2 "));
  EXPECT_THAT(found[0], HasSubstr("\"late root\""));
  EXPECT_THAT(found[1], StartsWith("7 0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b 1 "));
  EXPECT_THAT(found[1], EndsWith("true"));
  EXPECT_THAT(found[2], StartsWith("8 0a0a"));
  EXPECT_EQ(builder->Take(), nullptr);
}

}  // namespace
}  // namespace weir::columnar
