// SPDX-License-Identifier: Apache-2.0
#include "columnar/log_rows.h"

#include <gtest/gtest.h>

#include <string>

#include "columnar/test_rows.h"

namespace weir::columnar {
namespace {

using namespace wire;
using signal::Signal;
using std::string_literals::operator""s;

std::string FullRecord() {
  return Fixed64(1, 1'700'000'000'123'456'789) + Varint(2, 17) + Bytes(3, "ERROR") +
         Bytes(5, Text("it broke")) +
         Attributes(
             6, {{"exception.type", Text("IOError")}, {"exception.message", Text("disk full")}}) +
         Varint(7, 1) + Fixed32(8, 1) + Bytes(9, kTraceId) + Bytes(10, kSpanId) +
         Fixed64(11, 1'700'000'001'000'000'000) + Bytes(12, "exception");
}

std::string FullRequest() {
  const auto resource =
      Attributes(1, {{"service.name", Text("shop")}, {"k8s.pod.name", Text("p")}});
  return Bytes(
      1, Bytes(1, resource) +
             Bytes(2, Bytes(1, Bytes(1, "lib")) + Bytes(2, FullRecord()) + Bytes(3, "log-url")) +
             Bytes(3, "resource-url"));
}

constexpr std::string_view kFullRow = R"(
record_id: 000007000000000001000000
time: 1700000000123456
date: 19675
service_name: shop
event_name: exception
trace_id: 30313233343536373839616263646566
span_id: 4142434445464748
time_unix_nano: 1700000000123456789
observed_time_unix_nano: 1700000001000000000
severity_number: 17
severity_text: ERROR
body: it broke
body_type: s
flags: 1
k8s_pod_name: p
exception_type: IOError
exception_message: disk full
attributes: {exception.type: IOError, exception.message: disk full}
dropped_attributes_count: 1
resource: {attributes: {service.name: shop, k8s.pod.name: p}, attributes_types: null, dropped_attributes_count: 0}
resource_schema_url: resource-url
instrumentation_scope: {name: lib, version: null, attributes: {}, attributes_types: null, dropped_attributes_count: 0}
log_schema_url: log-url
)";

TEST(LogRows, FillEveryColumnOfTheTable) {
  TestRows rows(Signal::kLogs);
  EXPECT_EQ(rows.Append(FullRequest()).accepted, 1);

  EXPECT_EQ(RowText(*rows.Batch(), 0), kFullRow);
}

constexpr std::string_view kEmptyRow = R"(
record_id: 000007000000000001000000
time: 1700000000000000
date: 19675
time_unix_nano: 0
observed_time_unix_nano: 0
severity_number: 0
flags: 0
attributes: {}
dropped_attributes_count: 0
)";

TEST(LogRows, KeepARecordWithoutAnyFieldAtTheTimeItCame) {
  TestRows rows(Signal::kLogs);
  rows.Append(Bytes(1, Bytes(2, Bytes(2, ""))));

  EXPECT_EQ(RowText(*rows.Batch(), 0), kEmptyRow);
}

TEST(LogRows, TakeTheObservedTimeWhereThereIsNoOther) {
  TestRows rows(Signal::kLogs);
  rows.Append(Request({Fixed64(11, 1'600'000'000'000'000'000)}));

  EXPECT_EQ(rows.Cell("time"), "1600000000000000");
  EXPECT_EQ(rows.Cell("time_unix_nano"), "0");
}

TEST(LogRows, TakeTheEventNameFromItsFieldElseItsAttribute) {
  const std::string attribute = Attributes(6, {{"event.name", Text("old")}});
  TestRows rows(Signal::kLogs);
  rows.Append(Request({attribute, attribute + Bytes(12, "new"), Bytes(12, "only"), ""}));

  EXPECT_EQ(rows.Column("event_name"), (std::vector<std::string>{"old", "new", "only", "null"}));
}

