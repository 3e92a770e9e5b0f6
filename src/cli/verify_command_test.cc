// SPDX-License-Identifier: Apache-2.0
#include "cli/verify_command.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <map>

#include "cli/commands.h"
#include "cli/one_answer_fake.h"
#include "cli/server_file.h"

namespace weir::cli {
namespace {

using nlohmann::ordered_json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::internal::CaptureStderr;
using ::testing::internal::CaptureStdout;
using ::testing::internal::GetCapturedStderr;
using ::testing::internal::GetCapturedStdout;

const std::string kSpans = "/api/v1/verify/telemetry/otel_spans";
const std::string kFinding =
    R"({"check":"file_missing","severity":"error","format":"data","file":"data/a.parquet",
        "found":"no such file","expected":"7 bytes","advice":"restore the file"})";

std::string Report(int errors, const std::string& findings) {
  return fmt::format(R"({{"schema":"telemetry","name":"otel_spans","snapshot_id":"42",
      "delta_version":3,"files":2,"rows":1234,"bytes":1536,"errors":{},"warnings":0,
      "findings":[{}]}})",
                     errors, findings);
}

/// Of older versions, where nothing is wrong with them.
const std::string kHistory =
    R"({"snapshots":5,"delta_versions":3,"searched_files":0,"errors":0,"warnings":0,"findings":[]})";

struct Outcome {
  int exit_code = 0;
  std::string out, err;
  std::vector<std::string> asked;
};

/// `weir table verify …` over a data folder that gives these answers.
Outcome Verify(const std::string& arguments, const std::map<std::string, std::string>& answers) {
  Outcome outcome;
  const OpenFolder open = [&](const std::string&) -> Result<Ask> {
    return Ask([&](const std::string& target) -> Result<ordered_json> {
      outcome.asked.push_back(target);
      const auto found = answers.find(target);
      if (found == answers.end()) return Error(ErrorKind::kNotFound, "no answer to " + target);
      return ordered_json::parse(found->second);
    });
  };
  ExitCode exit_code = ExitCode::kOk;
  CLI::App app("weir");
  AddTableCommand(app, exit_code, open);
  CaptureStdout();
  CaptureStderr();
  app.parse("table verify --data here " + arguments);
  std::fflush(stdout);
  outcome.out = GetCapturedStdout();
  outcome.err = GetCapturedStderr();
  outcome.exit_code = static_cast<int>(exit_code);
  return outcome;
}

TEST(VerifyCommand, ExitsWith0WhereNothingIsWrong) {
  const Outcome outcome =
      Verify("", {{"/api/v1/verify", R"({"tables":[{"schema":"telemetry","name":"otel_spans"}]})"},
                  {kSpans + "?grace_s=3600", Report(0, "")},
                  {kSpans + "/history?grace_s=3600", kHistory},
                  {kSpans + "/footers?snapshot_id=42&first=0",
                   R"({"files":2,"checked":2,"next":null,"errors":0,"findings":[]})"}});

  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out,
            "telemetry.otel_spans: ok\n"
            "  snapshot 42, delta version 3: 2 files, 1,234 rows, 1.5 KiB; 2 footers read\n"
            "  kept: 5 snapshots, 3 delta versions\n");
  EXPECT_EQ(outcome.err, "");
}

TEST(VerifyCommand, ExitsWith8AndSaysWhatToDoAboutAFinding) {
  const Outcome outcome =
      Verify("otel_spans --quick", {{kSpans + "?grace_s=3600", Report(1, kFinding)}});

  EXPECT_EQ(outcome.exit_code, 8);
  EXPECT_THAT(outcome.out, HasSubstr("telemetry.otel_spans: 1 error\n"));
  EXPECT_THAT(outcome.out, HasSubstr("no footers read\n"
                                     "  error file_missing: data data/a.parquet\n"
                                     "    found     no such file\n"
                                     "    expected  7 bytes\n"
                                     "    to do     restore the file\n"));
}

