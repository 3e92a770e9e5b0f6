// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>

namespace weir::log {
namespace {

/// What `write` puts on stderr.
template <typename Write>
std::string Written(Write write) {
  testing::internal::CaptureStderr();
  write();
  return testing::internal::GetCapturedStderr();
}

TEST(Log, IsOneJsonObjectALine) {
  const std::string line = Written([] {
    Info("committed snapshot", {{"table", "spans"}, {"files", 3}, {"late", false}, {"ratio", 0.5}});
  });

  const std::regex expected(
      R"(\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","level":"info",)"
      R"("event":"committed snapshot","table":"spans","files":3,"late":false,"ratio":0\.5\}\n)");
  EXPECT_TRUE(std::regex_match(line, expected)) << line;
}

TEST(Log, StaysJsonWhateverTheTextsHold) {
  const std::string line = Written([] {
    Error("bad \xff text",
          {{"quote\"", "a\"b\\c\nd"}, {"bytes", "\xc3("}, {"percent", "%v {} %"}, {"nan", NAN}});
  });

  const auto json = nlohmann::json::parse(line, nullptr, false);
  ASSERT_TRUE(json.is_object()) << line;
  EXPECT_EQ(json["level"], "error");
  EXPECT_EQ(json["event"], "bad \xef\xbf\xbd text");
  EXPECT_EQ(json["quote\""], "a\"b\\c\nd");
  EXPECT_EQ(json["bytes"], "\xef\xbf\xbd(");
  EXPECT_EQ(json["percent"], "%v {} %");
  EXPECT_TRUE(json["nan"].is_null());
}

TEST(Log, DropsWhatIsBelowItsLevel) {
  const std::string lines = Written([] {
    SetLevel(Level::kWarn);
    Debug("debug");
    Info("info");
    Warn("warn");
    SetLevel(Level::kOff);
    Error("error");
    SetLevel(Level::kInfo);
  });

  EXPECT_NE(lines.find("\"event\":\"warn\""), std::string::npos);
  EXPECT_EQ(std::ranges::count(lines, '\n'), 1);
}

}  // namespace
}  // namespace weir::log
