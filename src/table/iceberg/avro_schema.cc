// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/avro_schema.h"

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>

namespace weir::table::iceberg::avro {
namespace {

using nlohmann::json;

// Manifests nest 7 levels deep; the limit keeps hostile schemas off the stack.
constexpr int kDepthMax = 32;

Status Malformed(std::string_view what) {
  return Error(ErrorKind::kBadRequest, fmt::format("read avro schema: {}", what));
}

std::string TextAt(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Turns JSON into types, remembering named ones for later references.
class Parser {
 public:
  Result<TypePointer> Parse(const json& node, int depth) {
    if (depth > kDepthMax) return Malformed("nested too deeply");
    if (node.is_string()) return ParseName(node.get<std::string>());
    if (node.is_array()) return ParseUnion(node, depth);
    if (!node.is_object()) return Malformed("a type is neither text, list nor object");
    const auto type = node.find("type");
    if (type == node.end()) return Malformed("an object without a type");
    if (!type->is_string()) return Parse(*type, depth + 1);
    return ParseObject(node, type->get<std::string>(), depth);
  }

 private:
  Result<TypePointer> ParseName(const std::string& name) {
    static const std::map<std::string, Kind> primitives = {
        {"null", Kind::kNull},   {"boolean", Kind::kBool}, {"int", Kind::kInt},
        {"long", Kind::kInt},    {"float", Kind::kFloat},  {"double", Kind::kDouble},
        {"bytes", Kind::kBytes}, {"string", Kind::kBytes}};
    if (const auto found = primitives.find(name); found != primitives.end()) {
      return std::make_shared<const Type>(Type{.kind = found->second});
    }
    if (const auto found = named_.find(name); found != named_.end()) return found->second;
    return Malformed(fmt::format("unknown type {}", name));
  }

  Result<TypePointer> ParseUnion(const json& node, int depth) {
    Type type{.kind = Kind::kUnion};
    for (const json& branch : node) {
      auto parsed = TRY(Parse(branch, depth + 1));
      type.branches.push_back(std::move(parsed));
    }
    if (type.branches.empty()) return Malformed("a union without branches");
    return std::make_shared<const Type>(std::move(type));
  }

  Result<TypePointer> ParseObject(const json& node, const std::string& type, int depth) {
    if (type == "record") {
      auto record = TRY(ParseRecord(node, depth));
      return Remember(node, std::move(record));
    }
    if (type == "array") return ParseItems(node, Kind::kArray, "items", depth);
    if (type == "map") return ParseItems(node, Kind::kMap, "values", depth);
    if (type == "enum") return Remember(node, Type{.kind = Kind::kInt});
    if (type == "fixed") {
      const auto size = node.find("size");
      if (size == node.end() || !size->is_number_unsigned()) return Malformed("fixed without size");
      return Remember(node, Type{.kind = Kind::kFixed, .fixed_size = size->get<int64_t>()});
    }
    return ParseName(type);
  }

  Result<Type> ParseRecord(const json& node, int depth) {
    const auto fields = node.find("fields");
    if (fields == node.end() || !fields->is_array()) return Malformed("a record without fields");
    Type type{.kind = Kind::kRecord};
    for (const json& item : *fields) {
      if (!item.is_object() || !item.contains("type")) return Malformed("a field without type");
      Field field{.name = TextAt(item, "name")};
      if (const auto id = item.find("field-id"); id != item.end() && id->is_number_integer()) {
        field.id = id->get<int32_t>();
      }
      field.type = TRY(Parse(item.at("type"), depth + 1));
      type.fields.push_back(std::move(field));
    }
    return type;
  }

  Result<TypePointer> ParseItems(const json& node, Kind kind, const char* name, int depth) {
    const auto items = node.find(name);
    if (items == node.end()) return Malformed(fmt::format("no {}", name));
    Type type{.kind = kind};
    auto parsed = TRY(Parse(*items, depth + 1));
    type.branches.push_back(std::move(parsed));
    return std::make_shared<const Type>(std::move(type));
  }

  TypePointer Remember(const json& node, Type type) {
    auto pointer = std::make_shared<const Type>(std::move(type));
    const std::string name = TextAt(node, "name");
    const std::string space = TextAt(node, "namespace");
    named_[name] = pointer;
    if (!space.empty()) named_[space + "." + name] = pointer;
    return pointer;
  }

  std::map<std::string, TypePointer> named_;
};

/// Schemas parsed before, by their text: the manifests of a table all carry the same one, and to
/// parse it takes longer than to read a small manifest's entries. Bounded: strangers' files have
/// texts of their own.
class KnownSchemas {
 public:
  static KnownSchemas& OfProcess() {
    static KnownSchemas known;
    return known;
  }

  TypePointer Find(std::string_view text) const {
    const std::scoped_lock lock(mutex_);
    const auto found = schemas_.find(text);
    return found == schemas_.end() ? nullptr : found->second;
  }

  void Remember(std::string_view text, TypePointer schema) {
    if (text.size() > kLongestText) return;
    const std::scoped_lock lock(mutex_);
    if (schemas_.size() >= kMost) schemas_.clear();
    schemas_.try_emplace(std::string(text), std::move(schema));
  }

 private:
  static constexpr size_t kMost = 64;
  static constexpr size_t kLongestText = 64 << 10;

  mutable std::mutex mutex_;
  std::map<std::string, TypePointer, std::less<>> schemas_;
};

}  // namespace

std::optional<size_t> Type::IndexOf(int32_t field_id) const {
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].id == field_id) return i;
  }
  return std::nullopt;
}

Result<TypePointer> ParseSchema(std::string_view text) {
  if (TypePointer known = KnownSchemas::OfProcess().Find(text)) return known;
  const json node = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (node.is_discarded()) return Malformed("not JSON");
  TypePointer schema = TRY(Parser().Parse(node, 0));
  KnownSchemas::OfProcess().Remember(text, schema);
  return schema;
}

}  // namespace weir::table::iceberg::avro
