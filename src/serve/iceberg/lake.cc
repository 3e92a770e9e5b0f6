// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg/lake.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/compression.h"
#include "base/ids.h"
#include "base/log.h"
#include "serve/iceberg/problem.h"
#include "signal/export_request.h"

namespace weir::serve::iceberg {
namespace {

using table::changes::Json;

// Beside `tables`, where Weir's own are.
constexpr std::string_view kFolder = "external/";
constexpr size_t kMetadataBytesMax = 256 << 20;

/// The number that a metadata file's name starts with; -1 where it has none.
int64_t NumberOf(std::string_view metadata_location) {
  const std::string_view name = metadata_location.substr(metadata_location.rfind('/') + 1);
  int64_t number = -1;
  std::from_chars(name.data(), name.data() + name.size(), number);
  return std::max<int64_t>(number, -1);
}

void RemoveWritten(const Lake& lake, const std::vector<catalog::ObjectEntry>& written) {
  for (const catalog::ObjectEntry& entry : written) {
    const auto path = lake.own.PathOf(entry.metadata_location);
    if (path.ok()) Ignore(lake.store.Delete(*path), "a file that nobody names");
  }
}

/// Whether the catalog shows what the change wrote.
Result<bool> IsDone(const Lake& lake, const std::vector<catalog::ObjectEntry>& written) {
  if (written.empty()) return false;
  for (const catalog::ObjectEntry& entry : written) {
    const auto now = TRY(lake.external.FindObject(entry.name));
    if (!now || now->metadata_location != entry.metadata_location) return false;
  }
  return true;
}

}  // namespace

Result<bool> IsOwn(const Lake& lake, const catalog::Namespace& levels) {
  if (levels.empty()) return false;
  if (levels.front() == signal::TableSet{}.schema) return true;
  return lake.own.HasSchema(levels.front());
}

Status CheckWritable(const Lake& lake, const catalog::Namespace& levels) {
  const bool is_own = TRY(IsOwn(lake, levels));
  if (is_own) return BelongsToWeir(levels);
  const auto found = TRY(lake.external.FindNamespace(levels));
  return found ? Status::OK() : NoNamespace(levels);
}

Result<catalog::ObjectEntry> FindWritable(const Lake& lake, const catalog::ObjectName& name,
                                          catalog::ObjectKind kind) {
  auto found = TRY(lake.external.FindObject(name));
  if (found && found->kind == kind) return *std::move(found);
  const bool is_own = TRY(IsOwn(lake, name.levels));
  if (is_own) return BelongsToWeir(name.levels);
  return kind == catalog::ObjectKind::kTable ? NoTable(name) : NoView(name);
}

Result<std::string> ReadMetadata(const Lake& lake, const std::string& metadata_location) {
  const std::string path = TRY(lake.own.PathOf(metadata_location));
  std::string bytes = TRY(lake.store.Read(path));
  if (!path.ends_with(".gz.metadata.json")) return bytes;
  return Decompress(Compression::kGzip, bytes, kMetadataBytesMax);
}

Result<Json> LoadDocument(const Lake& lake, const catalog::ObjectEntry& entry) {
  auto read = ReadMetadata(lake, entry.metadata_location);
  if (!read.ok() && KindOf(read.status()) == ErrorKind::kNotFound) {
    return MissingMetadata(entry.metadata_location);
  }
  const std::string text = TRY(std::move(read));
  auto document = table::changes::ParseObject(text);
  if (document.ok()) return document;
  return Error(ErrorKind::kInternal, fmt::format("metadata of {}: {}", entry.name.ToString(),
                                                 document.status().message()));
}

std::string NewLocation(const Lake& lake, const std::string& uuid) {
  return lake.store.Uri(fmt::format("{}{}", kFolder, uuid));
}

bool IsExternalLocation(const Lake& lake, const std::string& location) {
  const std::string root = lake.store.Uri(kFolder);
  if (!location.starts_with(root)) return false;
  // One folder, named as the server names them: no way out of it and none into another's.
  const std::string_view folder = std::string_view(location).substr(root.size());
  constexpr size_t kUuidLength = 36;
  return folder.size() == kUuidLength && std::ranges::all_of(folder, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
         });
}

Result<std::string> PutMetadata(const Lake& lake, const std::string& location,
                                const std::string& previous, const std::string& text) {
  const std::string folder = TRY(lake.own.PathOf(location));
  const std::string path =
      fmt::format("{}/metadata/{:05}-{}.metadata.json", folder, NumberOf(previous) + 1, NewUuid());
  TRY(lake.store.PutIfAbsent(path, text));
  return lake.store.Uri(path);
}

Status Commit(const Lake& lake, const std::vector<catalog::Step>& steps,
              const std::vector<catalog::ObjectEntry>& written, const Outcome& outcome) {
  std::optional<catalog::KeptAnswer> answer;
  if (lake.request != nullptr) {
    answer = catalog::KeptAnswer{.key = lake.request->key,
                                 .request = lake.request->asked,
                                 .status = outcome.status,
                                 .body = outcome.body,
                                 .metadata_location = outcome.metadata_location};
  }
  const Status applied = lake.external.Apply(steps, answer, lake.clock.UnixMillis());
  if (applied.ok()) return applied;
  if (KindOf(applied) != ErrorKind::kUnknownOutcome) {
    RemoveWritten(lake, written);
    return applied;
  }
  log::Warn("outcome of a catalog commit is unknown", {{"error", applied.message()}});
  const auto is_done = IsDone(lake, written);
  return is_done.ok() && *is_done ? Status::OK() : applied;
}

}  // namespace weir::serve::iceberg
