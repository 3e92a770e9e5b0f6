// SPDX-License-Identifier: Apache-2.0
#include "catalog/external_catalog.h"

#include <fmt/format.h>

#include "base/guarded.h"
#include "catalog/external_steps.h"
#include "catalog/migrations.h"
#include "catalog/sqlite.h"

namespace weir::catalog {
namespace {

using sqlite::Bytes;
using sqlite::Database;
using sqlite::Row;
using sqlite::Transaction;

constexpr char kSeparator = '\x1f';

/// As in SqliteCatalog, readers have a connection of their own, so that none waits for an fsync.
class SqliteExternalCatalog final : public ExternalCatalog {
 public:
  SqliteExternalCatalog(Database writer, Database reader)
      : writer_(std::move(writer)), reader_(std::move(reader)) {}

  Result<std::vector<Namespace>> ListNamespaces(const Namespace& parent) const override {
    std::vector<Namespace> below;
    const auto keep_children = [&](const Row& row) {
      Namespace levels = SplitLevels(row.Text(0));
      if (levels.size() == parent.size() + 1) below.push_back(std::move(levels));
    };
    if (parent.empty()) {
      TRY(reader_.Lock()->Query("SELECT name FROM external_namespaces ORDER BY name", {},
                                keep_children));
    } else {
      // What begins with the name and 0x1F lies between it and the name with the next character.
      const std::string name = JoinLevels(parent);
      TRY(reader_.Lock()->Query(
          "SELECT name FROM external_namespaces WHERE name > ? AND name < ? ORDER BY name",
          {name + '\x1f', name + '\x20'}, keep_children));
    }
    return below;
  }

  Result<std::optional<Properties>> FindNamespace(const Namespace& levels) const override {
    return SelectNamespace(*reader_.Lock(), levels);
  }

  Result<std::vector<std::string>> ListObjects(const Namespace& levels,
                                               ObjectKind kind) const override {
    std::vector<std::string> names;
    TRY(reader_.Lock()->Query(
        "SELECT name FROM external_objects WHERE namespace = ? AND kind = ? ORDER BY name",
        {JoinLevels(levels), KindText(kind)},
        [&](const Row& row) { names.push_back(row.Text(0)); }));
    return names;
  }

  Result<std::optional<ObjectEntry>> FindObject(const ObjectName& name) const override {
    return SelectObject(*reader_.Lock(), name);
  }

  Status Apply(const std::vector<Step>& steps, const std::optional<KeptAnswer>& answer,
               int64_t now_ms) override {
    auto database = writer_.Lock();
    auto transaction = TRY(Transaction::Begin(*database));
    for (const Step& step : steps) TRY(ApplyStep(*database, step, now_ms));
    if (answer) {
      TRY(
          database->Execute("INSERT INTO external_answers"
                            " (key, request, status, body, metadata_location, created_ms)"
                            " VALUES (?, ?, ?, ?, ?, ?)",
                            {answer->key, answer->request, int64_t{answer->status},
                             Bytes{answer->body}, answer->metadata_location, now_ms}));
    }
    return std::move(transaction).Commit();
  }

  Result<std::optional<KeptAnswer>> FindAnswer(const std::string& key) const override {
    std::optional<KeptAnswer> answer;
    TRY(reader_.Lock()->Query(
        "SELECT request, status, body, metadata_location FROM external_answers WHERE key = ?",
        {key}, [&](const Row& row) {
          answer = KeptAnswer{.key = key,
                              .request = row.Text(0),
                              .status = static_cast<int>(row.Int(1)),
                              .body = row.Text(2),
                              .metadata_location = row.Text(3)};
        }));
    return answer;
  }

  Status ForgetAnswers(int64_t before_ms) override {
    return writer_.Lock()
        ->Execute("DELETE FROM external_answers WHERE created_ms < ?", {before_ms})
        .status();
  }

  Result<std::vector<Purge>> ListPurges() const override {
    std::vector<Purge> purges;
    TRY(reader_.Lock()->Query(
        "SELECT location, metadata_location, dropped_ms FROM external_purges"
        " ORDER BY dropped_ms, location",
        {}, [&](const Row& row) { purges.push_back({row.Text(0), row.Text(1), row.Int(2)}); }));
    return purges;
  }

  Status ForgetPurge(const std::string& location) override {
    return writer_.Lock()
        ->Execute("DELETE FROM external_purges WHERE location = ?", {location})
        .status();
  }

 private:
  mutable Guarded<Database> writer_;
  mutable Guarded<Database> reader_;
};

}  // namespace

std::string JoinLevels(const Namespace& levels) {
  return fmt::format("{}", fmt::join(levels, std::string(1, kSeparator)));
}

Namespace SplitLevels(std::string_view joined) {
  Namespace levels;
  for (size_t end = joined.find(kSeparator); end != std::string_view::npos;
       end = joined.find(kSeparator)) {
    levels.emplace_back(joined.substr(0, end));
    joined.remove_prefix(end + 1);
  }
  levels.emplace_back(joined);
  return levels;
}

std::string ObjectName::ToString() const {
  return fmt::format("{}.{}", fmt::join(levels, "."), name);
}

Result<std::unique_ptr<ExternalCatalog>> ExternalCatalog::Open(const std::string& path) {
  auto writer = TRY(Database::Open(path));
  TRY(Migrate(writer));
  auto reader = TRY(Database::Open(path));
  TRY(reader.Run("PRAGMA query_only = ON"));
  return std::make_unique<SqliteExternalCatalog>(std::move(writer), std::move(reader));
}

}  // namespace weir::catalog
