// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg/commit_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/ids.h"
#include "serve/answer.h"
#include "serve/iceberg/limits.h"
#include "serve/iceberg/load_table.h"
#include "serve/iceberg/names.h"
#include "serve/iceberg/new_object.h"
#include "serve/iceberg/own_table.h"
#include "serve/iceberg/problem.h"
#include "table/changes/table_updates.h"

namespace weir::serve::iceberg {
namespace {

using table::changes::Json;
using table::changes::List;
using table::changes::Member;
using table::changes::Refused;
using table::changes::Text;

constexpr catalog::ObjectKind kTable = catalog::ObjectKind::kTable;

constexpr Meaning kCommitting{.not_found = "NoSuchNamespaceException"};

/// What is asked of one table.
struct Change {
  catalog::ObjectName name;
  const Json* requirements = nullptr;
  const Json* updates = nullptr;
};

/// A table's next document, not written yet. Without a step, it is the one that there is.
struct Planned {
  catalog::ObjectEntry next;
  std::string text;
  std::string previous_location;  // Of metadata; empty for a new table.
  bool is_changed = true;

  catalog::Step Step() const {
    if (previous_location.empty()) return catalog::CreateObject{next};
    return catalog::MoveObject{.next = next, .expected_metadata_location = previous_location};
  }
};

Result<Change> ReadChange(const Json& json, catalog::ObjectName name) {
  Change change{.name = std::move(name)};
  change.requirements = TRY(List(json, "requirements"));
  change.updates = TRY(List(json, "updates"));
  return change;
}

bool IsCreation(const Json& requirements) {
  return std::ranges::any_of(requirements, [](const Json& requirement) {
    const Json* type = Member(requirement, "type");
    return type != nullptr && *type == "assert-create";
  });
}

const Json* FindAction(const Json& updates, std::string_view action) {
  const auto found = std::ranges::find_if(updates, [&](const Json& update) {
    const Json* name = Member(update, "action");
    return name != nullptr && *name == action;
  });
  return found == updates.end() ? nullptr : &*found;
}

/// The location that a staged creation was answered with, or a new one in the place of what a
/// client thought of. Whether it is free, the catalog's transaction says.
std::string LocationFor(const Lake& lake, const Json& updates) {
  const Json* update = FindAction(updates, "set-location");
  const Json* location = update == nullptr ? nullptr : Member(*update, "location");
  const bool is_ours = location != nullptr && location->is_string() &&
                       IsExternalLocation(lake, location->get<std::string>());
  return is_ours ? location->get<std::string>() : NewLocation(lake, NewUuid());
}

/// A table that does not exist yet: the updates tell all of it, but for what the server chooses.
Result<Planned> PlanCreation(const Lake& lake, const Change& change) {
  TRY(CheckWritable(lake, change.name.levels));
  Json updates = WithoutLocation(*change.updates);
  updates.push_back({{"action", "set-location"}, {"location", LocationFor(lake, *change.updates)}});
  if (FindAction(updates, "assign-uuid") == nullptr) {
    updates.insert(updates.begin(), Json{{"action", "assign-uuid"}, {"uuid", NewUuid()}});
  }
  const Json document = TRY(table::changes::TableFrom(updates, lake.clock.UnixMillis()));
  Planned planned{.next = {.name = change.name}, .text = table::changes::JsonText(document)};
  planned.next.uuid = TRY(Text(document, "table-uuid"));
  planned.next.location = TRY(Text(document, "location"));
  return planned;
}

Result<Planned> PlanMove(const Lake& lake, const Change& change,
                         const catalog::ObjectEntry& entry) {
  table::changes::TableState base{.metadata_location = entry.metadata_location};
  base.document = TRY(LoadDocument(lake, entry));
  TRY(table::changes::CheckTableRequirements(&base.document, *change.requirements));
  const Json document = TRY(table::changes::UpdatedTable(base, WithoutLocation(*change.updates),
                                                         lake.clock.UnixMillis()));
  Planned planned{.next = entry,
                  .text = table::changes::JsonText(document),
                  .previous_location = entry.metadata_location,
                  .is_changed = !table::changes::IsSame(document, base.document)};
  return planned;
}

Result<Planned> Plan(const Lake& lake, const Change& change) {
  const auto entry = TRY(lake.external.FindObject(change.name));
  const bool creates = IsCreation(*change.requirements);
  if (entry && creates) {
    if (entry->kind != kTable) return NameIsTaken(*entry, kTable);
    return Problem(
        409, "AlreadyExistsException",
        fmt::format("Requirement failed: table already exists: {}", change.name.ToString()));
  }
  if (entry && entry->kind != kTable) return NoTable(change.name);
  if (entry) return PlanMove(lake, change, *entry);
  TRY(CheckWritable(lake, change.name.levels));
  if (!creates) return NoTable(change.name);
  TRY(table::changes::CheckTableRequirements(nullptr, *change.requirements));
  return PlanCreation(lake, change);
}

/// Writes the documents and moves the pointers, all or none. `is_transaction`: answered without
/// the tables' metadata.
Status Carry(const Lake& lake, std::vector<Planned>& planned, bool is_transaction) {
  std::vector<catalog::Step> steps;
  std::vector<catalog::ObjectEntry> written;
  for (Planned& one : planned) {
    if (one.is_changed) {
      one.next.metadata_location =
          TRY(PutMetadata(lake, one.next.location, one.previous_location, one.text));
      written.push_back(one.next);
    }
    // Also of a table that stays as it is: its requirements must hold when the others move.
    steps.push_back(one.Step());
  }
  if (written.empty()) return Status::OK();
  if (is_transaction) return Commit(lake, steps, written, {.status = 204});
  return Commit(lake, steps, written,
                {.status = 200, .metadata_location = written[0].metadata_location});
}

/// Every table once: a second commit of one table would be made for a state that is not there yet.
Status CheckDistinct(const std::vector<Change>& changes) {
  for (size_t i = 1; i < changes.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (changes[i].name != changes[j].name) continue;
      return Refused("table {} is in the transaction twice: put its updates into one change",
                     changes[i].name.ToString());
    }
  }
  return Status::OK();
}

}  // namespace

