// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "cli/http_client.h"
#include "cli/one_answer_fake.h"
#include "cli/server_file.h"
#include "cli/text_table.h"

namespace weir::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::internal::CaptureStderr;
using ::testing::internal::CaptureStdout;
using ::testing::internal::GetCapturedStderr;
using ::testing::internal::GetCapturedStdout;

std::string Answer(const std::string& status, const std::string& body) {
  return fmt::format("HTTP/1.1 {}\r\nContent-Length: {}\r\n\r\n{}", status, body.size(), body);
}

struct Outcome {
  int exit_code = 0;
  std::string out, err;
};

/// As the program does: `line` without its name, split at spaces.
Outcome RunProgram(const std::string& line) {
  ExitCode exit_code = ExitCode::kOk;
  CLI::App app("weir");
  app.require_subcommand(1);
  AddStatusCommand(app, exit_code);
  AddTableCommand(app, exit_code);
  AddConfigCommand(app, exit_code);
  Outcome outcome;
  CaptureStdout();
  CaptureStderr();
  try {
    app.parse(line);
    outcome.exit_code = static_cast<int>(exit_code);
  } catch (const CLI::ParseError& error) {
    outcome.exit_code = error.get_exit_code() == 0 ? 0 : static_cast<int>(ExitCode::kUsage);
  }
  std::fflush(stdout);
  outcome.out = GetCapturedStdout();
  outcome.err = GetCapturedStderr();
  return outcome;
}

TEST(HttpGet, AsksInHttp11AndReturnsTheBody) {
  OneAnswerFake server(Answer("200 OK", "hello"));

  auto answer = HttpGet("http://" + server.endpoint(), "/x", std::chrono::seconds(5));

  ASSERT_TRUE(answer.ok()) << answer.status().message();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "hello");
  EXPECT_THAT(server.Request(), HasSubstr("GET /x HTTP/1.1\r\nhost: 127.0.0.1:"));
}

TEST(HttpGet, RefusesAnAnswerThatWasCutOff) {
  OneAnswerFake server("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhel");

  auto answer = HttpGet(server.endpoint(), "/", std::chrono::seconds(5));

  EXPECT_EQ(KindOf(answer.status()), ErrorKind::kRetryLater);
  EXPECT_THAT(answer.status().message(), HasSubstr("cut off"));
}

TEST(HttpGet, RefusesWhatIsNoHttp) {
  OneAnswerFake server("SSH-2.0\r\n\r\n");
  EXPECT_EQ(KindOf(HttpGet(server.endpoint(), "/", std::chrono::seconds(5)).status()),
            ErrorKind::kRetryLater);
}

TEST(HttpGet, RefusesAServerThatIsNoUrl) {
  EXPECT_EQ(KindOf(HttpGet("https://x", "/", std::chrono::seconds(5)).status()),
            ErrorKind::kBadRequest);
}

TEST(StatusCommand, PrintsWhatAServerSays) {
  OneAnswerFake server(
      Answer("200 OK", R"({"version":"0.1.0","uptime_s":125,"can_ack":false,"reason":"disk is full",
                    "endpoints":["[::1]:4318"],"data_dir":"/d","figures":{"journal_bytes":7}})"));

  Outcome outcome = RunProgram("status --server http://" + server.endpoint());

  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("weir 0.1.0, up 2m 5s"));
  EXPECT_THAT(outcome.out, HasSubstr("no: disk is full"));
  EXPECT_THAT(outcome.out, HasSubstr("journal_bytes  7"));
}

TEST(StatusCommand, FindsTheServerOfADataFolder) {
  std::string folder = ::testing::TempDir() + "cli_XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  OneAnswerFake server(Answer("200 OK", R"({"version":"9"})"));
  ASSERT_TRUE(WriteServerFile(folder, {.pid = 1, .http = server.endpoint()}).ok());

  Outcome outcome = RunProgram("status --json --data " + folder);

  EXPECT_EQ(outcome.out, "{\"version\":\"9\"}\n");
  std::filesystem::remove_all(folder);
}

TEST(StatusCommand, ExitsWith5WhereNoServerRunsOnTheFolder) {
  Outcome outcome = RunProgram("status --data /nonexistent");
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.err, HasSubstr("no server runs on /nonexistent"));
  EXPECT_EQ(outcome.out, "");
}

