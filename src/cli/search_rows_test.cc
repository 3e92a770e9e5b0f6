// SPDX-License-Identifier: Apache-2.0
#include "cli/search_rows.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/api_client.h"
#include "cli/search_query.h"

namespace weir::cli {
namespace {

using nlohmann::ordered_json;

TEST(SearchRows, PrintsLogRecordsOldestFirst) {
  const auto answer = ordered_json::parse(R"({"columns": [
      {"name": "time"}, {"name": "severity_text"}, {"name": "severity_number"},
      {"name": "service_name"}, {"name": "body"}], "rows": [
      ["2026-11-20T14:16:13.500000Z", "ERROR", 17, "cart", "two\nlines \u001b[31m"],
      ["2026-11-20T14:16:12.000000Z", null, 9, null, "first"]]})");

  EXPECT_EQ(RowsText("logs", answer, false),
            "2026-11-20 14:16:12.000 9      first\n"
            "2026-11-20 14:16:13.500 ERROR cart two lines  [31m\n");
  EXPECT_NE(RowsText("logs", answer, true).find("\x1b[31mERROR"), std::string::npos);
}

TEST(SearchRows, PrintsTracesAsATable) {
  const auto answer = ordered_json::parse(R"({"columns": [
      {"name": "trace_id"}, {"name": "start_time"}, {"name": "duration_ms"},
      {"name": "root_service"}, {"name": "root_name"}, {"name": "span_count"},
      {"name": "error_count"}],
      "rows": [["5b8e", "2026-11-20T14:16:13.500000Z", 12.5, "cart", "GET /", 3, 1]]})");

  EXPECT_EQ(RowsText("traces", answer, false),
            "START                    DURATION  SPANS  ERRORS  SERVICE  NAME   TRACE\n"
            "2026-11-20 14:16:13.500   12.5 ms      3       1  cart     GET /  5b8e\n");
}

TEST(SearchRows, LivesWithAnswersThatLackWhatItPrints) {
  const auto answer = ordered_json::parse(R"({"columns": [{"name": "x"}], "rows": [[1], 2, []]})");
  for (const char* signal : {"traces", "spans", "logs", "metrics"}) {
    EXPECT_FALSE(RowsText(signal, answer, false).empty());
    EXPECT_FALSE(RowLines(signal, answer, true).empty());
  }
}

TEST(SearchRows, CutsBetweenCharacters) {
  EXPECT_EQ(OneLine("äöü", 3), "äöü");
  EXPECT_EQ(OneLine("äöü", 2), "äö…");
  EXPECT_EQ(OneLine("a\xC2\x9B b\x7F", 9), "a  b ");
}

TEST(SearchQuery, JoinsTheServiceWithTheQuery) {
  EXPECT_EQ((SearchQuery{{}, ""}).ToText(), "");
  EXPECT_EQ((SearchQuery{{"a:b", "c"}, ""}).ToText(), "a:b c");
  EXPECT_EQ((SearchQuery{{}, "x"}).ToText(), "service:\"x\"");
  EXPECT_EQ((SearchQuery{{"a OR b"}, "x\"y\\"}).ToText(), "(a OR b) service:\"x\\\"y\\\\\"");
}

TEST(SearchQuery, TellsDistancesFromTimes) {
  EXPECT_EQ(FromText("30m"), "-30m");
  EXPECT_EQ(FromText("1.5h"), "-1.5h");
  EXPECT_EQ(FromText("-30m"), "-30m");
  EXPECT_EQ(FromText("now"), "now");
  EXPECT_EQ(FromText("2026-11-20"), "2026-11-20");
  EXPECT_EQ(FromText("2026-11-20T14:16:13Z"), "2026-11-20T14:16:13Z");
  EXPECT_EQ(UrlText("a b\"ü"), "a%20b%22%C3%BC");
}

}  // namespace
}  // namespace weir::cli
