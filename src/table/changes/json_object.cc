// SPDX-License-Identifier: Apache-2.0
#include "table/changes/json_object.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace weir::table::changes {
namespace {

constexpr size_t kDepthMax = 256;
constexpr size_t kMembersMax = 4'096;

/// Looks at brackets and colons outside of texts, before a tree is built of them.
Status CheckShape(std::string_view text) {
  std::vector<size_t> members;  // Of each open object or list.
  bool is_in_text = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_in_text) {
      if (c == '\\') ++i;
      if (c == '"') is_in_text = false;
    } else if (c == '"') {
      is_in_text = true;
    } else if (c == '{' || c == '[') {
      members.push_back(0);
      if (members.size() > kDepthMax) return Refused("the JSON nests deeper than {}", kDepthMax);
    } else if (c == '}' || c == ']') {
      if (!members.empty()) members.pop_back();
    } else if (c == ':' && !members.empty() && ++members.back() > kMembersMax) {
      return Refused("a JSON object has more than {} members", kMembersMax);
    }
  }
  return Status::OK();
}

bool IsInt64(const Json& value) {
  if (!value.is_number_integer()) return false;
  return !value.is_number_unsigned() ||
         value.get<uint64_t>() <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
}

Status Missing(std::string_view name) { return Refused("`{}` is missing", name); }

}  // namespace

Result<Json> ParseObject(std::string_view text) {
  TRY(CheckShape(text));
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return Refused("this is not a JSON object");
  return json;
}

std::string JsonText(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

const Json* Member(const Json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

Result<std::optional<int64_t>> OptionalNumber(const Json& object, std::string_view name) {
  const Json* value = Member(object, name);
  if (value == nullptr) return std::nullopt;
  if (!IsInt64(*value)) return Refused("`{}` is not a 64-bit integer", name);
  return value->get<int64_t>();
}

Result<int64_t> Number(const Json& object, std::string_view name) {
  const std::optional<int64_t> number = TRY(OptionalNumber(object, name));
  if (!number) return Missing(name);
  return *number;
}

Result<std::optional<int32_t>> OptionalId(const Json& object, std::string_view name) {
  const std::optional<int64_t> number = TRY(OptionalNumber(object, name));
  if (!number) return std::nullopt;
  if (*number < -1 || *number > std::numeric_limits<int32_t>::max()) {
    return Refused("`{}` is {}, which is no id", name, *number);
  }
  return static_cast<int32_t>(*number);
}

Result<int32_t> Id(const Json& object, std::string_view name) {
  const std::optional<int32_t> id = TRY(OptionalId(object, name));
  if (!id) return Missing(name);
  return *id;
}

Result<std::optional<std::string>> OptionalText(const Json& object, std::string_view name) {
  const Json* value = Member(object, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) return Refused("`{}` is not text", name);
  return value->get<std::string>();
}

Result<std::string> Text(const Json& object, std::string_view name) {
  auto text = TRY(OptionalText(object, name));
  if (!text) return Missing(name);
  return *std::move(text);
}

Result<const Json*> Object(const Json& object, std::string_view name) {
  const Json* value = Member(object, name);
  if (value == nullptr) return Missing(name);
  if (!value->is_object()) return Refused("`{}` is not an object", name);
  return value;
}

Result<const Json*> List(const Json& object, std::string_view name) {
  const Json* value = Member(object, name);
  if (value == nullptr) return Missing(name);
  const bool holds_objects = value->is_array() && std::ranges::all_of(*value, [](const Json& item) {
                               return item.is_object();
                             });
  if (!holds_objects) return Refused("`{}` is not a list of objects", name);
  return value;
}

Result<std::map<std::string, std::string>> Texts(const Json& object, std::string_view name) {
  std::map<std::string, std::string> texts;
  const Json* value = Member(object, name);
  if (value == nullptr) return texts;
  if (!value->is_object()) return Refused("`{}` is not an object", name);
  for (const auto& [key, text] : value->items()) {
    if (!text.is_string()) return Refused("`{}` in `{}` is not text", key, name);
    texts[key] = text.get_ref<const std::string&>();
  }
  return texts;
}

Result<std::vector<int64_t>> Numbers(const Json& object, std::string_view name) {
  std::vector<int64_t> numbers;
  const Json* value = Member(object, name);
  if (value == nullptr) return Missing(name);
  if (!value->is_array() || !std::ranges::all_of(*value, IsInt64)) {
    return Refused("`{}` is not a list of 64-bit integers", name);
  }
  for (const Json& item : *value) numbers.push_back(item.get<int64_t>());
  return numbers;
}

Result<std::vector<std::string>> TextList(const Json& object, std::string_view name) {
  std::vector<std::string> texts;
  const Json* value = Member(object, name);
  if (value == nullptr) return Missing(name);
  if (!value->is_array()) return Refused("`{}` is not a list", name);
  for (const Json& item : *value) {
    if (!item.is_string()) return Refused("`{}` holds more than texts", name);
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

const Json* FindById(const Json& document, std::string_view list_name, std::string_view id_name,
                     int64_t id) {
  const Json* list = Member(document, list_name);
  if (list == nullptr) return nullptr;
  for (const Json& item : *list) {
    const Json* found = Member(item, id_name);
    if (found != nullptr && IsInt64(*found) && found->get<int64_t>() == id) return &item;
  }
  return nullptr;
}

void EraseById(Json& document, std::string_view list_name, std::string_view id_name, int64_t id) {
  const auto list = document.find(list_name);
  if (list == document.end() || !list->is_array()) return;
  Json kept = Json::array();
  for (Json& item : *list) {
    const Json* found = Member(item, id_name);
    const bool is_it = found != nullptr && IsInt64(*found) && found->get<int64_t>() == id;
    if (!is_it) kept.push_back(std::move(item));
  }
  *list = std::move(kept);
}

void Append(Json& document, std::string_view list_name, Json item) {
  Json& list = document[std::string(list_name)];
  if (!list.is_array()) list = Json::array();
  list.push_back(std::move(item));
}

bool IsSame(const Json& left, const Json& right) {
  return nlohmann::json(left) == nlohmann::json(right);
}

}  // namespace weir::table::changes
