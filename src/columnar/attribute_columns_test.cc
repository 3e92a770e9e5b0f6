// SPDX-License-Identifier: Apache-2.0
#include "columnar/attribute_columns.h"

#include <arrow/array.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "columnar/test_rows.h"

namespace weir::columnar {
namespace {

using namespace wire;
using Texts = std::vector<std::string>;

const DecodeLimits kLimits;
const std::vector<int32_t> kThreeRows = {0, 1, 2};

Texts Maps(AttributeColumns& columns, Positions order) {
  const auto type = std::make_shared<arrow::MapType>(arrow::field("key", arrow::utf8(), false),
                                                     arrow::field("value", arrow::utf8()));
  const auto map = columns.GatherMap(order, *type);
  EXPECT_TRUE(map->ValidateFull().ok()) << map->ValidateFull().ToString();
  return Cells(*map);
}

void Add(AttributeColumns& columns, std::string_view key, std::string_view value) {
  EXPECT_EQ(columns.Add(KeyValue(key, value)), DecodeError::kNone);
}

TEST(AttributeColumns, KeepTheSendersOrderAndRepeatedKeys) {
  AttributeColumns columns(kLimits);
  Add(columns, "b", Int(1));
  Add(columns, "a", Text("x"));
  Add(columns, "b", Int(2));
  EXPECT_EQ(columns.open_entries(), 3);
  columns.CloseRow(0);
  EXPECT_EQ(columns.open_entries(), 0);
  columns.CloseRow(1);

  EXPECT_EQ(Maps(columns, kThreeRows), (Texts{"{b: 1, a: x, b: 2}", "{}", "{}"}));
  EXPECT_EQ(Cells(*columns.GatherTypes(kThreeRows)), (Texts{"isi", "null", "null"}));
}

TEST(AttributeColumns, LeaveTypesNullWhereAllAreTexts) {
  AttributeColumns columns(kLimits);
  Add(columns, "a", Text("x"));
  Add(columns, "b", "");  // No value: counted as a text.
  columns.CloseRow(0);
  Add(columns, "a", Real(1));
  Add(columns, "b", Text(""));
  columns.CloseRow(1);

  EXPECT_EQ(Maps(columns, kThreeRows), (Texts{"{a: x, b: null}", "{a: 1, b: }", "{}"}));
  EXPECT_EQ(Cells(*columns.GatherTypes(kThreeRows)), (Texts{"null", "ds", "null"}));
}

TEST(AttributeColumns, TakeAKeyValueWithoutKeyOrValue) {
  AttributeColumns columns(kLimits);
  EXPECT_EQ(columns.Add(""), DecodeError::kNone);
  columns.CloseRow(0);

  EXPECT_EQ(Maps(columns, kThreeRows), (Texts{"{: null}", "{}", "{}"}));
}

uint64_t HashOf(std::initializer_list<std::pair<const char*, std::string>> entries) {
  AttributeColumns columns(kLimits);
  for (const auto& [key, value] : entries) Add(columns, key, value);
  return columns.open_hash();
}

TEST(AttributeColumns, HashEntriesWhateverTheirOrder) {
  const uint64_t hash = HashOf({{"a", Int(1)}, {"b", Text("x")}});

  EXPECT_EQ(HashOf({{"b", Text("x")}, {"a", Int(1)}}), hash);
  EXPECT_NE(HashOf({{"a", Text("x")}, {"b", Int(1)}}), hash);
  EXPECT_NE(HashOf({{"a", Text("1")}, {"b", Text("x")}}), hash);
  EXPECT_NE(HashOf({{"a", Int(1)}}), hash);
  EXPECT_NE(HashOf({{"a", Text("")}}), HashOf({{"a", ""}}));
  EXPECT_EQ(HashOf({}), 0u);
}

TEST(AttributeColumns, ForgetRowsAndOpenEntries) {
  AttributeColumns columns(kLimits);
  Add(columns, "a", Int(1));
  columns.CloseRow(0);
  Add(columns, "b", Int(2));
  columns.CloseRow(1);
  Add(columns, "c", Int(3));
  columns.Truncate(1);
  EXPECT_EQ(columns.open_entries(), 0);
  EXPECT_EQ(columns.open_hash(), 0u);
  Add(columns, "d", Text("x"));
  columns.CloseRow(1);

  EXPECT_EQ(Maps(columns, kThreeRows), (Texts{"{a: 1}", "{d: x}", "{}"}));
  EXPECT_EQ(Cells(*columns.GatherTypes(kThreeRows)), (Texts{"i", "null", "null"}));
}

TEST(AttributeColumns, SayWhyAnEntryCannotBeKeptAndKeepTheOthers) {
  const DecodeLimits limits{.nesting_depth = 2};
  AttributeColumns columns(limits);
  EXPECT_EQ(columns.Add(KeyValue("\xff", Int(1))), DecodeError::kNotText);
  EXPECT_EQ(columns.Add(KeyValue("k", Text("\xff"))), DecodeError::kNotText);
  EXPECT_EQ(columns.Add("\x0a"), DecodeError::kMalformed);
  EXPECT_EQ(columns.Add(KeyValue("k", Nested(3))), DecodeError::kTooDeep);
  EXPECT_EQ(columns.open_entries(), 0);
  Add(columns, "k", Nested(2));
  columns.CloseRow(0);

  EXPECT_EQ(Maps(columns, kThreeRows), (Texts{"{k: [1]}", "{}", "{}"}));
}

TEST(AttributeColumns, GatherRowsInAnyOrderAndRepeatedly) {
  AttributeColumns columns(kLimits, TextUse::kShared);
  Add(columns, "a", Int(1));
  columns.CloseRow(0);
  columns.CloseRow(1);
  Add(columns, "a", Int(2));
  Add(columns, "b", Int(3));
  columns.CloseRow(2);

  EXPECT_EQ(Maps(columns, std::vector<int32_t>{2, 0, 0, 1, 2}),
            (Texts{"{a: 2, b: 3}", "{a: 1}", "{a: 1}", "{}", "{a: 2, b: 3}"}));
}

class Recorder final : public AttributeColumns::Listener {
 public:
  bool Hears(std::string_view key) const override { return key != "unheard"; }
  void OnAttribute(const AttributeColumns::Entry& entry) override {
    heard.push_back(std::to_string(entry.key_id) + " " + std::string(entry.key) + "=" +
                    std::string(entry.value.text));
  }
  Texts heard;
};

TEST(AttributeColumns, TellTheListenerOfEverySoundEntry) {
  AttributeColumns columns(kLimits);
  Recorder recorder;
  columns.Add(KeyValue("a", Int(1)), &recorder);
  columns.Add(KeyValue("b", Text("\xff")), &recorder);
  columns.Add(KeyValue("c", Text("x")), &recorder);
  columns.Add(KeyValue("unheard", Text("z")), &recorder);
  columns.Add(KeyValue("a", Text("y")), &recorder);

  // Key 1 was met in the entry that could not be kept.
  EXPECT_EQ(recorder.heard, (Texts{"0 a=1", "2 c=x", "0 a=y"}));
}

// Entries that come again as they were are not read again; nor are values looked up that are mostly
// new.
TEST(AttributeColumns, KeepWhatRepeatsAndWhatNeverDoes) {
  AttributeColumns columns(kLimits);
  Recorder recorder;
  Texts expected, heard;
  std::vector<int32_t> order;
  for (int row = 0; row < 3000; ++row) {
    const std::string id = "id " + std::to_string(row < 2000 ? row : row % 10);
    const bool is_odd = row % 3 == 1;
    columns.Add(KeyValue("same", row % 2 == 0 ? Int(7) : Text("7")), &recorder);
    columns.Add(KeyValue("id", Text(id)), &recorder);
    if (is_odd) columns.Add(KeyValue("odd", Bool(true)), &recorder);
    columns.Add(KeyValue("empty", ""), &recorder);
    columns.CloseRow(row);
    order.push_back(row);
    const std::string odd = is_odd ? ", odd: true" : "";
    expected.push_back("{same: 7, id: " + id + odd + ", empty: null}");
    for (const std::string& entry : {std::string("0 same=7"), "1 id=" + id}) heard.push_back(entry);
    if (is_odd) heard.push_back("3 odd=true");
    heard.push_back("2 empty=");
  }

  EXPECT_EQ(Maps(columns, order), expected);
  EXPECT_EQ(recorder.heard, heard);
  EXPECT_EQ(Cells(*columns.GatherTypes(kThreeRows)), (Texts{"iss", "ssbs", "iss"}));
}

}  // namespace
}  // namespace weir::columnar
