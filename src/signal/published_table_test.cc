// SPDX-License-Identifier: Apache-2.0
// The published schemas, literally. A change here breaks every table that exists: add lines with
// new ids, nullable, and never change or remove one.

#include "signal/published_table.h"

#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace weir::signal {
namespace {

constexpr std::string_view kSpanFields = R"(
1 record_id string!
2 time timestamp[us, tz=UTC]!
3 date date32[day]!
4 service_name string
5 trace_id string!
6 span_id string!
7 parent_span_id string
8 trace_state string
9 flags int32
10 name string
11 kind string
12 start_time_unix_nano int64
13 end_time_unix_nano int64
14 duration_ns int64
15 status_code string
16 status_message string
17 service_namespace string
18 service_version string
19 service_instance_id string
20 deployment_environment_name string
21 host_name string
22 cloud_region string
23 k8s_cluster_name string
24 k8s_namespace_name string
25 k8s_pod_name string
26 http_request_method string
27 http_route string
28 http_response_status_code int32
29 url_path string
30 server_address string
31 db_system_name string
32 db_namespace string
33 db_operation_name string
34 db_collection_name string
35 rpc_system string
36 rpc_service string
37 rpc_method string
38 messaging_system string
39 messaging_destination_name string
40 error_type string
41 session_id string
42 user_id string
43 span_type string
44 gen_ai_operation_name string
45 gen_ai_provider_name string
46 gen_ai_request_model string
47 gen_ai_response_model string
48 gen_ai_agent_name string
49 gen_ai_tool_name string
50 input_tokens int64
51 output_tokens int64
52 cache_read_tokens int64
53 cache_write_tokens int64
54 reasoning_tokens int64
55 cost_usd double
56 mlflow_experiment_id string
57 attributes map
  58 key string!
  59 value string
60 attributes_types string
61 dropped_attributes_count int32
62 events list
  63 element struct
    64 time_unix_nano int64
    65 name string
    66 attributes map
      67 key string!
      68 value string
    69 attributes_types string
    70 dropped_attributes_count int32
71 dropped_events_count int32
72 links list
  73 element struct
    74 trace_id string
    75 span_id string
    76 trace_state string
    77 attributes map
      78 key string!
      79 value string
    80 attributes_types string
    81 dropped_attributes_count int32
    82 flags int32
83 dropped_links_count int32
84 resource struct
  85 attributes map
    86 key string!
    87 value string
  88 attributes_types string
  89 dropped_attributes_count int32
90 resource_schema_url string
91 instrumentation_scope struct
  92 name string
  93 version string
  94 attributes map
    95 key string!
    96 value string
  97 attributes_types string
  98 dropped_attributes_count int32
99 span_schema_url string
)";

constexpr std::string_view kLogFields = R"(
1 record_id string!
2 time timestamp[us, tz=UTC]!
3 date date32[day]!
4 service_name string
5 event_name string
6 trace_id string
7 span_id string
8 time_unix_nano int64
9 observed_time_unix_nano int64
10 severity_number int32
11 severity_text string
12 body string
13 body_type string
14 flags int32
15 service_namespace string
16 service_version string
17 service_instance_id string
18 deployment_environment_name string
19 host_name string
20 cloud_region string
21 k8s_cluster_name string
22 k8s_namespace_name string
23 k8s_pod_name string
24 exception_type string
25 exception_message string
26 session_id string
27 user_id string
28 gen_ai_request_model string
29 input_tokens int64
30 output_tokens int64
31 cost_usd double
32 attributes map
  33 key string!
  34 value string
35 attributes_types string
36 dropped_attributes_count int32
37 resource struct
  38 attributes map
    39 key string!
    40 value string
  41 attributes_types string
  42 dropped_attributes_count int32
43 resource_schema_url string
44 instrumentation_scope struct
  45 name string
  46 version string
  47 attributes map
    48 key string!
    49 value string
  50 attributes_types string
  51 dropped_attributes_count int32
