// SPDX-License-Identifier: Apache-2.0
#pragma once
// The one table of settings: name, default, what is allowed, and the field it fills.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/config.h"

namespace weir::cli {

struct TextField {
  std::string ServerConfig::* field;
};
struct EndpointField {
  std::string ServerConfig::* field;
};
struct NameField {
  std::string ServerConfig::* field;
};
struct WordField {
  std::string ServerConfig::* field;
  std::vector<std::string_view> allowed;
};
struct NumberField {
  int64_t ServerConfig::* field;
  int64_t min, max;
};
/// `otel_logs=30, staging.otel_spans=7`; may be empty.
struct TableNumbersField {
  std::map<std::string, int64_t> ServerConfig::* field;
  int64_t min, max;
};
struct FlagField {
  bool ServerConfig::* field;
};

struct ConfigKey {
  std::string_view name;
  std::string default_value;
  std::variant<TextField, EndpointField, NameField, WordField, NumberField, TableNumbersField,
               FlagField>
      target;
  std::string_view meaning;
};

/// In the order of the documentation.
std::span<const ConfigKey> ConfigKeys();

/// Null when there is none of that name.
const ConfigKey* FindConfigKey(std::string_view name);

/// `WEIR_DATA_DIR` for `data_dir`.
std::string EnvironmentName(const ConfigKey& key);

/// Puts `text` into its field. Errors: kBadRequest saying what is allowed.
Status Assign(const ConfigKey& key, const std::string& text, ServerConfig& config);

/// True for `localhost`, 127.x.y.z and [::1].
bool IsLoopbackEndpoint(std::string_view endpoint);

}  // namespace weir::cli
