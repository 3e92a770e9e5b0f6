// SPDX-License-Identifier: Apache-2.0
#include "signal/published_table.h"

#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>

#include <span>

#include "base/check.h"
#include "signal/promoted.h"

namespace weir::signal {
namespace {

using arrow::FieldVector;
using FieldPtr = std::shared_ptr<arrow::Field>;
using TypePtr = std::shared_ptr<arrow::DataType>;

/// Hands out field ids in the order of declaration, depth first. Published ids never change: a
/// column that is added later, promoted ones too, must get the first id that is free, not the next
/// in its place.
class Ids {
 public:
  FieldPtr Field(std::string name, TypePtr type, bool nullable = true) {
    return WithId(next_++, std::move(name), std::move(type), nullable);
  }

  FieldPtr Text(std::string name) { return Field(std::move(name), arrow::utf8()); }
  FieldPtr Int(std::string name) { return Field(std::move(name), arrow::int32()); }
  FieldPtr Long(std::string name) { return Field(std::move(name), arrow::int64()); }
  FieldPtr Double(std::string name) { return Field(std::move(name), arrow::float64()); }
  FieldPtr Bool(std::string name) { return Field(std::move(name), arrow::boolean()); }
  FieldPtr RequiredText(std::string name) { return Field(std::move(name), arrow::utf8(), false); }

  FieldPtr Map(std::string name) {
    const int id = next_++;
    const FieldPtr key = RequiredText("key");
    const FieldPtr value = Text("value");
    return WithId(id, std::move(name), std::make_shared<arrow::MapType>(key, value), true);
  }

  FieldPtr List(std::string name, TypePtr element) {
    const int id = next_++;
    return WithId(id, std::move(name), arrow::list(Field("element", std::move(element))), true);
  }

  /// `fields` declares the members, after the struct has taken its own id.
  template <typename Members>
  FieldPtr Struct(std::string name, Members members) {
    const int id = next_++;
    return WithId(id, std::move(name), arrow::struct_(members()), true);
  }

  template <typename Members>
  FieldPtr StructList(std::string name, Members members) {
    const int id = next_++;
    const FieldPtr element = Struct("element", std::move(members));
    return WithId(id, std::move(name), arrow::list(element), true);
  }

 private:
  static FieldPtr WithId(int id, std::string name, TypePtr type, bool nullable) {
    return arrow::field(std::move(name), std::move(type), nullable,
                        arrow::key_value_metadata({"PARQUET:field_id"}, {std::to_string(id)}));
  }