52 log_schema_url string
)";

constexpr std::string_view kMetricFields = R"(
1 record_id string!
2 time timestamp[us, tz=UTC]!
3 date date32[day]!
4 service_name string
5 start_time_unix_nano int64
6 time_unix_nano int64
7 name string
8 description string
9 unit string
10 metric_type string
11 series_id int64
12 service_namespace string
13 service_version string
14 service_instance_id string
15 deployment_environment_name string
16 host_name string
17 cloud_region string
18 k8s_cluster_name string
19 k8s_namespace_name string
20 k8s_pod_name string
21 attributes map
  22 key string!
  23 value string
24 attributes_types string
25 flags int32
26 is_monotonic bool
27 aggregation_temporality string
28 value double
29 value_int int64
30 count int64
31 sum double
32 min double
33 max double
34 bucket_counts list
  35 element int64
36 explicit_bounds list
  37 element double
38 scale int32
39 zero_count int64
40 zero_threshold double
41 positive_offset int32
42 positive_bucket_counts list
  43 element int64
44 negative_offset int32
45 negative_bucket_counts list
  46 element int64
47 quantiles list
  48 element struct
    49 quantile double
    50 value double
51 exemplars list
  52 element struct
    53 time_unix_nano int64
    54 value double
    55 value_int int64
    56 span_id string
    57 trace_id string
    58 filtered_attributes map
      59 key string!
      60 value string
    61 filtered_attributes_types string
62 metadata map
  63 key string!
  64 value string
65 resource struct
  66 attributes map
    67 key string!
    68 value string
  69 attributes_types string
  70 dropped_attributes_count int32
71 resource_schema_url string
72 instrumentation_scope struct
  73 name string
  74 version string
  75 attributes map
    76 key string!
    77 value string
  78 attributes_types string
  79 dropped_attributes_count int32
80 metric_schema_url string
)";

constexpr std::string_view kDeadLetterFields = R"(
1 record_id string!
2 time timestamp[us, tz=UTC]!
3 date date32[day]!
4 service_name string
5 signal string
6 target_table string
7 reason string
8 detail string
9 source string
10 encoding string
11 compression string
12 original binary
13 original_is_cut bool
)";

constexpr std::string_view kTraceIndexFields = R"(
1 trace_id string!
2 min_time timestamp[us, tz=UTC]!
3 max_time timestamp[us, tz=UTC]!
4 date date32[day]!
5 span_count int64
6 root_name string
7 root_service string
8 has_error bool
)";

std::string IdOf(const arrow::Field& field) {
  const auto metadata = field.metadata();
  return metadata == nullptr ? "none" : metadata->Get("PARQUET:field_id").ValueOr("none");
}

std::string TypeOf(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::MAP: return "map";
    case arrow::Type::LIST: return "list";
    case arrow::Type::STRUCT: return "struct";
    default: return type.ToString();
  }
}

/// A line a field, `id name type`, members indented below; `!` marks what is never null.
void Describe(const arrow::Field& field, const std::string& indent, std::string& out) {
  out += indent + IdOf(field) + " " + field.name() + " " + TypeOf(*field.type()) +
         (field.nullable() ? "\n" : "!\n");
  if (field.type()->id() == arrow::Type::MAP) {
    const auto& map = static_cast<const arrow::MapType&>(*field.type());
    Describe(*map.key_field(), indent + "  ", out);
    Describe(*map.item_field(), indent + "  ", out);
    return;
  }
  for (const auto& member : field.type()->fields()) Describe(*member, indent + "  ", out);
}

std::string FieldsOf(Table table) {
  std::string out = "\n";
  for (const auto& field : Published(table).schema->fields()) Describe(*field, "", out);
  return out;
}
std::string FieldsOf(Signal signal) { return FieldsOf(TableOf(signal)); }

TEST(PublishedTable, HasExactlyThePublishedSpanColumns) {
  EXPECT_EQ(FieldsOf(Signal::kTraces), kSpanFields);
}

