// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "table/changes/table_updates.h"
#include "table/changes/view_updates.h"

namespace weir::table::changes {
namespace {

template <typename... Args>
Status Failed(fmt::format_string<Args...> reason, Args&&... args) {
  return Error(ErrorKind::kConflict,
               "Requirement failed: " + fmt::format(reason, std::forward<Args>(args)...));
}

struct IdRequirement {
  std::string_view type, asked, member, what;
};
/// Those that want a number of the document to be what it was.
constexpr std::array<IdRequirement, 5> kIdRequirements = {{
    {"assert-last-assigned-field-id", "last-assigned-field-id", "last-column-id",
     "last assigned field id"},
    {"assert-current-schema-id", "current-schema-id", "current-schema-id", "current schema"},
    {"assert-last-assigned-partition-id", "last-assigned-partition-id", "last-partition-id",
     "last assigned partition id"},
    {"assert-default-spec-id", "default-spec-id", "default-spec-id", "default partition spec"},
    {"assert-default-sort-order-id", "default-sort-order-id", "default-sort-order-id",
     "default sort order"},
}};

Status CheckUuid(const Json& document, const Json& requirement, const char* member) {
  const std::string wanted = TRY(Text(requirement, "uuid"));
  const auto found = TRY(OptionalText(document, member));
  if (found == wanted) return Status::OK();
  return Failed("UUID does not match: expected {}, found {}", wanted, found.value_or("none"));
}

Status CheckRef(const Json& document, const Json& requirement) {
  const std::string name = TRY(Text(requirement, "ref"));
  const auto wanted = TRY(OptionalNumber(requirement, "snapshot-id"));
  const Json* refs = Member(document, "refs");
  const Json* ref = refs == nullptr ? nullptr : Member(*refs, name);
  std::optional<int64_t> found;
  if (ref != nullptr) found = TRY(OptionalNumber(*ref, "snapshot-id"));
  if (found == wanted) return Status::OK();
  if (!wanted) return Failed("branch or tag {} was created concurrently", name);
  if (!found) return Failed("branch or tag {} is missing, expected {}", name, *wanted);
  return Failed("branch or tag {} has changed: expected id {} != {}", name, *wanted, *found);
}

Status CheckId(const Json& document, const Json& requirement, const IdRequirement& which) {
  const int32_t wanted = TRY(Id(requirement, which.asked));
  const auto found = TRY(OptionalId(document, which.member));
  if (found == wanted) return Status::OK();
  return Failed("{} changed: expected id {} != {}", which.what, wanted, found.value_or(-1));
}

Status CheckOfTable(const Json* document, const Json& requirement) {
  const std::string type = TRY(Text(requirement, "type"));
  if (type == "assert-create") {
    return document == nullptr ? Status::OK() : Failed("table already exists");
  }
  const auto of_id = std::ranges::find(kIdRequirements, type, &IdRequirement::type);
  const bool is_known = of_id != kIdRequirements.end() || type == "assert-table-uuid" ||
                        type == "assert-ref-snapshot-id";
  if (!is_known) return Refused("there is no requirement `{}` of tables", type.substr(0, 60));
  if (document == nullptr) return Failed("the table does not exist");
  if (type == "assert-table-uuid") return CheckUuid(*document, requirement, "table-uuid");
  if (type == "assert-ref-snapshot-id") return CheckRef(*document, requirement);
  return CheckId(*document, requirement, *of_id);
}

}  // namespace

Status CheckTableRequirements(const Json* document, const Json& requirements) {
  for (const Json& requirement : requirements) TRY(CheckOfTable(document, requirement));
  return Status::OK();
}

Status CheckViewRequirements(const Json& document, const Json& requirements) {
  for (const Json& requirement : requirements) {
    const std::string type = TRY(Text(requirement, "type"));
    if (type != "assert-view-uuid") {
      return Refused("there is no requirement `{}` of views", type.substr(0, 60));
    }
    TRY(CheckUuid(document, requirement, "view-uuid"));
  }
  return Status::OK();
}

}  // namespace weir::table::changes
