// SPDX-License-Identifier: Apache-2.0
#include "table/scan/filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "table/iceberg/schema_fields.h"
#include "table/scan/filter_value.h"

namespace weir::table::scan {
namespace {

using Json = nlohmann::ordered_json;
using iceberg::LeafTypes;
using iceberg::SchemaFields;

constexpr int kDepthMax = 100;

template <typename... Args>
Status Refused(fmt::format_string<Args...> reason, Args&&... args) {
  return Error(ErrorKind::kBadRequest,
               "filter: " + fmt::format(reason, std::forward<Args>(args)...));
}

struct Word {
  std::string_view type;
  Comparison plain, negated;
};
constexpr std::array<Word, 14> kWords = {{
    {"lt", Comparison::kLess, Comparison::kAtLeast},
    {"lt-eq", Comparison::kAtMost, Comparison::kMore},
    {"gt", Comparison::kMore, Comparison::kAtMost},
    {"gt-eq", Comparison::kAtLeast, Comparison::kLess},
    {"eq", Comparison::kEqual, Comparison::kNotEqual},
    {"not-eq", Comparison::kNotEqual, Comparison::kEqual},
    {"in", Comparison::kEqual, Comparison::kNotEqual},
    {"not-in", Comparison::kNotEqual, Comparison::kEqual},
    {"starts-with", Comparison::kStartsWith, Comparison::kNotStartsWith},
    {"not-starts-with", Comparison::kNotStartsWith, Comparison::kStartsWith},
    {"is-null", Comparison::kIsNull, Comparison::kNotNull},
    {"not-null", Comparison::kNotNull, Comparison::kIsNull},
    {"is-nan", Comparison::kIsNan, Comparison::kNotNan},
    {"not-nan", Comparison::kNotNan, Comparison::kIsNan},
}};

std::string Lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

/// The member `name`, or the one that the specification called it before; null where neither is.
const Json* Either(const Json& object, const char* name, const char* older) {
  const auto found = object.find(object.contains(name) ? name : older);
  return found == object.end() ? nullptr : &*found;
}

/// Reads one filter. Borrows; lives for one call.
class Reader {
 public:
  Reader(const SchemaFields& fields, const LeafTypes& leaves, bool is_case_sensitive)
      : fields_(fields), leaves_(leaves), is_case_sensitive_(is_case_sensitive) {}

  Result<Filter> Read(const Json& json, bool is_negated, int depth) const {
    if (depth > kDepthMax) return Refused("nested more than {} deep", kDepthMax);
    if (json.is_boolean()) return Literal(json.get<bool>() != is_negated);
    const auto type = json.is_object() ? json.find("type") : json.end();
    if (type == json.end() || !type->is_string()) return Refused("a predicate without type");
    const auto& word = type->get_ref<const std::string&>();
    if (word == "true" || word == "false") return Literal((word == "true") != is_negated);
    if (word == "not") return ReadNot(json, is_negated, depth);
    if (word == "and" || word == "or")
      return ReadBoth(json, (word == "and") != is_negated, is_negated, depth);
    const auto known = std::ranges::find(kWords, word, &Word::type);
    if (known == kWords.end()) return Refused("there is no predicate `{}`", word.substr(0, 60));
    return ReadCondition(json, is_negated ? known->negated : known->plain);
  }

 private:
  static Filter Literal(bool is_true) {
    return {.kind = is_true ? Filter::Kind::kAlways : Filter::Kind::kNever};
  }

  Result<Filter> ReadNot(const Json& json, bool is_negated, int depth) const {
    const auto child = json.find("child");
    if (child == json.end()) return Refused("`not` without child");
    return Read(*child, !is_negated, depth + 1);
  }

  Result<Filter> ReadBoth(const Json& json, bool is_and, bool is_negated, int depth) const {
    Filter filter{.kind = is_and ? Filter::Kind::kAnd : Filter::Kind::kOr};
    for (const char* side : {"left", "right"}) {
      const auto part = json.find(side);
      if (part == json.end()) return Refused("`and` or `or` without {}", side);
      Filter read = TRY(Read(*part, is_negated, depth + 1));
      filter.parts.push_back(std::move(read));
    }
    return filter;
  }

  Result<Filter> ReadCondition(const Json& json, Comparison comparison) const {
    const bool is_unary = comparison >= Comparison::kIsNull;
    const bool is_set = json.contains("values");
    const Json* term = Either(json, is_unary || is_set ? "child" : "left", "term");
    if (term == nullptr) return Refused("a comparison without term");
    const std::optional<std::string> name = NameIn(*term);
    if (!name) return Literal(true);  // Of a transform or a function.
    Filter filter{.kind = Filter::Kind::kCondition};
    filter.condition.comparison = comparison;
    TRY(FindColumn(*name, filter.condition));
    if (is_unary) return filter;
    const Json* value = Either(json, is_set ? "values" : "right", is_set ? "values" : "value");
    if (value == nullptr || (is_set && !value->is_array())) return Refused("{}: no value", *name);
    const Json single = is_set ? Json() : Json::array({*value});
    for (const Json& one : is_set ? *value : single) {
      auto read = ValueOf(one, filter.condition.type, fields_.at(filter.condition.field_id).type);
      if (!read) return Literal(true);  // Whoever reads the rows knows what it means.
      filter.condition.values.push_back(*std::move(read));
    }
    return filter;
  }

  /// Nothing where it is no plain column.
  static std::optional<std::string> NameIn(const Json& term) {
    if (term.is_string()) return term.get<std::string>();
    const bool is_reference = term.is_object() && term.value("type", Json()) == "reference";
    const Json* name = is_reference ? Either(term, "name", "term") : nullptr;
    if (name == nullptr || !name->is_string()) return std::nullopt;
    return name->get<std::string>();
  }

  Status FindColumn(const std::string& name, Condition& condition) const {
    condition.column = name;
    for (const auto& [id, field] : fields_) {
      const bool is_it =
          field.path == name || (!is_case_sensitive_ && Lower(field.path) == Lower(name));
      if (!is_it) continue;
      const auto leaf = leaves_.find(id);
      condition.field_id = id;
      condition.column = field.path;
      condition.type = leaf == leaves_.end() ? LeafType::kOther : leaf->second;
      return Status::OK();
    }
    return Refused("the table has no column `{}`", name.substr(0, 100));
  }

  const SchemaFields& fields_;
  const LeafTypes& leaves_;
  const bool is_case_sensitive_;
};

}  // namespace

Result<Filter> ReadFilter(const Json& json, const iceberg::Schema& schema, bool is_case_sensitive) {
  const SchemaFields fields = TRY(iceberg::SchemaFieldsOf(schema));
  const LeafTypes leaves = TRY(iceberg::LeafTypesOf(schema));
  return Reader(fields, leaves, is_case_sensitive).Read(json, /*is_negated=*/false, 0);
}

}  // namespace weir::table::scan
