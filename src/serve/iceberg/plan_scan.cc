// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg/plan_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "base/dates.h"
#include "query/trace/trace_lookup.h"
#include "serve/answer.h"
#include "serve/iceberg/limits.h"
#include "serve/iceberg/names.h"
#include "serve/iceberg/problem.h"
#include "signal/published_table.h"
#include "table/iceberg/read_table.h"
#include "table/scan/plan_scan.h"

namespace weir::serve::iceberg {
namespace {

namespace table_format = table::iceberg;
using table::changes::Json;
using table::changes::Member;
using table::changes::OptionalNumber;
using table::changes::Refused;
using table::scan::Filter;

// More traces than these are not looked up one by one.
constexpr size_t kTracesMax = 16;
constexpr size_t kTraceIdDigits = 32;

/// What one page is made from.
struct Plan {
  catalog::TableEntry entry;
  table_format::TableState state;
  table::scan::Scan scan;
  Json filter;                                  // As it was sent; null: none.
  int64_t from = 0;                             // The number of the first file of this page.
  std::optional<std::set<std::string>> chosen;  // Paths in the store: no others have rows.
};

Status NoPlanning(const catalog::ObjectName& name) {
  return Problem(406, "UnsupportedOperationException",
                 fmt::format("scans of {} are not planned here, only those of Weir's own tables: "
                             "set `scan-planning-mode` to `client`",
                             name.ToString()));
}

Result<catalog::TableEntry> FindOwn(const Lake& lake, const catalog::ObjectName& name) {
  if (name.levels.size() == 1) {
    auto own = lake.own.Find({.schema = name.levels[0], .name = name.name});
    if (own.ok()) return own;
    if (KindOf(own.status()) != ErrorKind::kNotFound) return own.status();
  }
  const auto found = TRY(lake.external.FindObject(name));
  const bool is_table = found && found->kind == catalog::ObjectKind::kTable;
  return is_table ? NoPlanning(name) : NoTable(name);
}

Status ReadState(const Lake& lake, const catalog::ObjectName& name, Plan& plan) {
  constexpr int kLooksMax = 5;  // A table that moves on deletes its old metadata files.
  Status read;
  for (int look = 0; look < kLooksMax; ++look) {
    plan.entry = TRY(FindOwn(lake, name));
    const std::string path = TRY(lake.own.PathOf(plan.entry.metadata_location));
    auto state = table_format::ReadTableMetadata(lake.store, path);
    read = state.status();
    if (state.ok()) plan.state = *std::move(state);
    if (KindOf(read) != ErrorKind::kNotFound) break;
  }
  return read;
}

/// The schema whose names the filter uses.
const table_format::Schema& SchemaOf(const Plan& plan, bool of_snapshot) {
  const table_format::Metadata& metadata = plan.state.metadata;
  const auto* snapshot = metadata.SnapshotOf(plan.scan.snapshot_id);
  for (const table_format::Schema& schema : metadata.schemas) {
    const bool is_it = snapshot != nullptr && schema.schema_id == snapshot->schema_id;
    if (of_snapshot && is_it) return schema;
  }
  return *metadata.CurrentSchema();
}

Result<bool> Flag(const Json& request, const char* name, bool usual) {
  const Json* flag = Member(request, name);
  if (flag == nullptr) return usual;
  if (!flag->is_boolean()) return Refused("`{}` is true or false", name);
  return flag->get<bool>();
}

Status ReadScan(const Json& request, Plan& plan) {
  const auto at = TRY(OptionalNumber(request, "snapshot-id"));
  const auto start = TRY(OptionalNumber(request, "start-snapshot-id"));
  const auto end = TRY(OptionalNumber(request, "end-snapshot-id"));
  if (at && (start || end)) return Refused("a scan is of one snapshot or of those between two");
  if (start.has_value() != end.has_value()) {
    return Refused("a scan between two snapshots has start-snapshot-id and end-snapshot-id");
  }
  plan.scan.snapshot_id = end.value_or(at.value_or(plan.state.snapshot_id()));
  plan.scan.after_snapshot = start;
  const bool is_case_sensitive = TRY(Flag(request, "case-sensitive", true));
  const bool of_snapshot = TRY(Flag(request, "use-snapshot-schema", false));
  const Json* filter = Member(request, "filter");
  if (filter == nullptr) return Status::OK();
  plan.filter = *filter;
  plan.scan.filter =
      TRY(table::scan::ReadFilter(*filter, SchemaOf(plan, of_snapshot), is_case_sensitive));
  return Status::OK();
}

bool IsTraceId(const std::string& text) {
  return text.size() == kTraceIdDigits && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

/// The traces of which all rows that meet the filter are; nothing where it does not say.
std::optional<std::vector<std::string>> TracesIn(const Filter& filter) {
  if (filter.kind == Filter::Kind::kAnd) {
    for (const Filter& part : filter.parts) {
      if (auto traces = TracesIn(part)) return traces;
    }
  }
  const auto& condition = filter.condition;
  const bool is_choice = filter.kind == Filter::Kind::kCondition &&
                         condition.column == "trace_id" &&
                         condition.comparison == table::scan::Comparison::kEqual;
  if (!is_choice || condition.values.size() > kTracesMax) return std::nullopt;
  std::vector<std::string> traces;
  for (const datafile::Bound& value : condition.values) {
    const auto* trace = std::get_if<std::string>(&value);
    // Lookups take ids in any case; here a text is that text.
    if (trace == nullptr || !IsTraceId(*trace)) return std::nullopt;
    traces.push_back(*trace);
  }
  return traces;
}

/// Asks the trace index. Where it can't tell of this snapshot, statistics have to do.
void ChooseByTraces(const Lake& lake, Plan& plan) {
  const std::string& ending = signal::Published(signal::Table::kSpans).name;
  const std::string& name = plan.entry.name.name;
  const auto traces = TracesIn(plan.scan.filter);
  if (lake.traces == nullptr || !traces || !name.ends_with(ending)) return;
  const signal::TableSet tables{plan.entry.name.schema,
                                name.substr(0, name.size() - ending.size())};
  auto files = lake.traces->FilesOf(tables, *traces);
  if (!files.ok() || files->snapshot_id != plan.scan.snapshot_id) return;
  if (plan.scan.after_snapshot || files->paths.size() > kScanTasksMax) return;
  plan.chosen = std::move(files->paths);
}

Json TaskOf(const Plan& plan, const table_format::ManifestEntry& entry, int32_t spec_id) {
  const datafile::DataFile& file = entry.file;
  Json data = {{"content", "data"},
               {"file-path", plan.state.location.Uri(file.path)},
               {"file-format", "parquet"},
               {"spec-id", spec_id},
               {"partition", {DateText(file.date)}},
               {"file-size-in-bytes", file.file_bytes},
               {"record-count", file.record_count}};
  if (!file.split_offsets.empty()) data["split-offsets"] = file.split_offsets;
  if (entry.sort_order_id) data["sort-order-id"] = *entry.sort_order_id;
  Json task = {{"data-file", std::move(data)}};
  // Readers apply what they are told; all of it is true of any file.
  if (!plan.filter.is_null()) task["residual-filter"] = plan.filter;
  return task;
}

/// The page, and a task for the next one where there is one. `request`: as it was sent.
Result<Json> PageOf(const Lake& lake, const Plan& plan, const Json& request) {
  Json tasks = Json::array();
  int64_t number = 0;
  bool has_more = false;
  TRY(table::scan::PlanScan(lake.store, plan.state, plan.scan,
                            [&](const table_format::ManifestEntry& entry, int32_t spec_id) {
                              const std::string path =
                                  plan.state.location.root + "/" + entry.file.path;
                              if (plan.chosen && !plan.chosen->contains(path)) return true;
                              if (number++ < plan.from) return true;
                              has_more = tasks.size() == kScanTasksMax;
                              if (!has_more) tasks.push_back(TaskOf(plan, entry, spec_id));
                              return !has_more;
                            }));
  Json page = {{"plan-tasks", Json::array()}, {"file-scan-tasks", std::move(tasks)}};
  if (has_more) {
    Json next = {{"snapshot-id", plan.scan.snapshot_id},
                 {"from", plan.from + static_cast<int64_t>(kScanTasksMax)},
                 {"request", request}};
    page["plan-tasks"].push_back(ToText(next));
  }
  return page;
}

/// Of the latest snapshot a second look is worth it: the first one may have been dropped meanwhile.
Result<Json> Page(const Lake& lake, const catalog::ObjectName& name, const Json& request,
                  int64_t from, std::optional<int64_t> snapshot_id) {
  constexpr int kTriesMax = 3;
  Result<Json> page = Error(ErrorKind::kInternal, "not planned");
  for (int tries = 0; tries < kTriesMax; ++tries) {
    Plan plan{.from = from};
    TRY(ReadState(lake, name, plan));
    TRY(ReadScan(request, plan));
    if (snapshot_id) plan.scan.snapshot_id = *snapshot_id;
    if (plan.scan.snapshot_id == 0) {
      return Json{{"plan-tasks", Json::array()}, {"file-scan-tasks", Json::array()}};
    }
    if (!snapshot_id) ChooseByTraces(lake, plan);
    page = PageOf(lake, plan, request);
    if (KindOf(page.status()) != ErrorKind::kNotFound) break;
  }
  if (KindOf(page.status()) == ErrorKind::kNotFound) {
    return Refused("the snapshot is not kept any more");
  }
  return page;
}

}  // namespace

Result<net::Response> PlanTableScan(const Lake& lake, const Call& call) {
  const Json request = TRY(BodyOf(call));
  Json answer = {{"status", "completed"}};
  const Json page = TRY(Page(lake, NameIn(call), request, 0, std::nullopt));
  answer.update(page);
  return JsonAnswer(200, answer);
}

Result<net::Response> FetchScanTasks(const Lake& lake, const Call& call) {
  const Json body = TRY(BodyOf(call));
  const std::string text = TRY(table::changes::Text(body, "plan-task"));
  const auto task = table::changes::ParseObject(text);
  const Json* request = task.ok() ? Member(*task, "request") : nullptr;
  const auto from = task.ok() ? OptionalNumber(*task, "from") : task.status();
  const auto snapshot = task.ok() ? OptionalNumber(*task, "snapshot-id") : task.status();
  const bool is_ours = request != nullptr && request->is_object() && from.ok() && *from &&
                       **from > 0 && snapshot.ok() && *snapshot;
  if (!is_ours) return Problem(404, "NoSuchPlanTaskException", "there is no such plan task");
  const Json page = TRY(Page(lake, NameIn(call), *request, **from, **snapshot));
  return JsonAnswer(200, page);
}

}  // namespace weir::serve::iceberg
