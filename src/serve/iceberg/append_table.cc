// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg/append_table.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "serve/iceberg/load_table.h"
#include "serve/iceberg/problem.h"
#include "table/changes/table_updates.h"

namespace weir::serve::iceberg {
namespace {

using table::changes::Json;
using table::changes::Member;
using table::changes::Number;
using table::changes::OptionalNumber;
using table::changes::Refused;
using table::changes::Text;
using table::iceberg::ProposedSnapshot;

constexpr std::string_view kMain = "main";

Status Forbidden(const catalog::ObjectName& name, std::string_view what) {
  return Problem(403, "ForbiddenException",
                 fmt::format("table {} is Weir's own, kept as Iceberg and Delta at once: engines "
                             "append rows to it, and {}",
                             name.ToString(), what));
}

/// Errors: Problem 403.
Status CheckRef(const OwnChange& change, const Json& ref) {
  const std::string name = TRY(Text(ref, "ref-name"));
  const std::string type = TRY(Text(ref, "type"));
  if (name != kMain || type != "branch") {
    return Forbidden(change.name,
                     fmt::format("may not set the {} {}", type.substr(0, 60), name.substr(0, 60)));
  }
  for (const char* limit : {"min-snapshots-to-keep", "max-snapshot-age-ms", "max-ref-age-ms"}) {
    if (Member(ref, limit) == nullptr) continue;
    return Forbidden(change.name, fmt::format("may not set {}", limit));
  }
  return Status::OK();
}

Result<ProposedSnapshot> ReadSnapshot(const OwnChange& change, const Json& snapshot) {
  ProposedSnapshot proposed;
  proposed.summary = TRY(table::changes::Texts(snapshot, "summary"));
  const std::string operation = proposed.summary["operation"];
  if (operation != "append") {
    return Forbidden(change.name, fmt::format("may not replace, overwrite or delete any (operation "
                                              "`{}`)",
                                              operation.substr(0, 60)));
  }
  proposed.snapshot_id = TRY(Number(snapshot, "snapshot-id"));
  proposed.parent_snapshot_id = TRY(OptionalNumber(snapshot, "parent-snapshot-id"));
  proposed.manifest_list = TRY(Text(snapshot, "manifest-list"));
  return proposed;
}

/// The one snapshot that is added, and made the newest of main; all that an append is.
Result<ProposedSnapshot> ProposedIn(const OwnChange& change) {
  std::optional<ProposedSnapshot> proposed;
  std::optional<int64_t> main;
  for (const Json& update : change.updates) {
    const std::string action = TRY(Text(update, "action"));
    if (action == "add-snapshot") {
      const Json* snapshot = TRY(table::changes::Object(update, "snapshot"));
      if (proposed) return Forbidden(change.name, "add one snapshot in a commit, not two");
      proposed = TRY(ReadSnapshot(change, *snapshot));
    } else if (action == "set-snapshot-ref") {
      TRY(CheckRef(change, update));
      main = TRY(Number(update, "snapshot-id"));
    } else {
      return Forbidden(change.name, fmt::format("may not ask for `{}`", action.substr(0, 60)));
    }
  }
  if (!proposed) return Forbidden(change.name, "this commit appends none");
  if (!main) return Forbidden(change.name, "may not stage a snapshot that no branch has");
  if (*main == proposed->snapshot_id) return *std::move(proposed);
  return Forbidden(change.name,
                   fmt::format("may not set main to {}, which is not what they append", *main));
}

/// The engine's words about its snapshot, without the counts, which are made anew.
void KeepWords(std::map<std::string, std::string>& summary) {
  std::erase_if(summary, [](const auto& entry) {
    const std::string& name = entry.first;
    for (const std::string_view prefix : {"added-", "deleted-", "removed-", "total-"}) {
      if (name.starts_with(prefix)) return true;
    }
    return name == "operation" || name == "changed-partition-count" ||
           name.starts_with("partitions.");
  });
}

/// An append is true on top of whatever main is by now: what is required of main need only be what
/// the append was made on.
Status CheckRequirements(const Lake& lake, const OwnChange& change,
                         const ProposedSnapshot& proposed) {
  Json others = Json::array();
  for (const Json& requirement : change.requirements) {
    const std::string type = TRY(Text(requirement, "type"));
    const Json* ref = Member(requirement, "ref");
    const bool is_of_main =
        type == "assert-ref-snapshot-id" && ref != nullptr && *ref == std::string(kMain);
    if (is_of_main) {
      const auto wanted = TRY(OptionalNumber(requirement, "snapshot-id"));
      if (wanted == proposed.parent_snapshot_id) continue;
    }
    others.push_back(requirement);
  }
  if (others.empty()) return Status::OK();
  const TableDocument document = TRY(lake.own.Load(OwnName(change.name)));
  const Json json = TRY(table::changes::ParseObject(document.metadata));
  return table::changes::CheckTableRequirements(&json, others);
}

}  // namespace

Status AppendToTable(const Lake& lake, const OwnChange& change) {
  if (lake.append == nullptr) return BelongsToWeir(change.name.levels);
  ProposedSnapshot proposed = TRY(ProposedIn(change));
  TRY(Worded(CheckRequirements(lake, change, proposed), {}));
  KeepWords(proposed.summary);
  return Worded((*lake.append)(OwnName(change.name), proposed), {});
}

}  // namespace weir::serve::iceberg
