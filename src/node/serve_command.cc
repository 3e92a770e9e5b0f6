// SPDX-License-Identifier: Apache-2.0
#include "node/serve_command.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "base/log.h"
#include "base/version.h"
#include "cli/commands.h"
#include "cli/server_file.h"
#include "node/node.h"

namespace weir::node {
namespace {

log::Level LevelOf(const std::string& name) {
  if (name == "debug") return log::Level::kDebug;
  if (name == "warn") return log::Level::kWarn;
  if (name == "error") return log::Level::kError;
  return name == "off" ? log::Level::kOff : log::Level::kInfo;
}

/// Signals that end the server are waited for by one thread; every other thread leaves them alone.
sigset_t BlockEndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return signals;
}

void PrintWelcome(const Node& node) {
  const std::vector<std::string> endpoints = node.endpoints();
  const std::string& http = endpoints[1];
  fmt::print(R"(Weir {version} is ready.

Send telemetry (either port speaks gRPC, HTTP/1.1 and HTTP/2):
  OTEL_EXPORTER_OTLP_ENDPOINT=http://{grpc} OTEL_EXPORTER_OTLP_PROTOCOL=grpc
  OTEL_EXPORTER_OTLP_ENDPOINT=http://{http} OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
  curl -H 'content-type: application/json' http://{http}/v1/traces -d @trace.json

Read the tables telemetry.otel_spans, otel_logs, otel_metrics:
  Iceberg  REST catalog http://{http}/iceberg
  Delta    {tables}/telemetry/otel_spans/data
  page     http://{http}/

Stop with Ctrl-C: what was acknowledged is in the tables then.
)",
             fmt::arg("version", kVersion), fmt::arg("grpc", endpoints[0]), fmt::arg("http", http),
             fmt::arg("tables", node.tables_dir()));
  std::fflush(stdout);
}

Status Serve(const cli::LoadedConfig& loaded) {
  log::SetLevel(LevelOf(loaded.config.log_level));
  for (const std::string& warning : loaded.warnings) log::Warn(warning);
  const sigset_t signals = BlockEndSignals();
  const std::unique_ptr<Node> node = TRY(Node::Open(loaded.config));
  const std::vector<std::string> endpoints = node->endpoints();
  TRY(cli::WriteServerFile(loaded.config.data_dir, {.pid = ::getpid(),
                                                    .grpc = endpoints[0],
                                                    .http = endpoints[1],
                                                    .version = std::string(kVersion)}));
  log::Info("serving", {{"grpc", endpoints[0]}, {"http", endpoints[1]}, {"version", kVersion}});
  PrintWelcome(*node);
  int ended_by = 0;
  sigwait(&signals, &ended_by);
  log::Info("stopping", {{"signal", ended_by}});
  cli::RemoveServerFile(loaded.config.data_dir);
  node->Stop();
  log::Info("stopped");
  return Status::OK();
}

}  // namespace

void AddServeCommand(CLI::App& app, cli::ExitCode& exit_code) {
  CLI::App* command = app.add_subcommand("serve", "Receive telemetry and keep it in open tables");
  const auto flags = std::make_shared<cli::ConfigFlags>();
  cli::AddConfigFlags(*command, *flags);
  command->callback([flags, &exit_code] {
    const Result<cli::LoadedConfig> loaded = flags->Load();
    if (!loaded.ok()) {
      cli::Report(loaded.status());
      exit_code = cli::ExitCode::kConfig;
      return;
    }
    exit_code = cli::Report(Serve(*loaded));
  });
}

}  // namespace weir::node