Result<net::Response> CommitTable(const Lake& lake, const Call& call) {
  const Json body = TRY(BodyOf(call));
  const catalog::ObjectName name = NameIn(call);
  if (const Json* identifier = Member(body, "identifier")) {
    const catalog::ObjectName named = TRY(ReadIdentifier(*identifier));
    if (named != name) {
      return Refused("the path names {}, the body {}", name.ToString(), named.ToString());
    }
  }
  const Change change = TRY(ReadChange(body, name));
  const bool is_own = TRY(IsOwnTable(lake, name));
  if (is_own) return ChangeOwnTable(lake, {name, *change.requirements, *change.updates});
  auto plan = Plan(lake, change);
  if (!plan.ok()) return Worded(plan.status(), kCommitting);
  std::vector<Planned> planned;
  planned.push_back(*std::move(plan));
  TRY(Worded(Carry(lake, planned, false), kCommitting));
  return TableAnswer(planned[0].next.metadata_location, planned[0].text);
}

Result<net::Response> CommitTransaction(const Lake& lake, const Call& call) {
  const Json body = TRY(BodyOf(call));
  const Json* asked = TRY(List(body, "table-changes"));
  if (asked->size() > kTransactionTablesMax) {
    return Refused("a transaction changes at most {} tables, this one {}", kTransactionTablesMax,
                   asked->size());
  }
  std::vector<Change> changes;
  for (const Json& one : *asked) {
    const Json* identifier = TRY(table::changes::Object(one, "identifier"));
    auto name = TRY(ReadIdentifier(*identifier));
    auto change = TRY(ReadChange(one, std::move(name)));
    changes.push_back(std::move(change));
  }
  TRY(CheckDistinct(changes));
  if (changes.size() == 1) {
    const bool is_own = TRY(IsOwnTable(lake, changes[0].name));
    if (is_own) {
      return ChangeOwnTable(lake, {.name = changes[0].name,
                                   .requirements = *changes[0].requirements,
                                   .updates = *changes[0].updates,
                                   .is_transaction = true});
    }
  }
  std::vector<Planned> planned;
  for (const Change& change : changes) {
    auto plan = Plan(lake, change);
    if (!plan.ok()) return Worded(plan.status(), kCommitting);
    planned.push_back(*std::move(plan));
  }
  TRY(Worded(Carry(lake, planned, true), kCommitting));
  return EmptyAnswer(204);
}

}  // namespace weir::serve::iceberg
