// SPDX-License-Identifier: Apache-2.0
#include "query/search/tail_cursor.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace weir::query::search {
namespace {

const std::string kFirst = "000001000000000012000003", kSecond = "000002000000000001000000";

TEST(TailCursor, IsReadAsItWasWritten) {
  TailCursor cursor;
  EXPECT_EQ(cursor.ToText(), "1");
  cursor.Advance(kSecond);
  cursor.Advance(kFirst);
  cursor.Advance("000001000000000012000002");

  EXPECT_EQ(cursor.ToText(), "1." + kFirst + "." + kSecond);
  EXPECT_EQ(TailCursor::Parse(cursor.ToText())->last_by_writer, cursor.last_by_writer);
  EXPECT_TRUE(TailCursor::Parse("1")->last_by_writer.empty());
}

TEST(TailCursor, RefusesWhatItDidNotWrite) {
  for (const std::string& text :
       std::vector<std::string>{"", "2", "1.", "1.x", "1.00", "1'" + kFirst, "1." + kFirst + "'"}) {
    EXPECT_EQ(KindOf(TailCursor::Parse(text).status()), ErrorKind::kBadRequest) << text;
  }
  std::string many = "1";
  for (int i = 0; i < 257; ++i) many += fmt::format(".{:06x}000000000001000000", i);
  EXPECT_FALSE(TailCursor::Parse(many).ok());
}

TEST(TailCursor, AsksForWhatCameOfEachWriter) {
  TailCursor from, to;
  from.Advance("000001000000000011000000");
  to.Advance(kFirst);
  to.Advance(kSecond);
  const auto scope = ScopeOf(Subject::kLogs, {}, "body:x OR body:y", {0, 1'000'000});

  const std::string sql = NewRowsSql(*scope, from, to, 10);

  EXPECT_NE(sql.find("(body = 'x' OR body = 'y')\n"
                     "    AND (record_id > '000001000000000011000000' AND "
                     "record_id <= '000001000000000012000003' OR record_id > '000002' AND "
                     "record_id <= '000002000000000001000000')\n"
                     "  ORDER BY substr(record_id, 7), record_id\n"
                     "  LIMIT 10)"),
            std::string::npos)
      << sql;
}

}  // namespace
}  // namespace weir::query::search