TEST(LogRows, WriteABodyOfAnyTypeAsTextWithItsLetter) {
  TestRows rows(Signal::kLogs);
  rows.Append(Request({Bytes(5, Text("")), Bytes(5, Int(-3)), Bytes(5, Map({{"a", Real(1)}})),
                       Bytes(5, Raw("\x01")), Bytes(5, Array({Raw("\x01")})), Bytes(5, ""), ""}));

  const auto batch = rows.Batch();
  EXPECT_EQ(Cells(*batch->GetColumnByName("body")),
            (std::vector<std::string>{
                "", "-3", R"({"a":1.0})",
                "AQ==", R"({"arrayValue":{"values":[{"bytesValue":"AQ=="}]}})", "null", "null"}));
  EXPECT_EQ(Cells(*batch->GetColumnByName("body_type")),
            (std::vector<std::string>{"s", "i", "m", "y", "A", "null", "null"}));
}

TEST(LogRows, KeepARecordWithAnIdThatIsNoneAsOneOfNoTrace) {
  TestRows rows(Signal::kLogs);

  EXPECT_EQ(rows.Append(Request({Bytes(9, "x") + Bytes(10, "12345678"), Bytes(10, "x")})).accepted,
            2);

  EXPECT_EQ(rows.Column("trace_id"), (std::vector<std::string>{"null", "null"}));
  EXPECT_EQ(rows.Column("span_id"), (std::vector<std::string>{"3132333435363738", "null"}));
}

TEST(LogRows, PutABodyAndAttributesInPiecesTogether) {
  const std::string list = Array({Int(1)}), more = Array({Text("b")});
  TestRows rows(Signal::kLogs);
  rows.Append(Request({Bytes(5, list) + Bytes(5, more) +
                       Bytes(6, Bytes(1, "k") + Bytes(2, list) + Bytes(2, more))}));

  EXPECT_EQ(rows.Cell("body"), R"([1,"b"])");
  EXPECT_EQ(rows.Cell("attributes"), R"({k: [1,"b"]})");
}

TEST(LogRows, SayWhyARecordIsRefused) {
  const uint64_t above_long = uint64_t{1} << 63;
  const std::pair<const char*, std::string> cases[] = {
      {"time_unix_nano 9223372036854775808 is above 2^63-1", Fixed64(1, above_long)},
      {"observed_time_unix_nano 9223372036854775808 is above 2^63-1", Fixed64(11, above_long)},
      {"dropped_attributes_count 2147483648 is above 2^31-1", Varint(7, uint64_t{1} << 31)},
      {"event_name or severity_text: text is not UTF-8", Bytes(3, "\xff")},
      {"event_name or severity_text: text is not UTF-8", Bytes(12, "\xff")},
      {"body: text is not UTF-8", Bytes(5, Text("\xff"))},
      {"body: malformed protobuf", Bytes(5, "\x0a")},
      {"body: nested deeper than the limit", Bytes(5, Nested(5))},
      {"attribute: malformed protobuf", Bytes(6, "\x0a")},
      {"log record: malformed protobuf", "\x0a"},
      {"because", Bytes(kInvalidRecordField, "because")},
      {"3 attributes, the limit is 2 (limits.attributes_per_record)",
       Attributes(6, {{"a", Int(1)}, {"b", Int(1)}, {"c", Int(1)}})},
  };
  TestRows rows(Signal::kLogs, {.nesting_depth = 4, .attributes_per_record = 2});
  for (const auto& [reason, record] : cases) {
    EXPECT_EQ(rows.Refusal(record), "log record 0: "s + reason);
  }
  EXPECT_EQ(rows.num_rows(), 0);
}

TEST(LogRows, KeepNothingOfARefusedRecordInItsNeighbours) {
  const std::string bad = FullRecord() + Bytes(12, "\xff");
  TestRows rows(Signal::kLogs);

  const auto outcome = rows.Append(Request({bad, "", bad, Bytes(5, Text("b"))}));

  EXPECT_EQ(outcome.accepted, 2);
  EXPECT_EQ(outcome.rejected, 2);
  const auto batch = rows.Batch();
  EXPECT_EQ(Cells(*batch->GetColumnByName("body")), (std::vector<std::string>{"null", "b"}));
  EXPECT_EQ(Cells(*batch->GetColumnByName("exception_type")),
            (std::vector<std::string>{"null", "null"}));
  EXPECT_EQ(Cells(*batch->GetColumnByName("attributes")), (std::vector<std::string>{"{}", "{}"}));
  EXPECT_EQ(Cells(*batch->GetColumnByName("event_name")),
            (std::vector<std::string>{"null", "null"}));
}

}  // namespace
}  // namespace weir::columnar
