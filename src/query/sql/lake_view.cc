// SPDX-License-Identifier: Apache-2.0
#include "query/sql/lake_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "query/tail/moment.h"
#include "signal/published_table.h"
#include "table/iceberg/alter.h"
#include "table/iceberg/plan_commit.h"
#include "table/iceberg/read_table.h"

namespace weir::query::sql {
namespace {

namespace iceberg = table::iceberg;

// Commits come about once a second, and reading a few schemas takes milliseconds.
constexpr int kTriesMax = 8;
// Names of tables that a message lists.
constexpr size_t kNamesShownMax = 20;

using Entries = std::map<catalog::TableName, catalog::TableEntry>;

Result<Entries> ReadEntries(const catalog::Catalog& catalog, const std::set<std::string>& schemas) {
  Entries entries;
  for (const std::string& schema : schemas) {
    auto tables = TRY(catalog.ListTables(schema));
    for (catalog::TableEntry& table : tables) entries[table.name] = std::move(table);
  }
  return entries;
}

bool AreSame(const Entries& a, const Entries& b) {
  return std::ranges::equal(a, b, [](const auto& left, const auto& right) {
    return left.first == right.first &&
           left.second.metadata_location == right.second.metadata_location;
  });
}

/// One schema is read in one statement. Of several: what is twice the same was so in between.
Result<Entries> ReadAllAtOnce(const catalog::Catalog& catalog,
                              const std::set<std::string>& schemas) {
  Entries entries = TRY(ReadEntries(catalog, schemas));
  for (int tries = 1; schemas.size() > 1; ++tries) {
    Entries again = TRY(ReadEntries(catalog, schemas));
    if (AreSame(entries, again)) break;
    if (tries == kTriesMax) {
      return Error(ErrorKind::kRetryLater, "the tables change too fast to be seen at one moment");
    }
    entries = std::move(again);
  }
  return entries;
}

/// Which of which set of tables has that name.
std::optional<std::pair<signal::TableSet, signal::Table>> PublishedAs(
    const catalog::TableName& name) {
  for (int i = 0; i < signal::kTableCount; ++i) {
    const auto table = static_cast<signal::Table>(i);
    const std::string& published = signal::Published(table).name;
    if (!name.name.ends_with(published)) continue;
    const std::string prefix = name.name.substr(0, name.name.size() - published.size());
    if (!prefix.empty() && !prefix.ends_with('_')) continue;
    return std::pair{signal::TableSet{.schema = name.schema, .prefix = prefix}, table};
  }
  return std::nullopt;
}

/// The snapshot that was current at `unix_micros`; null before the first.
const iceberg::Snapshot* SnapshotAt(const iceberg::Metadata& metadata, int64_t unix_micros) {
  const iceberg::Snapshot* found = nullptr;
  for (const iceberg::SnapshotLogEntry& entry : metadata.snapshot_log) {
    if (entry.timestamp_ms * 1'000 > unix_micros) break;
    found = metadata.SnapshotOf(entry.snapshot_id);
  }
  return found;
}

Result<const iceberg::Snapshot*> Choose(const catalog::TableName& name,
                                        const iceberg::Metadata& metadata,
                                        const std::optional<Version>& version) {
  if (!version) return metadata.CurrentSnapshot();
  if (const auto* as_of = std::get_if<AsOf>(&*version)) {
    const iceberg::Snapshot* snapshot = SnapshotAt(metadata, as_of->unix_micros);
    if (snapshot != nullptr) return snapshot;
    return Error(ErrorKind::kNotFound,
                 fmt::format("no version of {} of that time is kept; `weir table snapshots {}` "
                             "lists those that are",
                             name.ToString(), name.ToString()));
  }
  const int64_t id = std::get<SnapshotId>(*version).id;
  const iceberg::Snapshot* snapshot = metadata.SnapshotOf(id);
  if (snapshot != nullptr) return snapshot;
  return Error(ErrorKind::kNotFound,
               fmt::format("no snapshot {} of {} is kept; `weir table snapshots {}` lists those "
                           "that are",
                           id, name.ToString(), name.ToString()));
}

const iceberg::Schema& SchemaOf(const iceberg::Metadata& metadata,
                                const iceberg::Snapshot* snapshot, bool is_current) {
  if (!is_current && snapshot != nullptr) {
    for (const iceberg::Schema& schema : metadata.schemas) {
      if (schema.schema_id == snapshot->schema_id) return schema;
    }
  }
  return *metadata.CurrentSchema();
}

}  // namespace

Result<std::shared_ptr<LakeView>> LakeView::Take(const Lake& lake,
                                                 const std::set<std::string>& schemas) {
  std::shared_ptr<LakeView> view(new LakeView(lake));  // lint-ok: private constructor
  const auto read_tables = [&]() -> Status {
    view->entries_ = TRY(ReadAllAtOnce(lake.catalog, schemas));
    return Status::OK();
  };
  *view->tail_.Lock() = TRY(TakeMoment(lake.tail, lake.catalog, read_tables));
  return view;
}

std::vector<catalog::TableName> LakeView::Names() const {
  std::vector<catalog::TableName> names;
  for (const auto& [name, entry] : entries_) names.push_back(name);
  return names;
}

Result<std::shared_ptr<const TableAt>> LakeView::Table(const catalog::TableName& name,
                                                       const std::optional<Version>& version) {
  const auto found = entries_.find(name);
  if (found == entries_.end()) {
    auto made = TRY(NotCreatedYet(name));
    if (made != nullptr && !version) return made;
    std::vector<std::string> known;
    for (const auto& [other, entry] : entries_) {
      if (known.size() < kNamesShownMax) known.push_back(other.ToString());
    }
    return Error(ErrorKind::kNotFound,
                 fmt::format("no table {}; there are: {}", name.ToString(),
                             known.empty() ? "none in that schema"
                                           : fmt::format("{}", fmt::join(known, ", "))));
  }
  const auto state = TRY(StateOf(found->second));
  auto table = Load(name, *state, version);
  if (table.ok() && !version) (*table)->tail = TRY(TailOf(name, state->metadata));
  if (table.ok() || (version && KindOf(table.status()) == ErrorKind::kNotFound)) return table;
  return Error(KindOf(table.status()) == ErrorKind::kNotFound ? ErrorKind::kRetryLater
                                                              : ErrorKind::kInternal,
               fmt::format("metadata of {}: {}", name.ToString(), table.status().message()));
}

Result<std::shared_ptr<const LakeView::State>> LakeView::StateOf(const catalog::TableEntry& entry) {
  if (const auto known = (*states_.Lock())[entry.name]) return known;
  const std::string root = lake_.store.Uri("");
  if (!entry.metadata_location.starts_with(root)) {
    return Error(ErrorKind::kInternal,
                 fmt::format("{} is outside {}", entry.metadata_location, root));
  }
  auto state = iceberg::ReadTableMetadata(lake_.store, entry.metadata_location.substr(root.size()));
  if (!state.ok()) {
    return Error(
        KindOf(state.status()) == ErrorKind::kNotFound ? ErrorKind::kRetryLater
                                                       : ErrorKind::kInternal,
        fmt::format("metadata of {}: {}", entry.name.ToString(), state.status().message()));
  }
  auto shared = std::make_shared<const State>(*std::move(state));
  (*states_.Lock())[entry.name] = shared;
  return shared;
}

std::optional<std::set<std::string>> LakeView::FilesOfTraces(
    const TableAt& table, const std::vector<std::string>& trace_ids) {
  const auto published = PublishedAs(table.name);
  if (lake_.traces == nullptr || !published || published->second != signal::Table::kSpans) {
    return std::nullopt;
  }
  auto found = lake_.traces->FilesOf(published->first, trace_ids);
  if (!found.ok() || found->snapshot_id != table.snapshot_id) return std::nullopt;
  return std::move(found->paths);
}

Result<TailFileList> LakeView::TailOf(const catalog::TableName& name,
                                      const iceberg::Metadata& metadata) {
  TailFileList files;
  auto tail = tail_.Lock();
  const auto published = PublishedAs(name);
  if (*tail == nullptr || !published) return files;
  const auto parts = TRY((*tail)->RowsOf(published->first, published->second));
  if (parts.empty()) return files;
  datafile::FileShape given = TRY(iceberg::ShapeOf(metadata));
  const auto shape = std::make_shared<const datafile::FileShape>(std::move(given));
  for (const auto& rows : parts) {
    TailFile file{.file = {}, .rows = rows, .shape = shape};
    file.file.path = fmt::format("{}{}", kTailPrefix, rows->id());
    file.file.record_count = rows->num_rows();
    files.push_back(std::make_shared<const TailFile>(std::move(file)));
  }
  return files;
}

Result<std::shared_ptr<const TableAt>> LakeView::NotCreatedYet(const catalog::TableName& name) {
  const auto published = PublishedAs(name);
  if (!published) return nullptr;
  const signal::PublishedTable& table = signal::Published(published->second);
  const State state = TRY(iceberg::NewTable(
      {table.schema, table.partition_column, table.sort_columns},
      {.location = {lake_.store.Uri(""), name.ToString()}, .uuid = "", .timestamp_ms = 0}));
  auto made = std::make_shared<TableAt>();
  made->name = name;
  made->root = name.ToString();
  made->schema = *state.metadata.CurrentSchema();
  made->tail = TRY(TailOf(name, state.metadata));
  return made->tail.empty() ? nullptr : made;
}

Result<std::shared_ptr<TableAt>> LakeView::Load(const catalog::TableName& name, const State& state,
                                                const std::optional<Version>& version) const {
  const iceberg::Snapshot* snapshot = TRY(Choose(name, state.metadata, version));
  auto table = std::make_shared<TableAt>();
  table->name = name;
  table->root = state.location.root;
  table->schema = SchemaOf(state.metadata, snapshot, !version);
  if (snapshot == nullptr) return table;
  table->snapshot_id = snapshot->snapshot_id;
  const auto manifests = TRY(iceberg::LoadManifestList(lake_.store, state.location, *snapshot));
  for (const iceberg::ManifestFile& manifest : manifests) {
    if (manifest.content == iceberg::ManifestContent::kDeletes) {
      return Error(ErrorKind::kInternal, "it has delete files, which Weir never writes");
    }
    LiveFiles files = TRY(lake_.manifests.Of(lake_.store, state, manifest));
    table->files.push_back(std::move(files));
  }
  return table;
}

}  // namespace weir::query::sql
