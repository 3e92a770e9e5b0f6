// SPDX-License-Identifier: Apache-2.0
#include "cli/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "cli/config_key.h"
#include "cli/nearest.h"

namespace weir::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A YAML file that goes away with the test.
class YamlFile {
 public:
  explicit YamlFile(const std::string& text)
      : path_(::testing::TempDir() + "weir_config_test.yaml") {
    std::ofstream(path_) << text;
  }
  ~YamlFile() { std::remove(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string ErrorOf(const std::string& yaml) {
  YamlFile file(yaml);
  return LoadConfig({.file = file.path()}).status().message();
}

std::string SourceOf(const LoadedConfig& loaded, std::string_view key) {
  for (const ConfigValue& value : loaded.values) {
    if (value.key == key) return value.source;
  }
  return "";
}

TEST(Config, HasDefaultsThatNeedNoFile) {
  auto loaded = *LoadConfig({});

  EXPECT_EQ(loaded.config.grpc_endpoint, "127.0.0.1:4317");
  EXPECT_EQ(loaded.config.http_endpoint, "127.0.0.1:4318");
  EXPECT_EQ(loaded.config.grpc_max_recv_msg_size_mib, 16);
  EXPECT_EQ(loaded.config.http_max_request_body_size, 20971520);
  EXPECT_EQ(loaded.config.data_dir, "./weir-data");
  EXPECT_EQ(loaded.config.commit_interval_ms, 1000);
  EXPECT_GE(loaded.config.workers, 1);
  EXPECT_EQ(SourceOf(loaded, "data_dir"), "default");
}

TEST(Config, EachSourceWinsOverTheOneBefore) {
  YamlFile file("catalog:\n  name: file\ndata_dir: file\ncommit:\n  interval_ms: 100\n");

  auto loaded =
      *LoadConfig({.file = file.path(),
                   .environment = {{"WEIR_DATA_DIR", "env"}, {"WEIR_CATALOG_NAME", "env"}},
                   .flags = {{"catalog.name", "flag"}}});

  EXPECT_EQ(loaded.config.commit_interval_ms, 100);
  EXPECT_EQ(loaded.config.data_dir, "env");
  EXPECT_EQ(loaded.config.catalog_name, "flag");
  EXPECT_EQ(SourceOf(loaded, "commit.interval_ms"), file.path() + ":5");
  EXPECT_EQ(SourceOf(loaded, "data_dir"), "environment WEIR_DATA_DIR");
  EXPECT_EQ(SourceOf(loaded, "catalog.name"), "flag");
}

TEST(Config, TakesAFragmentOfACollectorsConfiguration) {
  YamlFile file(
      "receivers:\n  otlp:\n    protocols:\n      grpc:\n      http:\n"
      "        endpoint: localhost:14318\n        max_request_body_size: 4096\n");

  auto loaded = *LoadConfig({.file = file.path()});

  EXPECT_EQ(loaded.config.http_endpoint, "localhost:14318");
  EXPECT_EQ(loaded.config.http_max_request_body_size, 4096);
  EXPECT_EQ(loaded.config.grpc_endpoint, "127.0.0.1:4317");
}

TEST(Config, AnUnknownKeyIsAnErrorWithTheNearestOne) {
  EXPECT_THAT(ErrorOf("comit:\n  interval_ms: 5\n"), HasSubstr("did you mean commit.interval_ms?"));
  EXPECT_THAT(ErrorOf("xyzzy: 1\n"), HasSubstr("unknown key xyzzy"));
}

TEST(Config, ABadValueSaysKeyValueAndWhatIsAllowed) {
  EXPECT_THAT(
      ErrorOf("commit: {interval_ms: soon}\n"),
      HasSubstr("commit.interval_ms is `soon`, allowed is a whole number from 10 to 3600000"));
  EXPECT_THAT(ErrorOf("log: {level: loud}\n"),
              HasSubstr("allowed is one of debug, info, warn, error, off"));
  EXPECT_THAT(ErrorOf("receivers: {otlp: {protocols: {http: {endpoint: '4318'}}}}\n"),
              HasSubstr("host:port"));
  EXPECT_THAT(ErrorOf("catalog: {name: 'a/b'}\n"), HasSubstr("lower-case letters"));
}

TEST(Config, BrokenYamlSaysTheLine) {
  EXPECT_THAT(ErrorOf("a: b\n c: [\n"), HasSubstr("line "));
  EXPECT_THAT(ErrorOf("data_dir: [a, b]\n"), HasSubstr("data_dir is a list"));
  EXPECT_THAT(ErrorOf("data_dir: a\ndata_dir: b\n"), HasSubstr("set twice"));
}

TEST(Config, AnEmptyFileSetsNothing) { EXPECT_EQ(ErrorOf(""), ""); }

TEST(Config, AMissingFileIsAnError) {
  EXPECT_EQ(KindOf(LoadConfig({.file = "no/such/file"}).status()), ErrorKind::kNotFound);
}

TEST(Config, WarnsOfEnvironmentVariablesThatLookMistypedAndIgnoresOthers) {
  auto loaded = *LoadConfig(
      {.environment = {
           {"PATH", "x"}, {"WEIR_PORT_4318_TCP_ADDR", "10.0.0.1"}, {"WEIR_DATADIR", "y"}}});

  EXPECT_THAT(loaded.warnings,
              ElementsAre("WEIR_DATADIR is no setting: did you mean WEIR_DATA_DIR?"));
}

TEST(Config, EndpointsThatOthersCanReachNeedInsecure) {
  const ConfigInputs open{.flags = {{"receivers.otlp.protocols.http.endpoint", "0.0.0.0:4318"}}};
  ConfigInputs allowed = open;
  allowed.flags.emplace_back("insecure", "true");

  EXPECT_THAT(LoadConfig(open).status().message(), HasSubstr("--insecure"));
  EXPECT_TRUE(LoadConfig(allowed).ok());
  EXPECT_FALSE(LoadConfig(allowed)->config.is_loopback_only());
}

TEST(Config, KnowsLoopbackEndpoints) {
  EXPECT_TRUE(IsLoopbackEndpoint("127.0.0.1:1"));
  EXPECT_TRUE(IsLoopbackEndpoint("127.8.9.1:1"));
  EXPECT_TRUE(IsLoopbackEndpoint("localhost:0"));
  EXPECT_TRUE(IsLoopbackEndpoint("[::1]:1"));
  EXPECT_FALSE(IsLoopbackEndpoint("0.0.0.0:1"));
  EXPECT_FALSE(IsLoopbackEndpoint("127.evil.example:1"));
  EXPECT_FALSE(IsLoopbackEndpoint("[::]:1"));
}

TEST(Nearest, FindsTypingMistakesAndNothingFarOff) {
  EXPECT_EQ(Nearest("tabel", {"table", "status"}), "table");
  EXPECT_EQ(Nearest("staus", {"table", "status"}), "status");
  EXPECT_THAT(Nearest("serve", {"table", "status"}), IsEmpty());
  EXPECT_THAT(Nearest("x", {}), IsEmpty());
}

}  // namespace
}  // namespace weir::cli
