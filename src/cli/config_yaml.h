// SPDX-License-Identifier: Apache-2.0
#pragma once
// YAML as flat settings: the one file that knows the YAML library, which throws.

#include <string>
#include <vector>

#include "base/result.h"

namespace weir::cli {

struct YamlSetting {
  std::string key;  // Dotted: `catalog.name`.
  std::string value;
  int line = 0;  // From 1.
};

/// In the order of the text. A key without a value (`grpc:` alone) sets nothing.
/// Errors: kBadRequest with the line: not YAML, a list, a key twice, nested too deeply.
Result<std::vector<YamlSetting>> ReadYaml(const std::string& text);

}  // namespace weir::cli
