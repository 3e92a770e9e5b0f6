// SPDX-License-Identifier: Apache-2.0
#include "cli/config_yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

namespace weir::cli {
namespace {

constexpr int kDepthMax = 16;

Status Refuse(const YAML::Node& node, const std::string& what) {
  return Error(ErrorKind::kBadRequest, fmt::format("line {}: {}", node.Mark().line + 1, what));
}

Status Flatten(const YAML::Node& node, const std::string& key, int depth,
               std::vector<YamlSetting>& settings) {
  if (node.IsNull()) return Status::OK();
  if (node.IsScalar()) {
    if (key.empty()) return Refuse(node, "expected `key: value` lines");
    if (std::ranges::find(settings, key, &YamlSetting::key) != settings.end()) {
      return Refuse(node, fmt::format("{} is set twice", key));
    }
    settings.push_back({.key = key, .value = node.Scalar(), .line = node.Mark().line + 1});
    return Status::OK();
  }
  if (!node.IsMap()) return Refuse(node, fmt::format("{} is a list, expected one value", key));
  if (depth == 0) return Refuse(node, "nested too deeply");
  for (const auto& entry : node) {
    if (!entry.first.IsScalar()) return Refuse(entry.first, "a key must be a word");
    const std::string name = entry.first.Scalar();
    TRY(Flatten(entry.second, key.empty() ? name : key + "." + name, depth - 1, settings));
  }
  return Status::OK();
}

}  // namespace

Result<std::vector<YamlSetting>> ReadYaml(const std::string& text) try {
  std::vector<YamlSetting> settings;
  TRY(Flatten(YAML::Load(text), "", kDepthMax, settings));
  return settings;
} catch (const YAML::Exception& exception) {
  return Error(ErrorKind::kBadRequest,
               fmt::format("line {}: {}", exception.mark.line + 1, exception.msg));
}

}  // namespace weir::cli
