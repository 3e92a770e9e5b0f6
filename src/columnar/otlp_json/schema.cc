// SPDX-License-Identifier: Apache-2.0
// Numbers and types: opentelemetry-proto v1.x, {common,resource,trace,logs,metrics}/v1/*.proto.
#include "columnar/otlp_json/schema.h"

namespace weir::columnar::otlp_json {
namespace {

using enum Kind;
using enum Count;

// AnyValue holds itself, so it is named before it is described.
extern const Message kAnyValueMessage;

constexpr Field kKeyValueFields[] = {{"key", 1, kString}, {"value", 2, kAnyValueMessage}};
constinit const Message kKeyValue(kKeyValueFields, Role::kKeyValue);

constexpr Field kArrayValueFields[] = {{"values", 1, kAnyValueMessage, kMany}};
constinit const Message kArrayValueMessage(kArrayValueFields);

constexpr Field kKeyValueListFields[] = {{"values", 1, kKeyValue, kMany}};
constinit const Message kKeyValueListMessage(kKeyValueListFields);

constexpr Field kAnyValueFields[] = {
    {"stringValue", 1, kString},
    {"boolValue", 2, kBool},
    {"intValue", 3, kInt64},
    {"doubleValue", 4, kDouble},
    {"arrayValue", 5, kArrayValueMessage},
    {"kvlistValue", 6, kKeyValueListMessage},
    {"bytesValue", 7, kBytes},
};
constinit const Message kAnyValueMessage(kAnyValueFields, Role::kAnyValue);

constexpr Field kResourceFields[] = {{"attributes", 1, kKeyValue, kMany},
                                     {"droppedAttributesCount", 2, kUint32}};
constinit const Message kResource(kResourceFields);

constexpr Field kScopeFields[] = {{"name", 1, kString},
                                  {"version", 2, kString},
                                  {"attributes", 3, kKeyValue, kMany},
                                  {"droppedAttributesCount", 4, kUint32}};
constinit const Message kScope(kScopeFields);

// Traces.

constexpr std::string_view kSpanKinds[] = {"SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL",
                                           "SPAN_KIND_SERVER",      "SPAN_KIND_CLIENT",
                                           "SPAN_KIND_PRODUCER",    "SPAN_KIND_CONSUMER"};
constexpr std::string_view kStatusCodes[] = {"STATUS_CODE_UNSET", "STATUS_CODE_OK",
                                             "STATUS_CODE_ERROR"};

constexpr Field kEventFields[] = {{"timeUnixNano", 1, kFixed64},
                                  {"name", 2, kString},
                                  {"attributes", 3, kKeyValue, kMany},
                                  {"droppedAttributesCount", 4, kUint32}};
constinit const Message kEvent(kEventFields);

constexpr Field kLinkFields[] = {{"traceId", 1, kHexBytes},
                                 {"spanId", 2, kHexBytes},
                                 {"traceState", 3, kString},
                                 {"attributes", 4, kKeyValue, kMany},
                                 {"droppedAttributesCount", 5, kUint32},
                                 {"flags", 6, kFixed32}};
constinit const Message kLink(kLinkFields);

constexpr Field kStatusFields[] = {{"message", 2, kString}, {"code", 3, kStatusCodes}};
constinit const Message kStatus(kStatusFields);

constexpr Field kSpanFields[] = {
    {"traceId", 1, kHexBytes},
    {"spanId", 2, kHexBytes},
    {"traceState", 3, kString},
    {"parentSpanId", 4, kHexBytes},
    {"name", 5, kString},
    {"kind", 6, kSpanKinds},
    {"startTimeUnixNano", 7, kFixed64},
    {"endTimeUnixNano", 8, kFixed64},
    {"attributes", 9, kKeyValue, kMany},
    {"droppedAttributesCount", 10, kUint32},
    {"events", 11, kEvent, kMany},
    {"droppedEventsCount", 12, kUint32},
    {"links", 13, kLink, kMany},
    {"droppedLinksCount", 14, kUint32},
    {"status", 15, kStatus},
    {"flags", 16, kFixed32},
};
constinit const Message kSpan(kSpanFields, Role::kRecord);

constexpr Field kScopeSpansFields[] = {
    {"scope", 1, kScope}, {"spans", 2, kSpan, kMany}, {"schemaUrl", 3, kString}};
constinit const Message kScopeSpans(kScopeSpansFields);

constexpr Field kResourceSpansFields[] = {
    {"resource", 1, kResource}, {"scopeSpans", 2, kScopeSpans, kMany}, {"schemaUrl", 3, kString}};
constinit const Message kResourceSpans(kResourceSpansFields);

constexpr Field kTraceRequestFields[] = {{"resourceSpans", 1, kResourceSpans, kMany}};
constinit const Message kTraceRequest(kTraceRequestFields);

// Logs.

constexpr std::string_view kSeverityNumbers[] = {
    "SEVERITY_NUMBER_UNSPECIFIED", "SEVERITY_NUMBER_TRACE",  "SEVERITY_NUMBER_TRACE2",
    "SEVERITY_NUMBER_TRACE3",      "SEVERITY_NUMBER_TRACE4", "SEVERITY_NUMBER_DEBUG",
    "SEVERITY_NUMBER_DEBUG2",      "SEVERITY_NUMBER_DEBUG3", "SEVERITY_NUMBER_DEBUG4",
    "SEVERITY_NUMBER_INFO",        "SEVERITY_NUMBER_INFO2",  "SEVERITY_NUMBER_INFO3",
    "SEVERITY_NUMBER_INFO4",       "SEVERITY_NUMBER_WARN",   "SEVERITY_NUMBER_WARN2",
    "SEVERITY_NUMBER_WARN3",       "SEVERITY_NUMBER_WARN4",  "SEVERITY_NUMBER_ERROR",
    "SEVERITY_NUMBER_ERROR2",      "SEVERITY_NUMBER_ERROR3", "SEVERITY_NUMBER_ERROR4",
    "SEVERITY_NUMBER_FATAL",       "SEVERITY_NUMBER_FATAL2", "SEVERITY_NUMBER_FATAL3",
    "SEVERITY_NUMBER_FATAL4"};

constexpr Field kLogRecordFields[] = {
    {"timeUnixNano", 1, kFixed64},
    {"severityNumber", 2, kSeverityNumbers},
    {"severityText", 3, kString},
    {"body", 5, kAnyValueMessage},
    {"attributes", 6, kKeyValue, kMany},
    {"droppedAttributesCount", 7, kUint32},
    {"flags", 8, kFixed32},
    {"traceId", 9, kHexBytes},
    {"spanId", 10, kHexBytes},
    {"observedTimeUnixNano", 11, kFixed64},
    {"eventName", 12, kString},
};
constinit const Message kLogRecord(kLogRecordFields, Role::kRecord);

constexpr Field kScopeLogsFields[] = {
    {"scope", 1, kScope}, {"logRecords", 2, kLogRecord, kMany}, {"schemaUrl", 3, kString}};
constinit const Message kScopeLogs(kScopeLogsFields);

constexpr Field kResourceLogsFields[] = {
    {"resource", 1, kResource}, {"scopeLogs", 2, kScopeLogs, kMany}, {"schemaUrl", 3, kString}};
constinit const Message kResourceLogs(kResourceLogsFields);

constexpr Field kLogsRequestFields[] = {{"resourceLogs", 1, kResourceLogs, kMany}};
constinit const Message kLogsRequest(kLogsRequestFields);

// Metrics.

constexpr std::string_view kTemporalities[] = {"AGGREGATION_TEMPORALITY_UNSPECIFIED",
                                               "AGGREGATION_TEMPORALITY_DELTA",
                                               "AGGREGATION_TEMPORALITY_CUMULATIVE"};

constexpr Field kExemplarFields[] = {
    {"timeUnixNano", 2, kFixed64}, {"asDouble", 3, kDouble},
    {"spanId", 4, kHexBytes},      {"traceId", 5, kHexBytes},
    {"asInt", 6, kSfixed64},       {"filteredAttributes", 7, kKeyValue, kMany},
};
constinit const Message kExemplar(kExemplarFields);

constexpr Field kNumberDataPointFields[] = {
    {"startTimeUnixNano", 2, kFixed64},
    {"timeUnixNano", 3, kFixed64},
    {"asDouble", 4, kDouble},
    {"exemplars", 5, kExemplar, kMany},
    {"asInt", 6, kSfixed64},
    {"attributes", 7, kKeyValue, kMany},
    {"flags", 8, kUint32},
};
constinit const Message kNumberDataPoint(kNumberDataPointFields, Role::kRecord);

constexpr Field kHistogramDataPointFields[] = {
    {"startTimeUnixNano", 2, kFixed64},
    {"timeUnixNano", 3, kFixed64},
    {"count", 4, kFixed64},
    {"sum", 5, kDouble},
    {"bucketCounts", 6, kFixed64, kMany},
    {"explicitBounds", 7, kDouble, kMany},
    {"exemplars", 8, kExemplar, kMany},
    {"attributes", 9, kKeyValue, kMany},
    {"flags", 10, kUint32},
    {"min", 11, kDouble},
    {"max", 12, kDouble},
};
constinit const Message kHistogramDataPoint(kHistogramDataPointFields, Role::kRecord);

constexpr Field kBucketsFields[] = {{"offset", 1, kSint32}, {"bucketCounts", 2, kUint64, kMany}};
constinit const Message kBuckets(kBucketsFields);

constexpr Field kExponentialHistogramDataPointFields[] = {
    {"attributes", 1, kKeyValue, kMany},
    {"startTimeUnixNano", 2, kFixed64},
    {"timeUnixNano", 3, kFixed64},
    {"count", 4, kFixed64},
    {"sum", 5, kDouble},
    {"scale", 6, kSint32},
    {"zeroCount", 7, kFixed64},
    {"positive", 8, kBuckets},
    {"negative", 9, kBuckets},
    {"flags", 10, kUint32},
    {"exemplars", 11, kExemplar, kMany},
    {"min", 12, kDouble},
    {"max", 13, kDouble},
    {"zeroThreshold", 14, kDouble},
};
constinit const Message kExponentialHistogramDataPoint(kExponentialHistogramDataPointFields,
                                                       Role::kRecord);

constexpr Field kValueAtQuantileFields[] = {{"quantile", 1, kDouble}, {"value", 2, kDouble}};
constinit const Message kValueAtQuantile(kValueAtQuantileFields);

constexpr Field kSummaryDataPointFields[] = {
    {"startTimeUnixNano", 2, kFixed64},
    {"timeUnixNano", 3, kFixed64},
    {"count", 4, kFixed64},
    {"sum", 5, kDouble},
    {"quantileValues", 6, kValueAtQuantile, kMany},
    {"attributes", 7, kKeyValue, kMany},
    {"flags", 8, kUint32},
};
constinit const Message kSummaryDataPoint(kSummaryDataPointFields, Role::kRecord);

constexpr Field kGaugeFields[] = {{"dataPoints", 1, kNumberDataPoint, kMany}};
constinit const Message kGauge(kGaugeFields);

constexpr Field kSumFields[] = {{"dataPoints", 1, kNumberDataPoint, kMany},
                                {"aggregationTemporality", 2, kTemporalities},
                                {"isMonotonic", 3, kBool}};
constinit const Message kSum(kSumFields);

constexpr Field kHistogramFields[] = {{"dataPoints", 1, kHistogramDataPoint, kMany},
                                      {"aggregationTemporality", 2, kTemporalities}};
constinit const Message kHistogram(kHistogramFields);

constexpr Field kExponentialHistogramFields[] = {
    {"dataPoints", 1, kExponentialHistogramDataPoint, kMany},
    {"aggregationTemporality", 2, kTemporalities}};
constinit const Message kExponentialHistogram(kExponentialHistogramFields);

constexpr Field kSummaryFields[] = {{"dataPoints", 1, kSummaryDataPoint, kMany}};
constinit const Message kSummary(kSummaryFields);

constexpr Field kMetricFields[] = {
    {"name", 1, kString},
    {"description", 2, kString},
    {"unit", 3, kString},
    {"gauge", 5, kGauge},
    {"sum", 7, kSum},
    {"histogram", 9, kHistogram},
    {"exponentialHistogram", 10, kExponentialHistogram},
    {"summary", 11, kSummary},
    {"metadata", 12, kKeyValue, kMany},
};
constinit const Message kMetric(kMetricFields, Role::kRecord);

constexpr Field kScopeMetricsFields[] = {
    {"scope", 1, kScope}, {"metrics", 2, kMetric, kMany}, {"schemaUrl", 3, kString}};
constinit const Message kScopeMetrics(kScopeMetricsFields);

constexpr Field kResourceMetricsFields[] = {{"resource", 1, kResource},
                                            {"scopeMetrics", 2, kScopeMetrics, kMany},
                                            {"schemaUrl", 3, kString}};
constinit const Message kResourceMetrics(kResourceMetricsFields);

constexpr Field kMetricsRequestFields[] = {{"resourceMetrics", 1, kResourceMetrics, kMany}};
constinit const Message kMetricsRequest(kMetricsRequestFields);

}  // namespace

const Message& RequestOf(signal::Signal signal) {
  switch (signal) {
    case signal::Signal::kTraces: return kTraceRequest;
    case signal::Signal::kLogs: return kLogsRequest;
    case signal::Signal::kMetrics: break;
  }
  return kMetricsRequest;
}

}  // namespace weir::columnar::otlp_json
