// SPDX-License-Identifier: Apache-2.0
#include "query/trace/table_views.h"

#include <fmt/format.h>

#include <limits>

#include "base/dates.h"
#include "table/iceberg/alter.h"
#include "table/iceberg/manifest_avro.h"
#include "table/iceberg/read_table.h"

namespace weir::query {
namespace {

namespace iceberg = table::iceberg;

// A busy server replaces metadata once a second, and deletes it some commits later.
constexpr int kTriesMax = 4;
// More tables than anyone has; beyond them all are read anew.
constexpr size_t kViewsMax = 1'000;

/// Which columns bound a file.
struct BoundColumns {
  int32_t id = 0, time_min = 0, time_max = 0;
};

BoundColumns ColumnsOf(signal::Table table) {
  const signal::PublishedTable& published = signal::Published(table);
  const bool is_index = table == signal::Table::kTraceIndex;
  return {.id = FieldIdOf(published, "trace_id"),
          .time_min = FieldIdOf(published, is_index ? "min_time" : "time"),
          .time_max = FieldIdOf(published, is_index ? "max_time" : "time")};
}

template <typename Value>
std::optional<Value> BoundOf(const std::optional<datafile::Bound>& bound) {
  if (!bound || !std::holds_alternative<Value>(*bound)) return std::nullopt;
  return std::get<Value>(*bound);
}

LiveFile Shorten(const datafile::DataFile& file, const std::string& root,
                 const BoundColumns& columns) {
  static const datafile::ColumnStatistics kNone;
  const auto statistics = [&](int32_t field) -> const datafile::ColumnStatistics& {
    const auto found = file.statistics.find(field);
    return found == file.statistics.end() ? kNone : found->second;
  };
  return {.path = root + "/" + file.path,
          .bytes = file.file_bytes,
          .rows = file.record_count,
          .date = file.date,
          .id_min = BoundOf<std::string>(statistics(columns.id).lower).value_or(""),
          .id_max = BoundOf<std::string>(statistics(columns.id).upper),
          .time_min_us = BoundOf<int64_t>(statistics(columns.time_min).lower),
          .time_max_us = BoundOf<int64_t>(statistics(columns.time_max).upper)};
}

}  // namespace

Result<std::shared_ptr<const TableView>> TableViews::Of(const signal::TableSet& tables,
                                                        signal::Table table) {
  const catalog::TableName name{tables.schema, signal::TableName(tables, table)};
  if (!catalog::IsValidName(name.schema) || !catalog::IsValidName(name.name)) {
    return Error(ErrorKind::kNotFound, fmt::format("no table {}", name.ToString()));
  }
  for (int tries = 1;; ++tries) {
    const catalog::TableEntry entry = TRY(catalog_.Load(name));
    View before = (*views_.Lock())[name];
    if (before != nullptr && before->metadata_location == entry.metadata_location) return before;
    Result<View> view = Load(entry, table, before);
    if (view.ok()) {
      auto views = views_.Lock();
      if (views->size() > kViewsMax) views->clear();
      (*views)[name] = *view;
      return view;
    }
    // The table moved on between the catalog's word and the store's.
    if (KindOf(view.status()) == ErrorKind::kNotFound && tries < kTriesMax) continue;
    return Error(ErrorKind::kInternal,
                 fmt::format("metadata of {}: {}", name.ToString(), view.status().message()));
  }
}

Result<TableViews::View> TableViews::Load(const catalog::TableEntry& entry, signal::Table table,
                                          const View& before) const {
  const std::string root = store_.Uri("");
  if (!entry.metadata_location.starts_with(root)) {
    return Error(ErrorKind::kInternal,
                 fmt::format("{} is outside {}", entry.metadata_location, root));
  }
  const auto state = TRY(
      iceberg::ReadTable(store_, std::string_view(entry.metadata_location).substr(root.size())));
  auto view = std::make_shared<TableView>();
  view->metadata_location = entry.metadata_location;
  view->snapshot_id = state.snapshot_id();
  // Where a later version altered the table, rows of the tail go without what it added.
  auto shape = iceberg::ShapeOf(state.metadata);
  if (shape.ok()) view->shape = *std::move(shape);
  const auto& properties = state.metadata.properties;
  if (const auto found = properties.find(signal::kCompleteAfterProperty);
      found != properties.end()) {
    // A day that can't be read promises nothing.
    view->complete_after = ParseDate(found->second).value_or(std::numeric_limits<int32_t>::max());
  }
  for (const iceberg::ManifestFile& manifest : state.manifests) {
    if (manifest.content != iceberg::ManifestContent::kData) continue;
    TableView::Files& files = view->files[manifest.path];
    if (before != nullptr) {
      if (const auto known = before->files.find(manifest.path); known != before->files.end()) {
        files = known->second;
      }
    }
    if (files == nullptr) files = TRY(ReadManifest(state, manifest, table));
  }
  return View(std::move(view));
}

Result<TableView::Files> TableViews::ReadManifest(const iceberg::TableState& state,
                                                  const iceberg::ManifestFile& manifest,
                                                  signal::Table table) const {
  const std::string path = state.location.StorePath(manifest.path);
  if (path.empty()) {
    return Error(ErrorKind::kInternal, fmt::format("{} is outside the table", manifest.path));
  }
  const std::string bytes = TRY(store_.Read(path));
  const iceberg::ManifestSetting setting =
      TRY(iceberg::SettingOf(state, manifest.partition_spec_id));
  const BoundColumns columns = ColumnsOf(table);
  auto files = std::make_shared<std::vector<LiveFile>>();
  TRY(iceberg::ForEachEntry(bytes, manifest, setting, [&](const iceberg::ManifestEntry& entry) {
    if (entry.is_live()) files->push_back(Shorten(entry.file, state.location.root, columns));
    return true;
  }));
  return TableView::Files(std::move(files));
}

}  // namespace weir::query
