// SPDX-License-Identifier: Apache-2.0
#pragma once
// The server's configuration: built-in defaults < YAML file < environment < flags.

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace weir::cli {

/// Every setting, checked. Endpoints are `host:port`; port 0 takes a free one.
struct ServerConfig {
  std::string grpc_endpoint;
  std::string http_endpoint;
  int64_t grpc_max_recv_msg_size_mib = 0;
  int64_t http_max_request_body_size = 0;  // Bytes.
  int64_t retry_window_s = 0;              // 0: every request is a new one.
  bool insecure = false;  // Allows endpoints that other machines can reach, without TLS.
  std::string data_dir;
  std::string catalog_name;
  int64_t commit_interval_ms = 0;
  int64_t limits_memory_mib = 0;
  int64_t limits_journal_mib = 0;
  int64_t limits_nesting_depth = 0;
  int64_t limits_attributes_per_record = 0;
  int64_t limits_connections = 0;
  int64_t sql_memory_mib = 0;   // Of all queries together.
  int64_t sql_threads = 0;      // That work for queries.
  int64_t sql_queries_max = 0;  // At once.
  int64_t sql_rows_max = 0;     // Of one answer.
  int64_t sql_time_max_s = 0;   // Of one query.
  bool compaction = false;
  int64_t compaction_file_mib = 0;
  int64_t compaction_quiet_s = 0;
  int64_t maintenance_checkpoint_entries = 0;
  int64_t maintenance_history_s = 0;
  int64_t maintenance_retention_days = 0;                       // 0: for ever.
  std::map<std::string, int64_t> maintenance_retention_tables;  // Days, by table.
  int64_t maintenance_orphan_grace_s = 0;
  int64_t maintenance_forget_grace_s = 0;
  bool dead_letters = false;
  int64_t dead_letters_original_kib = 0;    // Of one letter.
  int64_t dead_letters_mib_per_commit = 0;  // Of one commit's letters, each worker's.
  int64_t workers = 0;                      // Network threads.
  std::string log_level;

  bool is_loopback_only() const;  // Whether no other machine can reach either endpoint.
};

/// A setting as people see it.
struct ConfigValue {
  std::string key;
  std::string value;
  std::string source;  // `default`, `weir.yaml:3`, `environment WEIR_DATA_DIR` or `flag`.
};

/// Where settings come from, weakest first.
struct ConfigInputs {
  std::string file;  // Empty: none.
  std::vector<std::pair<std::string, std::string>>
      environment;                                         // All variables; others' are ignored.
  std::vector<std::pair<std::string, std::string>> flags;  // Key and value.
};

struct LoadedConfig {
  ServerConfig config;
  std::vector<ConfigValue> values;    // One for every key, in the order of the documentation.
  std::vector<std::string> warnings;  // What was ignored.
};

/// Errors: kBadRequest with the key, the value and what is allowed, or the unknown key and the
/// nearest known one; kNotFound when the file can't be read.
Result<LoadedConfig> LoadConfig(const ConfigInputs& inputs);

/// This process's environment.
std::vector<std::pair<std::string, std::string>> ProcessEnvironment();

}  // namespace weir::cli
