// SPDX-License-Identifier: Apache-2.0
#include "catalog/external_steps.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace weir::catalog {
namespace {

using sqlite::Database;
using sqlite::Row;

std::string Shown(const Namespace& levels) { return fmt::format("{}", fmt::join(levels, ".")); }

std::string PropertiesText(const Properties& properties) {
  return nlohmann::json(properties).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<Properties> PropertiesOf(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  Properties properties;
  if (!json.is_object()) {
    return Error(ErrorKind::kInternal, "a namespace's properties are not a JSON object");
  }
  for (const auto& [name, value] : json.items()) {
    if (value.is_string()) properties[name] = value.get_ref<const std::string&>();
  }
  return properties;
}

Status NoNamespace(const Namespace& levels) {
  return Error(ErrorKind::kNotFound, fmt::format("Namespace does not exist: {}", Shown(levels)));
}

Status NoObject(ObjectKind kind, const ObjectName& name) {
  return Error(ErrorKind::kNotFound,
               fmt::format("{} does not exist: {}", kind == ObjectKind::kTable ? "Table" : "View",
                           name.ToString()));
}

Status Taken(const ObjectEntry& holder) {
  return Error(
      ErrorKind::kConflict,
      fmt::format("{} already exists: {}", holder.kind == ObjectKind::kTable ? "Table" : "View",
                  holder.name.ToString()));
}

Status CheckNamespace(Database& database, const Namespace& levels) {
  const auto found = TRY(SelectNamespace(database, levels));
  return found ? Status::OK() : NoNamespace(levels);
}

Status Apply(Database& database, const CreateNamespace& step, int64_t) {
  if (step.levels.size() > 1) {
    TRY(CheckNamespace(database, {step.levels.begin(), step.levels.end() - 1}));
  }
  const int64_t created = TRY(database.Execute(
      "INSERT INTO external_namespaces (name, properties) VALUES (?, ?) ON CONFLICT DO NOTHING",
      {JoinLevels(step.levels), PropertiesText(step.properties)}));
  if (created == 1) return Status::OK();
  return Error(ErrorKind::kConflict,
               fmt::format("Namespace already exists: {}", Shown(step.levels)));
}

Status Apply(Database& database, const DropNamespace& step, int64_t) {
  const std::string name = JoinLevels(step.levels);
  int64_t inside = 0;
  // What begins with the name and 0x1F lies between it and the name with the next character.
  TRY(database.Query(
      "SELECT (SELECT count(*) FROM external_objects WHERE namespace = ?1)"
      " + (SELECT count(*) FROM external_namespaces WHERE name > ?2 AND name < ?3)",
      {name, name + '\x1f', name + '\x20'}, [&](const Row& row) { inside = row.Int(0); }));
  if (inside > 0) {
    return Error(ErrorKind::kConflict,
                 fmt::format("Namespace {} is not empty: it holds {} tables, views or namespaces",
                             Shown(step.levels), inside));
  }
  const int64_t dropped =
      TRY(database.Execute("DELETE FROM external_namespaces WHERE name = ?", {name}));
  return dropped == 1 ? Status::OK() : NoNamespace(step.levels);
}

Status Apply(Database& database, const SetProperties& step, int64_t) {
  const int64_t changed = TRY(database.Execute(
      "UPDATE external_namespaces SET properties = ? WHERE name = ? AND properties = ?",
      {PropertiesText(step.next), JoinLevels(step.levels), PropertiesText(step.expected)}));
  if (changed == 1) return Status::OK();
  TRY(CheckNamespace(database, step.levels));
  return Error(ErrorKind::kConflict,
               fmt::format("the properties of {} were changed meanwhile", Shown(step.levels)));
}

Status Apply(Database& database, const CreateObject& step, int64_t) {
  const ObjectEntry& next = step.next;
  TRY(CheckNamespace(database, next.name.levels));
  const auto holder = TRY(SelectObject(database, next.name));
  if (holder) return Taken(*holder);
  // A place whose files are being deleted is nobody's to take.
  const int64_t created = TRY(database.Execute(
      "INSERT INTO external_objects (namespace, name, kind, uuid, location, metadata_location)"
      " SELECT ?1, ?2, ?3, ?4, ?5, ?6"
      " WHERE NOT EXISTS (SELECT 1 FROM external_purges WHERE location = ?5)"
      " ON CONFLICT DO NOTHING",
      {JoinLevels(next.name.levels), next.name.name, KindText(next.kind), next.uuid, next.location,
       next.metadata_location}));
  if (created == 1) return Status::OK();
  return Error(ErrorKind::kConflict,
               fmt::format("create {}: {} belongs to another table or view, or to a dropped one "
                           "whose files are being deleted",
                           next.name.ToString(), next.location));
}

Status Apply(Database& database, const MoveObject& step, int64_t) {
  const ObjectEntry& next = step.next;
  const int64_t moved = TRY(database.Execute(
      "UPDATE external_objects SET uuid = ?, location = ?, metadata_location = ?"
      " WHERE namespace = ? AND name = ? AND kind = ? AND metadata_location = ?",
      {next.uuid, next.location, next.metadata_location, JoinLevels(next.name.levels),
       next.name.name, KindText(next.kind), step.expected_metadata_location}));
  if (moved == 1) return Status::OK();
  return Error(
      ErrorKind::kConflict,
      fmt::format("commit to {}: it was changed by another commit meanwhile; load it again",
                  next.name.ToString()));
}

Status Apply(Database& database, const RenameObject& step, int64_t) {
  const auto found = TRY(SelectObject(database, step.from));
  if (!found || found->kind != step.kind) return NoObject(step.kind, step.from);
  TRY(CheckNamespace(database, step.to.levels));
  const auto holder = TRY(SelectObject(database, step.to));
  if (holder) return Taken(*holder);
  TRY(database.Execute(
      "UPDATE external_objects SET namespace = ?, name = ?"
      " WHERE namespace = ? AND name = ?",
      {JoinLevels(step.to.levels), step.to.name, JoinLevels(step.from.levels), step.from.name}));
  return Status::OK();
}

Status Apply(Database& database, const DropObject& step, int64_t now_ms) {
  const auto found = TRY(SelectObject(database, step.name));
  if (!found || found->kind != step.kind) return NoObject(step.kind, step.name);
  if (step.is_purged) {
    TRY(
        database.Execute("INSERT OR REPLACE INTO external_purges"
                         " (location, metadata_location, dropped_ms) VALUES (?, ?, ?)",
                         {found->location, found->metadata_location, now_ms}));
  }
  TRY(database.Execute("DELETE FROM external_objects WHERE namespace = ? AND name = ?",
                       {JoinLevels(step.name.levels), step.name.name}));
  return Status::OK();
}

}  // namespace

std::string_view KindText(ObjectKind kind) { return kind == ObjectKind::kTable ? "table" : "view"; }

Result<std::optional<Properties>> SelectNamespace(Database& database, const Namespace& levels) {
  std::optional<std::string> text;
  TRY(database.Query("SELECT properties FROM external_namespaces WHERE name = ?",
                     {JoinLevels(levels)}, [&](const Row& row) { text = row.Text(0); }));
  if (!text) return std::nullopt;
  auto properties = TRY(PropertiesOf(*text));
  return properties;
}

Result<std::optional<ObjectEntry>> SelectObject(Database& database, const ObjectName& name) {
  std::optional<ObjectEntry> entry;
  TRY(database.Query(
      "SELECT kind, uuid, location, metadata_location FROM external_objects"
      " WHERE namespace = ? AND name = ?",
      {JoinLevels(name.levels), name.name}, [&](const Row& row) {
        entry = ObjectEntry{.name = name,
                            .kind = row.Text(0) == "table" ? ObjectKind::kTable : ObjectKind::kView,
                            .uuid = row.Text(1),
                            .location = row.Text(2),
                            .metadata_location = row.Text(3)};
      }));
  return entry;
}

Status ApplyStep(Database& database, const Step& step, int64_t now_ms) {
  return std::visit([&](const auto& one) { return Apply(database, one, now_ms); }, step);
}

}  // namespace weir::catalog