TEST(PublishedTable, HasExactlyThePublishedLogColumns) {
  EXPECT_EQ(FieldsOf(Signal::kLogs), kLogFields);
}

TEST(PublishedTable, HasExactlyThePublishedMetricColumns) {
  EXPECT_EQ(FieldsOf(Signal::kMetrics), kMetricFields);
}

TEST(PublishedTable, HasExactlyThePublishedColumnsOfDeadLetters) {
  EXPECT_EQ(FieldsOf(Table::kDeadLetters), kDeadLetterFields);
}

TEST(PublishedTable, HasExactlyThePublishedColumnsOfTheTraceIndex) {
  EXPECT_EQ(FieldsOf(Table::kTraceIndex), kTraceIndexFields);
  EXPECT_EQ(Published(Table::kTraceIndex).sort_columns, (std::vector<std::string>{"trace_id"}));
}

TEST(PublishedTable, KnowsAColumnsFieldId) {
  EXPECT_EQ(FieldIdOf(Published(Table::kSpans), "trace_id"), 5);
  EXPECT_EQ(FieldIdOf(Published(Table::kTraceIndex), "max_time"), 3);
}

void CollectIds(const arrow::DataType& type, std::vector<std::string>& ids) {
  for (const auto& field : type.fields()) {
    // Arrow puts a struct of its own between a map and its key and value; it has no id in Parquet.
    if (type.id() != arrow::Type::MAP) ids.push_back(IdOf(*field));
    CollectIds(*field->type(), ids);
  }
}

TEST(PublishedTable, GivesEveryFieldAnIdOfItsOwn) {
  for (const Signal signal : kSignals) {
    std::vector<std::string> ids;
    CollectIds(*arrow::struct_(Published(TableOf(signal)).schema->fields()), ids);

    EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), ids.size()) << Name(signal);
    EXPECT_EQ(std::ranges::count(ids, "none"), 0) << Name(signal);
  }
}

TEST(PublishedTable, PartitionsSortsAndFiltersByColumnsItHas) {
  for (const Signal signal : kSignals) {
    const PublishedTable& table = Published(TableOf(signal));
    EXPECT_EQ(table.partition_column, "date");
    EXPECT_NE(table.schema->GetFieldByName("date"), nullptr);
    for (const auto& columns : {table.sort_columns, table.bloom_columns}) {
      for (const auto& name : columns)
        EXPECT_NE(table.schema->GetFieldByName(name), nullptr) << name;
    }
  }
  EXPECT_EQ(Published(TableOf(Signal::kMetrics)).sort_columns,
            (std::vector<std::string>{"name", "series_id", "time"}));
  EXPECT_EQ(Published(TableOf(Signal::kTraces)).bloom_columns,
            (std::vector<std::string>{"trace_id", "span_id"}));
}

TEST(TableName, PutsThePrefixBeforeThePublishedName) {
  EXPECT_EQ(TableName({}, TableOf(Signal::kTraces)), "otel_spans");
  EXPECT_EQ(TableName({.prefix = "shop_"}, TableOf(Signal::kLogs)), "shop_otel_logs");
  EXPECT_EQ(TableName({.prefix = "shop_"}, Table::kTraceIndex), "shop_trace_index");
  EXPECT_EQ(TableName({.schema = "other", .prefix = "a_"}, TableOf(Signal::kMetrics)),
            "a_otel_metrics");
}

TEST(Signal, IsNamedAsInOtlpPathsAndCollectorMetrics) {
  EXPECT_EQ(Name(Signal::kTraces), "traces");
  EXPECT_EQ(Name(Signal::kLogs), "logs");
  EXPECT_EQ(Name(Signal::kMetrics), "metrics");
  EXPECT_EQ(ItemName(Signal::kTraces), "spans");
  EXPECT_EQ(ItemName(Signal::kLogs), "log_records");
  EXPECT_EQ(ItemName(Signal::kMetrics), "metric_points");
}

}  // namespace
}  // namespace weir::signal