TEST(StatusCommand, ExitsWith7WhenTheServerCannotBeReached) {
  Outcome outcome = RunProgram("status --server http://127.0.0.1:1");
  EXPECT_EQ(outcome.exit_code, 7);
  EXPECT_THAT(outcome.err, HasSubstr("weir serve"));
}

TEST(TableCommand, ListsTablesInColumns) {
  OneAnswerFake server(Answer(
      "200 OK", R"({"tables":[{"schema":"telemetry","name":"otel_spans","rows":1234567,"files":3,
                    "bytes":1536,"updated_ms":1700000000000}]})"));

  Outcome outcome = RunProgram("table ls --server http://" + server.endpoint());

  EXPECT_EQ(outcome.out,
            "TABLE                      ROWS  FILES     SIZE  UPDATED\n"
            "telemetry.otel_spans  1,234,567      3  1.5 KiB  2023-11-14 22:13:20Z\n");
}

TEST(TableCommand, ExitsWith5AndTheServersWordsOnAnUnknownTable) {
  OneAnswerFake server(
      Answer("404 Not Found", R"({"error":{"type":"not_found","message":"no table a.b"}})"));

  Outcome outcome = RunProgram("table show a.b --server http://" + server.endpoint());

  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_EQ(outcome.err, "weir: no table a.b\n");
}

TEST(TableCommand, LooksInTelemetryWhenNoSchemaIsNamed) {
  OneAnswerFake server(Answer("200 OK", R"({"files":[]})"));

  RunProgram("table files otel_spans --server http://" + server.endpoint());

  EXPECT_THAT(server.Request(), HasSubstr("GET /api/v1/tables/telemetry/otel_spans/files HTTP"));
}

TEST(TableCommand, NeverPutsStrangeNamesIntoAUrl) {
  EXPECT_EQ(RunProgram("table show a/../b --server http://127.0.0.1:1").exit_code, 5);
}

TEST(TableCommand, ExitsWith2WithoutATable) { EXPECT_EQ(RunProgram("table show").exit_code, 2); }

TEST(ConfigCommand, PrintsAFileThatItCanReadAgain) {
  std::string folder = ::testing::TempDir() + "cli_XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string path = folder + "/weir.yaml";
  Outcome printed = RunProgram("config print --set commit.interval_ms=500");
  std::FILE* file = std::fopen(path.c_str(), "w");
  std::fputs(printed.out.c_str(), file);
  std::fclose(file);

  Outcome again = RunProgram("config print --config " + path);

  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(again.out, printed.out);
  EXPECT_THAT(again.out, HasSubstr("commit:\n  interval_ms: 500  #"));
  std::filesystem::remove_all(folder);
}

TEST(ConfigCommand, ShowsWhereValuesComeFrom) {
  Outcome outcome = RunProgram("config print --effective --data here");
  EXPECT_THAT(outcome.out, HasSubstr("here"));
  EXPECT_THAT(outcome.out, HasSubstr("flag"));
}

TEST(ConfigCommand, ExitsWith3OnABadSetting) {
  Outcome outcome = RunProgram("config check --set commit.interval=5");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("did you mean commit.interval_ms?"));
}

TEST(Help, ShowsExamplesBeforeOptions) {
  ExitCode exit_code = ExitCode::kOk;
  CLI::App app("weir");
  app.formatter(ExamplesFirst());
  AddStatusCommand(app, exit_code);

  const std::string help = app.get_subcommand("status")->help();

  EXPECT_LT(help.find("weir status --data"), help.find("--server"));
}

TEST(SuggestCommand, NamesTheNearestCommand) {
  ExitCode exit_code = ExitCode::kOk;
  CLI::App app("weir");
  AddStatusCommand(app, exit_code);

  EXPECT_EQ(SuggestCommand(app, "satus"), "unknown command `satus`: did you mean status?");
  EXPECT_EQ(SuggestCommand(app, "zzz"), "");
}

TEST(TextTable, WritesNumbersAndSizesForPeople) {
  EXPECT_EQ(GroupedNumber(-1234), "-1,234");
  EXPECT_EQ(GroupedNumber(999), "999");
  EXPECT_EQ(BytesText(1023), "1023 B");
  EXPECT_EQ(BytesText(5 << 20), "5.0 MiB");
  EXPECT_EQ(DurationText(90061), "1d 1h");
  EXPECT_EQ(UtcText(0), "1970-01-01 00:00:00Z");
}

}  // namespace
}  // namespace weir::cli
