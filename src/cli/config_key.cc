// SPDX-License-Identifier: Apache-2.0
#include "cli/config_key.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <iterator>
#include <optional>
#include <thread>

#include "base/threads.h"

namespace weir::cli {
namespace {

constexpr int64_t kMany = 1 << 30;

std::vector<ConfigKey> MaintenanceKeys() {
  using C = ServerConfig;
  return {
      {"maintenance.compaction", "true", FlagField{&C::compaction},
       "make few large files of many small ones"},
      {"maintenance.compaction_file_mib", "128", NumberField{&C::compaction_file_mib, 1, 1024},
       "how large they become"},
      {"maintenance.compaction_quiet_s", "600", NumberField{&C::compaction_quiet_s, 1, 86'400},
       "after so long without a new file all of a day's small files become few"},
      {"maintenance.checkpoint_entries", "100",
       NumberField{&C::maintenance_checkpoint_entries, 1, 100'000},
       "entries of a Delta log from one checkpoint to the next"},
      {"maintenance.history_s", "3600", NumberField{&C::maintenance_history_s, 1, 366 * 86'400},
       "how long versions of a Delta log and replaced files are kept"},
      {"maintenance.retention_days", "0", NumberField{&C::maintenance_retention_days, 0, 36'600},
       "how long rows are kept, by their day; 0: for ever"},
      {"maintenance.retention_tables", "",
       TableNumbersField{&C::maintenance_retention_tables, 0, 36'600},
       "other numbers of days for some tables: otel_logs=30, staging.otel_spans=7"},
      {"maintenance.forget_grace_s", "60", NumberField{&C::maintenance_forget_grace_s, 0, 86'400},
       "how long queries may go on with versions that are dropped to forget rows"},
      {"maintenance.orphan_grace_s", "86400",
       NumberField{&C::maintenance_orphan_grace_s, 3600, 366 * 86'400},
       "how old a file that no version names is before `weir maintain gc` deletes it"},
  };
}

std::vector<ConfigKey> SqlKeys(int cores) {
  using C = ServerConfig;
  return {
      {"sql.memory_mib", "512", NumberField{&C::sql_memory_mib, 64, kMany},
       "memory of all queries together, beside limits.memory_mib"},
      {"sql.threads", fmt::format("{}", cores), NumberField{&C::sql_threads, 1, 1024},
       "threads that work for queries"},
      {"sql.queries_max", "2", NumberField{&C::sql_queries_max, 1, 1024},
       "queries that run at once; more wait"},
      {"sql.rows_max", "1000000", NumberField{&C::sql_rows_max, 1, 1'000'000'000},
       "rows of one answer; it is cut there"},
      {"sql.time_max_s", "60", NumberField{&C::sql_time_max_s, 1, 86'400},
       "how long one query may take"},
  };
}

std::vector<ConfigKey> MakeKeys() {
  using C = ServerConfig;
  const int cores = UsableCores();
  std::vector<ConfigKey> keys = {
      {"receivers.otlp.protocols.grpc.endpoint", "127.0.0.1:4317", EndpointField{&C::grpc_endpoint},
       "where OTLP over gRPC is served"},
      {"receivers.otlp.protocols.grpc.max_recv_msg_size_mib", "16",
       NumberField{&C::grpc_max_recv_msg_size_mib, 1, 1024}, "largest gRPC message"},
      {"receivers.otlp.protocols.http.endpoint", "127.0.0.1:4318", EndpointField{&C::http_endpoint},
       "where OTLP over HTTP, the catalog and the API are served"},
      {"receivers.otlp.protocols.http.max_request_body_size", "20971520",
       NumberField{&C::http_max_request_body_size, 1024, 1 << 30}, "largest HTTP body, in bytes"},
      {"receivers.otlp.retry_window_s", "300", NumberField{&C::retry_window_s, 0, 3600},
       "how long a request that is sent again is recognised; 0: not at all"},
      {"insecure", "false", FlagField{&C::insecure},
       "allow endpoints that other machines can reach, without TLS"},
      {"data_dir", "./weir-data", TextField{&C::data_dir}, "where everything is kept"},
      {"catalog.name", "weir", NameField{&C::catalog_name}, "the catalog's name"},
      {"commit.interval_ms", "1000", NumberField{&C::commit_interval_ms, 10, 3'600'000},
       "how often rows become visible to engines"},
      {"limits.memory_mib", "384", NumberField{&C::limits_memory_mib, 32, kMany},
       "rows held in memory before they are in a file"},
      {"limits.journal_mib", "4096", NumberField{&C::limits_journal_mib, 64, kMany},
       "acknowledged requests on disk that are not in a table yet"},
      {"limits.nesting_depth", "64", NumberField{&C::limits_nesting_depth, 4, 1000},
       "levels of nested attribute values"},
      {"limits.attributes_per_record", "4096",
       NumberField{&C::limits_attributes_per_record, 16, 1'000'000}, "attributes of one record"},
      {"limits.connections", "8192", NumberField{&C::limits_connections, 8, 1'000'000},
       "open connections"},
      {"dead_letters.enabled", "true", FlagField{&C::dead_letters},
       "keep what is refused in the table otel_dead_letters"},
      {"dead_letters.original_kib", "64", NumberField{&C::dead_letters_original_kib, 1, 1024},
       "how much is kept of one refused record or request"},
      {"dead_letters.mib_per_commit", "8", NumberField{&C::dead_letters_mib_per_commit, 1, 256},
       "what is refused in one commit's time by one worker; more of it is only counted"},
  };
  std::ranges::move(SqlKeys(cores), std::back_inserter(keys));
  std::ranges::move(MaintenanceKeys(), std::back_inserter(keys));
  keys.push_back(
      {"workers", fmt::format("{}", cores), NumberField{&C::workers, 1, 1024}, "network threads"});
  keys.push_back({"log.level", "info",
                  WordField{&C::log_level, {"debug", "info", "warn", "error", "off"}},
                  "how much is logged"});
  return keys;
}

struct Endpoint {
  std::string_view host, port;
};

/// `host:port` with `[…]` around an IPv6 address; nothing where it is neither.
std::optional<Endpoint> ParseEndpoint(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const Endpoint endpoint{text.substr(0, colon), text.substr(colon + 1)};
  const bool is_bracketed = endpoint.host.starts_with('[') && endpoint.host.ends_with(']');
  if (!is_bracketed && endpoint.host.find_first_of(":[]/ ") != std::string_view::npos) {
    return std::nullopt;
  }
  int port = -1;
  const char* end = endpoint.port.data() + endpoint.port.size();
  const auto parsed = std::from_chars(endpoint.port.data(), end, port);
  if (parsed.ec != std::errc() || parsed.ptr != end || port < 0 || port > 65535)
    return std::nullopt;
  return endpoint;
}

std::string_view Trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// `table=number` with commas between; nothing where it is anything else.
std::optional<std::map<std::string, int64_t>> ReadTableNumbers(std::string_view text, int64_t min,
                                                               int64_t max) {
  std::map<std::string, int64_t> numbers;
  text = Trimmed(text);
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    const std::string_view part = Trimmed(text.substr(0, comma));
    text = Trimmed(text.substr(std::min(comma + 1, text.size())));
    const size_t mark = part.find('=');
    if (mark == std::string_view::npos || mark == 0) return std::nullopt;
    const std::string_view number = Trimmed(part.substr(mark + 1));
    int64_t value = 0;
    const char* const end = number.data() + number.size();
    const auto parsed = std::from_chars(number.data(), end, value);
    const bool fits = parsed.ec == std::errc() && parsed.ptr == end && value >= min && value <= max;
    if (!fits) return std::nullopt;
    const std::string name(Trimmed(part.substr(0, mark)));
    if (!numbers.emplace(name, value).second) return std::nullopt;
  }
  return numbers;
}

/// Sets one kind of field; returns what is allowed where `text` is not.
struct Setter {
  const std::string& text;
  ServerConfig& config;

  std::string operator()(const TextField& target) const {
    if (text.empty()) return "a text that is not empty";
    config.*target.field = text;
    return "";
  }
  std::string operator()(const EndpointField& target) const {
    if (!ParseEndpoint(text)) return "host:port, as 127.0.0.1:4318 or [::1]:4318";
    config.*target.field = text;
    return "";
  }
  std::string operator()(const NameField& target) const {
    const auto fits = [](unsigned char c) {
      return std::islower(c) || std::isdigit(c) || c == '_';
    };
    if (text.empty() || text.size() > 200 || !std::ranges::all_of(text, fits)) {
      return "lower-case letters, digits and underscores";
    }
    config.*target.field = text;
    return "";
  }
  std::string operator()(const WordField& target) const {
    if (std::ranges::find(target.allowed, text) == target.allowed.end()) {
      return fmt::format("one of {}", fmt::join(target.allowed, ", "));
    }
    config.*target.field = text;
    return "";
  }
  std::string operator()(const NumberField& target) const {
    int64_t number = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    const bool is_number = parsed.ec == std::errc() && parsed.ptr == end;
    if (!is_number || number < target.min || number > target.max) {
      return fmt::format("a whole number from {} to {}", target.min, target.max);
    }
    config.*target.field = number;
    return "";
  }
  std::string operator()(const TableNumbersField& target) const {
    const auto numbers = ReadTableNumbers(text, target.min, target.max);
    if (!numbers) {
      return fmt::format("table=days, with commas between, days from {} to {}", target.min,
                         target.max);
    }
    config.*target.field = *numbers;
    return "";
  }
  std::string operator()(const FlagField& target) const {
    if (text != "true" && text != "false") return "true or false";
    config.*target.field = text == "true";
    return "";
  }
};

}  // namespace

std::span<const ConfigKey> ConfigKeys() {
  static const std::vector<ConfigKey> kKeys = MakeKeys();
  return kKeys;
}

const ConfigKey* FindConfigKey(std::string_view name) {
  const auto keys = ConfigKeys();
  const auto found = std::ranges::find(keys, name, &ConfigKey::name);
  return found == keys.end() ? nullptr : &*found;
}

std::string EnvironmentName(const ConfigKey& key) {
  std::string name = "WEIR_";
  for (unsigned char c : key.name) {
    name += c == '.' ? '_' : static_cast<char>(std::toupper(c));
  }
  return name;
}

Status Assign(const ConfigKey& key, const std::string& text, ServerConfig& config) {
  const std::string allowed = std::visit(Setter{text, config}, key.target);
  if (allowed.empty()) return Status::OK();
  return Error(ErrorKind::kBadRequest,
               fmt::format("{} is `{}`, allowed is {}", key.name, text, allowed));
}

bool IsLoopbackEndpoint(std::string_view text) {
  const auto endpoint = ParseEndpoint(text);
  if (!endpoint) return false;
  const std::string_view host = endpoint->host;
  const bool is_numeric = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || host == "[::1]" || (host.starts_with("127.") && is_numeric);
}

}  // namespace weir::cli
