// SPDX-License-Identifier: Apache-2.0
#include "serve/alter_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "serve/table_facts.h"
#include "table/changes/json_object.h"
#include "table/iceberg/partition_parts.h"

namespace weir::serve {
namespace {

using nlohmann::ordered_json;
using table::changes::Member;
using table::changes::OptionalText;
using table::changes::Refused;

constexpr size_t kBodyBytesMax = 64 << 10;

struct Origin {
  std::string_view word, map;
};
constexpr std::array<Origin, 3> kOrigins = {{{"attributes", "attributes"},
                                             {"resource", "resource.attributes"},
                                             {"scope", "instrumentation_scope.attributes"}}};

Status CheckMembers(const ordered_json& object, std::initializer_list<std::string_view> known) {
  if (!object.is_object()) return Refused("expected a JSON object with {}", fmt::join(known, ", "));
  for (const auto& [name, value] : object.items()) {
    if (std::ranges::find(known, name) != known.end()) continue;
    return Refused("unknown member {}: known are {}", name.substr(0, 60), fmt::join(known, ", "));
  }
  return Status::OK();
}

Result<datafile::AttributeSource> ReadSource(std::string key, const std::string& from) {
  const auto origin = std::ranges::find(kOrigins, from, &Origin::word);
  if (origin == kOrigins.end()) {
    return Refused("from is `{}`, expected attributes, resource or scope", from.substr(0, 60));
  }
  return datafile::AttributeSource{std::string(origin->map), std::move(key)};
}

Result<table::NewColumn> ReadColumn(const ordered_json& asked) {
  TRY(CheckMembers(asked, {"name", "type", "doc", "attribute", "from"}));
  table::NewColumn column;
  column.name = TRY(table::changes::Text(asked, "name"));
  column.type = TRY(table::changes::Text(asked, "type"));
  const auto doc = TRY(OptionalText(asked, "doc"));
  auto attribute = TRY(OptionalText(asked, "attribute"));
  const auto from = TRY(OptionalText(asked, "from"));
  if (from && !attribute) return Refused("column `{}`: from without attribute", column.name);
  if (attribute) {
    const std::string word = from.value_or("attributes");
    column.doc = fmt::format("Attribute {} of {}", *attribute, word);
    column.source = TRY(ReadSource(*std::move(attribute), word));
  }
  if (doc) column.doc = *doc;
  return column;
}

Result<table::OrderedColumn> ReadOrdered(const ordered_json& asked) {
  TRY(CheckMembers(asked, {"column", "descending"}));
  table::OrderedColumn ordered;
  ordered.column = TRY(table::changes::Text(asked, "column"));
  const ordered_json* descends = Member(asked, "descending");
  if (descends == nullptr) return ordered;
  if (!descends->is_boolean()) return Refused("descending has to be true or false");
  ordered.is_descending = descends->get<bool>();
  return ordered;
}

/// `hour(time)`.
Result<datafile::PartitionPart> ReadPart(const std::string& text) {
  const size_t open = text.find('(');
  if (open == std::string::npos || !text.ends_with(')')) {
    return Refused("partition has `{}`, expected a transform of a column, as in hour(time)",
                   text.substr(0, 100));
  }
  return table::iceberg::ReadTransform(std::string_view(text).substr(0, open),
                                       text.substr(open + 1, text.size() - open - 2));
}

Result<table::Alteration> ReadAlteration(const ordered_json& body) {
  TRY(CheckMembers(
      body, {"add_columns", "sort_order", "partition", "set_properties", "remove_properties"}));
  if (body.empty()) return Refused("the body says nothing that is to change");
  table::Alteration alteration;
  if (Member(body, "add_columns") != nullptr) {
    const ordered_json* columns = TRY(table::changes::List(body, "add_columns"));
    for (const ordered_json& asked : *columns) {
      auto column = TRY(ReadColumn(asked));
      alteration.columns.push_back(std::move(column));
    }
  }
  if (Member(body, "sort_order") != nullptr) {
    const ordered_json* order = TRY(table::changes::List(body, "sort_order"));
    alteration.order.emplace();
    for (const ordered_json& asked : *order) {
      auto ordered = TRY(ReadOrdered(asked));
      alteration.order->push_back(std::move(ordered));
    }
  }
  if (Member(body, "partition") != nullptr) {
    const auto parts = TRY(table::changes::TextList(body, "partition"));
    alteration.partition.emplace();
    for (const std::string& text : parts) {
      auto part = TRY(ReadPart(text));
      alteration.partition->push_back(std::move(part));
    }
  }
  alteration.set_properties = TRY(table::changes::Texts(body, "set_properties"));
  if (Member(body, "remove_properties") != nullptr) {
    alteration.removed_properties = TRY(table::changes::TextList(body, "remove_properties"));
  }
  return alteration;
}

Result<net::Response> Answer(const TableSource& tables, const AlterTable& alter, const Call& call) {
  if (!call.request.head.Find("content-type").starts_with("application/json")) {
    return Refused("the header content-type has to be application/json");
  }
  const catalog::TableName name{.schema = call.arguments[0], .name = call.arguments[1]};
  TRY(tables.Find(name));
  const ordered_json body = TRY(table::changes::ParseObject(call.request.body));
  auto alteration = TRY(ReadAlteration(body));
  TRY(alter(name, std::move(alteration)));
  log::Info("altered table", {{"table", name.ToString()}});
  const auto document = TRY(tables.Load(name));
  const auto metadata = TRY(ParseMetadata(document));
  return JsonAnswer(200, TableFacts(document.entry, metadata));
}

}  // namespace

void AddAlterRoute(Router& router, const TableSource& tables, const AlterTable& alter) {
  if (!alter) return;
  router.Add({.method = "POST",
              .pattern = "/api/v1/tables/{}/{}/alter",
              .answer = [&tables, alter](const Call& call) { return Answer(tables, alter, call); },
              .body_bytes_max = kBodyBytesMax});
}

}  // namespace weir::serve
