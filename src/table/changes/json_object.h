// SPDX-License-Identifier: Apache-2.0
#pragma once
// JSON from outside, read with limits and reasons: what engines send and what lies in metadata
// files.

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace weir::table::changes {

/// Keeps the order of members, so that what is carried along looks as it came.
using Json = nlohmann::ordered_json;

/// kBadRequest with a formatted reason.
template <typename... Args>
Status Refused(fmt::format_string<Args...> reason, Args&&... args) {
  return Error(ErrorKind::kBadRequest, fmt::format(reason, std::forward<Args>(args)...));
}

/// Errors: kBadRequest unless `text` is one JSON object that nests at most 256 deep, where no
/// object has more than 4,096 members: looking a member up is linear, and so quadratic when
/// reading.
Result<Json> ParseObject(std::string_view text);
std::string JsonText(const Json& json);

/// The member `name`, or null where it is missing or JSON's null. `object` may be any value.
const Json* Member(const Json& object, std::string_view name);

/// Errors of all below: kBadRequest naming the member; those without `optional` want it to be
/// there.
Result<std::optional<int64_t>> OptionalNumber(const Json& object, std::string_view name);
Result<int64_t> Number(const Json& object, std::string_view name);
Result<std::optional<int32_t>> OptionalId(const Json& object, std::string_view name);
Result<int32_t> Id(const Json& object, std::string_view name);
Result<std::optional<std::string>> OptionalText(const Json& object, std::string_view name);
Result<std::string> Text(const Json& object, std::string_view name);
Result<const Json*> Object(const Json& object, std::string_view name);
/// Of objects.
Result<const Json*> List(const Json& object, std::string_view name);
/// Absent: empty.
Result<std::map<std::string, std::string>> Texts(const Json& object, std::string_view name);
Result<std::vector<int64_t>> Numbers(const Json& object, std::string_view name);
Result<std::vector<std::string>> TextList(const Json& object, std::string_view name);

/// The first object of the list `list_name` of `document` whose integer `id_name` is `id`, or null.
const Json* FindById(const Json& document, std::string_view list_name, std::string_view id_name,
                     int64_t id);
/// Removes all of them.
void EraseById(Json& document, std::string_view list_name, std::string_view id_name, int64_t id);
/// Adds to the end of a list that is made when missing.
void Append(Json& document, std::string_view list_name, Json item);

/// Whether both hold the same, in whatever order their members stand.
bool IsSame(const Json& left, const Json& right);

}  // namespace weir::table::changes