  int next_ = 1;
};

void Add(FieldVector& fields, FieldVector more) {
  fields.insert(fields.end(), more.begin(), more.end());
}

FieldVector RowIdentity(Ids& ids) {
  return {ids.RequiredText("record_id"),
          ids.Field("time", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), false),
          ids.Field("date", arrow::date32(), false), ids.Text("service_name")};
}

FieldVector Attributes(Ids& ids) { return {ids.Map("attributes"), ids.Text("attributes_types")}; }

FieldVector CountedAttributes(Ids& ids) {
  FieldVector fields = Attributes(ids);
  fields.push_back(ids.Int("dropped_attributes_count"));
  return fields;
}

FieldVector Promoted(Ids& ids, std::span<const PromotedColumn> columns) {
  FieldVector fields;
  for (const PromotedColumn& column : columns) {
    const std::string name(column.name);
    switch (column.type) {
      case PromotedType::kText: fields.push_back(ids.Text(name)); break;
      case PromotedType::kInt: fields.push_back(ids.Int(name)); break;
      case PromotedType::kLong: fields.push_back(ids.Long(name)); break;
      case PromotedType::kDouble: fields.push_back(ids.Double(name)); break;
    }
  }
  return fields;
}

FieldVector Origin(Ids& ids, const std::string& schema_url_name) {
  return {ids.Struct("resource", [&] { return CountedAttributes(ids); }),
          ids.Text("resource_schema_url"),
          ids.Struct("instrumentation_scope",
                     [&] {
                       FieldVector fields = {ids.Text("name"), ids.Text("version")};
                       Add(fields, CountedAttributes(ids));
                       return fields;
                     }),
          ids.Text(schema_url_name)};
}

FieldVector EventMembers(Ids& ids) {
  FieldVector fields = {ids.Long("time_unix_nano"), ids.Text("name")};
  Add(fields, CountedAttributes(ids));
  return fields;
}

FieldVector LinkMembers(Ids& ids) {
  FieldVector fields = {ids.Text("trace_id"), ids.Text("span_id"), ids.Text("trace_state")};
  Add(fields, CountedAttributes(ids));
  fields.push_back(ids.Int("flags"));
  return fields;
}

PublishedTable Spans() {
  Ids ids;
  FieldVector fields = RowIdentity(ids);
  Add(fields,
      {ids.RequiredText("trace_id"), ids.RequiredText("span_id"), ids.Text("parent_span_id"),
       ids.Text("trace_state"), ids.Int("flags"), ids.Text("name"), ids.Text("kind"),
       ids.Long("start_time_unix_nano"), ids.Long("end_time_unix_nano"), ids.Long("duration_ns"),
       ids.Text("status_code"), ids.Text("status_message")});
  Add(fields, Promoted(ids, ResourceColumns()));
  Add(fields, Promoted(ids, SpanColumns()));
  Add(fields, CountedAttributes(ids));
  fields.push_back(ids.StructList("events", [&] { return EventMembers(ids); }));
  fields.push_back(ids.Int("dropped_events_count"));
  fields.push_back(ids.StructList("links", [&] { return LinkMembers(ids); }));
  fields.push_back(ids.Int("dropped_links_count"));
  Add(fields, Origin(ids, "span_schema_url"));
  return {"otel_spans",
          arrow::schema(fields),
          "date",
          {"service_name", "time"},
          {"trace_id", "span_id"},
          {"service_name", "trace_id", "time"}};
}

PublishedTable Logs() {
  Ids ids;
  FieldVector fields = RowIdentity(ids);
  Add(fields,
      {ids.Text("event_name"), ids.Text("trace_id"), ids.Text("span_id"),
       ids.Long("time_unix_nano"), ids.Long("observed_time_unix_nano"), ids.Int("severity_number"),
       ids.Text("severity_text"), ids.Text("body"), ids.Text("body_type"), ids.Int("flags")});
  Add(fields, Promoted(ids, ResourceColumns()));
  Add(fields, Promoted(ids, LogColumns()));
  Add(fields, CountedAttributes(ids));
  Add(fields, Origin(ids, "log_schema_url"));
  return {"otel_logs", arrow::schema(fields), "date", {"service_name", "time"}, {"trace_id"}};
}

FieldVector ExemplarMembers(Ids& ids) {
  return {ids.Long("time_unix_nano"),
          ids.Double("value"),
          ids.Long("value_int"),
          ids.Text("span_id"),
          ids.Text("trace_id"),
          ids.Map("filtered_attributes"),
          ids.Text("filtered_attributes_types")};
}

PublishedTable Metrics() {
  Ids ids;
  FieldVector fields = RowIdentity(ids);
  Add(fields,
      {ids.Long("start_time_unix_nano"), ids.Long("time_unix_nano"), ids.Text("name"),
       ids.Text("description"), ids.Text("unit"), ids.Text("metric_type"), ids.Long("series_id")});
  Add(fields, Promoted(ids, ResourceColumns()));
  Add(fields, Attributes(ids));
  Add(fields, {ids.Int("flags"), ids.Bool("is_monotonic"), ids.Text("aggregation_temporality"),
               ids.Double("value"), ids.Long("value_int"), ids.Long("count"), ids.Double("sum"),
               ids.Double("min"), ids.Double("max"), ids.List("bucket_counts", arrow::int64()),
               ids.List("explicit_bounds", arrow::float64()), ids.Int("scale"),
               ids.Long("zero_count"), ids.Double("zero_threshold"), ids.Int("positive_offset"),
               ids.List("positive_bucket_counts", arrow::int64()), ids.Int("negative_offset"),
               ids.List("negative_bucket_counts", arrow::int64())});
  fields.push_back(ids.StructList(
      "quantiles", [&] { return FieldVector{ids.Double("quantile"), ids.Double("value")}; }));
  fields.push_back(ids.StructList("exemplars", [&] { return ExemplarMembers(ids); }));
  fields.push_back(ids.Map("metadata"));
  Add(fields, Origin(ids, "metric_schema_url"));
  return {"otel_metrics", arrow::schema(fields), "date", {"name", "series_id", "time"}, {}};
}

PublishedTable DeadLetterTable() {
  Ids ids;
  FieldVector fields = RowIdentity(ids);
  Add(fields, {ids.Text("signal"), ids.Text("target_table"), ids.Text("reason"), ids.Text("detail"),
               ids.Text("source"), ids.Text("encoding"), ids.Text("compression"),
               ids.Field("original", arrow::binary()), ids.Bool("original_is_cut")});
  return {"otel_dead_letters", arrow::schema(fields), "date", {"time"}, {}};
}

FieldPtr RequiredTime(Ids& ids, std::string name) {
  return ids.Field(std::move(name), arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), false);
}

/// Without record_id: rows are summed up, and stand for spans that have one.
PublishedTable TraceIndex() {
  Ids ids;
  FieldVector fields = {ids.RequiredText("trace_id"),  RequiredTime(ids, "min_time"),
                        RequiredTime(ids, "max_time"), ids.Field("date", arrow::date32(), false),
                        ids.Long("span_count"),        ids.Text("root_name"),
                        ids.Text("root_service"),      ids.Bool("has_error")};
  return {"trace_index", arrow::schema(fields), "date", {"trace_id"}, {"trace_id"}};
}

}  // namespace

const PublishedTable& Published(Table table) {
  static const PublishedTable tables[kTableCount] = {Spans(), Logs(), Metrics(), DeadLetterTable(),
                                                     TraceIndex()};
  return tables[static_cast<int>(table)];
}

int32_t FieldIdOf(const PublishedTable& table, const std::string& column) {
  const FieldPtr field = table.schema->GetFieldByName(column);
  CHECK(field != nullptr);
  return std::stoi(field->metadata()->Get("PARQUET:field_id").ValueOrDie());
}

std::string TableName(const TableSet& tables, Table table) {
  return tables.prefix + Published(table).name;
}

}  // namespace weir::signal