TEST(VerifyCommand, AsksForFootersPieceByPieceAndShowsHowFarItIs) {
  const Outcome outcome =
      Verify("otel_spans --grace 5",
             {{kSpans + "?grace_s=5", Report(0, "")},
              {kSpans + "/history?grace_s=5", kHistory},
              {kSpans + "/footers?snapshot_id=42&first=0",
               R"({"files":2000,"checked":1200,"next":1200,"errors":0,"findings":[]})"},
              {kSpans + "/footers?snapshot_id=42&first=1200",
               fmt::format(R"({{"files":2000,"checked":800,"next":null,"errors":1,
                               "findings":[{}]}})",
                           kFinding)}});

  EXPECT_EQ(outcome.exit_code, 8);
  EXPECT_EQ(outcome.err,
            "weir: telemetry/otel_spans: 1,200 of 2,000 files\n"
            "weir: telemetry/otel_spans: 2,000 of 2,000 files\n");
  EXPECT_THAT(outcome.out, HasSubstr("2,000 footers read"));
  EXPECT_THAT(outcome.out, HasSubstr("file_missing"));
}

TEST(VerifyCommand, CountsWhatIsWrongWithOlderVersions) {
  std::string history = kHistory;
  history.replace(history.find("\"errors\":0"), 10, "\"errors\":1");
  history.replace(history.find("[]"), 2, "[" + kFinding + "]");

  const Outcome outcome =
      Verify("otel_spans --forgotten user_id=a%b",
             {{kSpans + "?grace_s=3600", Report(0, "")},
              {kSpans + "/history?grace_s=3600&user_id=a%25b", history},
              {kSpans + "/footers?snapshot_id=42&first=0",
               R"({"files":2,"checked":2,"next":null,"errors":0,"findings":[]})"}});

  EXPECT_EQ(outcome.exit_code, 8) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("telemetry.otel_spans: 1 error\n"));
  EXPECT_THAT(outcome.out, HasSubstr("error file_missing"));
}

TEST(VerifyCommand, PrintsAllTablesAsOneJsonObject) {
  const Outcome outcome =
      Verify("otel_spans --quick --json", {{kSpans + "?grace_s=3600", Report(1, kFinding)}});

  const auto json = ordered_json::parse(outcome.out);
  EXPECT_EQ(json["errors"], 1);
  EXPECT_EQ(json["tables"][0]["findings"][0]["check"], "file_missing");
  EXPECT_EQ(outcome.exit_code, 8);
}

TEST(VerifyCommand, LeavesFootersOutWhereThereIsNoSnapshot) {
  std::string report = Report(0, "");
  report.replace(report.find("\"42\""), 4, "\"0\"");

  const Outcome outcome = Verify("otel_spans", {{kSpans + "?grace_s=3600", report},
                                                {kSpans + "/history?grace_s=3600", kHistory}});

  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.asked,
              ElementsAre(kSpans + "?grace_s=3600", kSpans + "/history?grace_s=3600"));
}

TEST(VerifyCommand, ExitsWith5OnAnUnknownTable) {
  const Outcome outcome = Verify("nothing", {});

  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, Not(HasSubstr("ok")));
}

TEST(VerifyCommand, NeverPutsStrangeNamesIntoATarget) {
  const Outcome outcome = Verify("a/../b", {});

  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_TRUE(outcome.asked.empty());
}

TEST(VerifyCommand, AsksTheServerWhereOneHoldsTheFolder) {
  std::string folder = ::testing::TempDir() + "verify_XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  OneAnswerFake server("HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\n{}");
  ASSERT_TRUE(WriteServerFile(folder, {.pid = 1, .http = server.endpoint()}).ok());
  ExitCode exit_code = ExitCode::kOk;
  CLI::App app("weir");
  AddTableCommand(app, exit_code, [](const std::string&) -> Result<Ask> {
    return Error(ErrorKind::kConflict, "another weir uses it");
  });

  CaptureStderr();
  app.parse("table verify --quick --data " + folder);
  GetCapturedStderr();

  EXPECT_THAT(server.Request(), HasSubstr("GET /api/v1/verify HTTP"));
  EXPECT_EQ(exit_code, ExitCode::kNotFound);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace weir::cli
