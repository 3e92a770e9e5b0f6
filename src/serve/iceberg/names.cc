// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg/names.h"

#include <algorithm>

#include "base/compression.h"
#include "serve/iceberg/limits.h"
#include "table/json_text.h"

namespace weir::serve::iceberg {
namespace {

using table::changes::Json;
using table::changes::Refused;

constexpr size_t kNameBytesMax = 255;
constexpr size_t kLevelsMax = 16;

}  // namespace

catalog::Namespace NamespaceIn(const Call& call) { return catalog::SplitLevels(call.arguments[0]); }

catalog::ObjectName NameIn(const Call& call) {
  return {.levels = NamespaceIn(call), .name = call.arguments[1]};
}

Status CheckName(const std::string& name) {
  if (name.empty()) return Refused("a name is empty");
  if (name.size() > kNameBytesMax) return Refused("a name has more than {} bytes", kNameBytesMax);
  const bool has_control = std::ranges::any_of(
      name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (has_control) return Refused("a name has control characters");
  if (!table::IsUtf8(name)) return Refused("a name is not UTF-8");
  return Status::OK();
}

Status CheckLevels(const catalog::Namespace& levels) {
  if (levels.empty()) return Refused("a namespace has at least one level");
  if (levels.size() > kLevelsMax) {
    return Refused("a namespace has at most {} levels, this one {}", kLevelsMax, levels.size());
  }
  for (const std::string& level : levels) TRY(CheckName(level));
  return Status::OK();
}

Result<catalog::Namespace> ReadNamespace(const Json& json, std::string_view member) {
  auto levels = TRY(table::changes::TextList(json, member));
  TRY(CheckLevels(levels));
  return levels;
}

Result<catalog::ObjectName> ReadIdentifier(const Json& json) {
  catalog::ObjectName name;
  name.levels = TRY(ReadNamespace(json, "namespace"));
  name.name = TRY(table::changes::Text(json, "name"));
  TRY(CheckName(name.name));
  return name;
}

Result<Json> BodyOf(const Call& call) {
  const std::string_view encoding = call.request.head.Find("content-encoding");
  if (encoding.empty() || encoding == "identity") {
    return table::changes::ParseObject(call.request.body);
  }
  if (encoding != "gzip") {
    return Refused("content-encoding {} is not understood: send gzip or none", encoding);
  }
  const std::string text = TRY(Decompress(Compression::kGzip, call.request.body, kWritingBytesMax));
  return table::changes::ParseObject(text);
}

}  // namespace weir::serve::iceberg
