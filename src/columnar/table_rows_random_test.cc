// SPDX-License-Identifier: Apache-2.0
// Random requests, refused records, forgotten rows: the table against a list of rows.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "columnar/row_frame.h"
#include "columnar/table_rows.h"
#include "columnar/test_rows.h"

namespace weir::columnar {
namespace {

using namespace wire;
using signal::Signal;

/// A log row as the model has it: the texts that its cells must be.
struct Row {
  std::string record_id, time, service, body, session, attributes, types, resource;
};

/// Makes requests and keeps the rows they must become. The same seed makes the same ones.
class Model {
 public:
  explicit Model(uint64_t seed) : random_(seed) {}

  int Below(int limit) { return static_cast<int>(random_() % static_cast<uint64_t>(limit)); }

  /// One request of up to two resources; counts what must be refused.
  std::string NextRequest(uint64_t sequence, int64_t& refused) {
    std::string request;
    int ordinal = 0;
    refused = 0;
    for (int resources = Below(3); resources > 0; --resources) {
      const std::string service = Below(4) == 0 ? "null" : fmt::format("s{}", Below(3));
      const std::string resource =
          service == "null" ? "" : Attributes(1, {{"service.name", Text(service)}});
      std::string records;
      for (int count = Below(4); count > 0; --count) {
        const bool is_bad = Below(5) == 0;
        records += Bytes(
            2, NextRecord(is_bad, fmt::format("000007{:012x}{:06x}", sequence, ordinal), service));
        is_bad ? ++refused : ++ordinal;
      }
      request += Bytes(1, Bytes(1, resource) + Bytes(2, records));
    }
    return request;
  }

  std::vector<Row> rows;

 private:
  std::string NextRecord(bool is_bad, const std::string& record_id, const std::string& service) {
    const int64_t time_us = kReceivedNanos / 1000 - Below(200'000) * int64_t{1'000'000};
    Row row{record_id, fmt::to_string(time_us), service, "null", "null", "", "null", ""};
    row.resource = service == "null" ? "{}" : "{service.name: " + service + "}";
    std::string record = Fixed64(1, static_cast<uint64_t>(time_us) * 1000);
    if (Below(3) > 0) {
      row.body = fmt::format("body {}", Below(5));
      record += Bytes(5, Text(row.body));
    }
    std::string types;
    for (int count = Below(3); count > 0; --count) AddAttribute(row, types, record);
    row.attributes = "{" + row.attributes + "}";
    if (types.find('i') != std::string::npos) row.types = types;
    if (is_bad) return record + Bytes(12, "\xff");
    rows.push_back(row);
    return record;
  }

  void AddAttribute(Row& row, std::string& types, std::string& record) {
    const bool is_int = Below(2) == 0;
    const std::string key = Below(2) == 0 ? "session.id" : fmt::format("k{}", Below(3));
    const std::string text = fmt::to_string(Below(9));
    record += Attributes(6, {{key, is_int ? Int(std::stoi(text)) : Text(text)}});
    row.attributes += (row.attributes.empty() ? "" : ", ") + key + ": " + text;
    types += is_int ? 'i' : 's';
    if (key == "session.id") row.session = text;
  }

  std::mt19937_64 random_;
};

void ExpectRows(TestRows& rows, const std::vector<Row>& expected) {
  const auto days = rows.columns().SortIntoDays();
  const auto batch = rows.Batch();
  const auto expect_column = [&](const std::string& name, std::string Row::* member) {
    const auto cells = Cells(*batch->GetColumnByName(name));
    ASSERT_EQ(cells.size(), expected.size()) << name;
    for (size_t i = 0; i < cells.size(); ++i)
      EXPECT_EQ(cells[i], expected[i].*member) << name << " " << i;
  };
  expect_column("record_id", &Row::record_id);
  expect_column("time", &Row::time);
  expect_column("service_name", &Row::service);
  expect_column("body", &Row::body);
  expect_column("session_id", &Row::session);
  expect_column("attributes", &Row::attributes);
  expect_column("attributes_types", &Row::types);
  std::vector<int32_t> all;
  for (const auto& day : days) {
    const auto key = [&](int32_t row) {
      const Row& model = expected[static_cast<size_t>(row)];
      return std::tuple(model.service == "null" ? "" : model.service, std::stoll(model.time), row);
    };
    EXPECT_TRUE(std::ranges::is_sorted(day.rows, {}, key));
    for (const int32_t row : day.rows) {
      EXPECT_EQ(std::stoll(expected[static_cast<size_t>(row)].time) / 86'400'000'000, day.date);
    }
    all.insert(all.end(), day.rows.begin(), day.rows.end());
  }
  std::ranges::sort(all);
  EXPECT_EQ(all.size(), expected.size());
  EXPECT_EQ(std::ranges::adjacent_find(all), all.end());
}

/// Runs one history; `seed` reproduces it.
void RunHistory(uint64_t seed) {
  SCOPED_TRACE(fmt::format("seed {}", seed));
  Model model(seed);
  TestRows rows(Signal::kLogs);
  for (uint64_t sequence = 1; sequence <= 30; ++sequence) {
    int64_t refused = 0;
    const size_t rows_before = model.rows.size();
    const std::string request = model.NextRequest(sequence, refused);
    if (model.Below(8) == 0) {
      EXPECT_FALSE(rows.TryAppend({.body = request + "\x0a"}).ok());
      model.rows.resize(rows_before);
    } else {
      const auto outcome = rows.Append(request);
      EXPECT_EQ(outcome.rejected, refused);
      EXPECT_EQ(outcome.accepted, std::ssize(model.rows) - static_cast<int64_t>(rows_before));
    }
    if (model.Below(6) == 0) {
      model.rows.resize(static_cast<size_t>(model.Below(static_cast<int>(model.rows.size()) + 1)));
      rows.columns().Truncate(std::ssize(model.rows));
    }
    ASSERT_EQ(rows.num_rows(), std::ssize(model.rows));
  }
  ExpectRows(rows, model.rows);
}

TEST(TableRows, AreWhatASimpleListOfRowsIs) {
  for (uint64_t seed = 1; seed <= 200; ++seed) RunHistory(seed);
}

}  // namespace
}  // namespace weir::columnar
