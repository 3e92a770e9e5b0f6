// SPDX-License-Identifier: Apache-2.0
#include "query/search/key_catalogue.h"

#include <arrow/array.h>
#include <arrow/json/from_string.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace weir::query::search {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Suggested(const KeyCatalogue& catalogue, std::string_view typed,
                                   Subject subject = Subject::kSpans, size_t max = 10) {
  std::vector<std::string> texts;
  for (const Suggestion& each : catalogue.Suggest(subject, typed, max)) {
    texts.push_back(fmt::format("{}{} {}", each.text, each.is_key ? ":" : "", each.count));
  }
  return texts;
}

void AddSome(KeyCatalogue& catalogue) {
  catalogue.Add(Subject::kSpans, {{"service", "cart"}, {"http.route", "/api/cart"}}, 5);
  catalogue.Add(Subject::kSpans, {{"service", "checkout"}, {"http.request.method", "GET"}}, 7);
}

TEST(KeyCatalogue, SuggestsKeysByTheirBeginningThenByWhatIsWithin) {
  KeyCatalogue catalogue;
  AddSome(catalogue);

  EXPECT_THAT(Suggested(catalogue, "http"), ElementsAre("http.route: 5", "http.request.method: 7"));
  EXPECT_THAT(Suggested(catalogue, "Rout"), ElementsAre("http.route: 5"));
  EXPECT_THAT(Suggested(catalogue, "(-s"),
              ElementsAre("service: 12", "span: 12", "http.request.method: 7"));
  EXPECT_THAT(Suggested(catalogue, "", Subject::kSpans, 2),
              ElementsAre("service: 12", "duration: 12"));
}

TEST(KeyCatalogue, SuggestsValuesOfAKey) {
  KeyCatalogue catalogue;
  AddSome(catalogue);

  EXPECT_THAT(Suggested(catalogue, "service:"), ElementsAre("checkout 7", "cart 5"));
  EXPECT_THAT(Suggested(catalogue, "-service:\"CA\""), ElementsAre("cart 5"));
  EXPECT_THAT(Suggested(catalogue, "service!=out"), ElementsAre("checkout 7"));
  EXPECT_THAT(Suggested(catalogue, "service_name:c", Subject::kTraces),
              ElementsAre("checkout 7", "cart 5"));
  EXPECT_THAT(Suggested(catalogue, "http.method:"), ElementsAre("GET 7"));
  EXPECT_THAT(Suggested(catalogue, "nothing:"), IsEmpty());
  EXPECT_THAT(Suggested(catalogue, "service:", Subject::kLogs), IsEmpty());
}

TEST(KeyCatalogue, KeepsNoValuesThatNamePeople) {
  KeyCatalogue catalogue;
  catalogue.Add(Subject::kSpans, {{"user.id", "alice"}, {"session.id", "s1"}}, 1);

  EXPECT_THAT(Suggested(catalogue, "user"), ElementsAre("user.id: 1"));
  EXPECT_THAT(Suggested(catalogue, "user.id:"), IsEmpty());
  EXPECT_EQ(catalogue.ToText().find("alice"), std::string::npos);
}

TEST(KeyCatalogue, StaysBounded) {
  KeyCatalogue catalogue;
  for (int i = 0; i < 3000; ++i) {
    const std::string text = fmt::format("text{}", i);
    catalogue.Add(Subject::kLogs, {{text, "x"}, {"id", text}, {"common", "yes"}}, 1);
  }
  const std::string long_text(kCatalogueTextBytesMax + 1, 'x');
  catalogue.Add(Subject::kLogs, {{long_text, "y"}, {"common", long_text}}, 1);

  EXPECT_THAT(Suggested(catalogue, "common:", Subject::kLogs), ElementsAre("yes 3000"));
  EXPECT_THAT(Suggested(catalogue, "id:", Subject::kLogs), IsEmpty());
  EXPECT_LE(Suggested(catalogue, "", Subject::kLogs, 10'000).size(), kCatalogueKeysMax + 3);
  EXPECT_LT(catalogue.ToText().size(), 100'000u);
}

TEST(KeyCatalogue, IsTheSameAfterItWasKept) {
  KeyCatalogue catalogue, again;
  AddSome(catalogue);

  ASSERT_TRUE(again.Load(catalogue.ToText()).ok());

  EXPECT_EQ(again.ToText(), catalogue.ToText());
  EXPECT_THAT(Suggested(again, "service:"), ElementsAre("checkout 7", "cart 5"));
  for (const char* bad : {"", "[]", "{\"version\":2}", "{\"version\":1}"}) {
    EXPECT_EQ(KindOf(again.Load(bad)), ErrorKind::kBadRequest) << bad;
  }
  EXPECT_EQ(again.ToText(), catalogue.ToText());
}

TEST(KeyCatalogue, ForgetsWhatIsLongGone) {
  KeyCatalogue catalogue;
  AddSome(catalogue);
  catalogue.Age(1'000);
  catalogue.Age(1'000 + kHalfLifeSeconds - 1);
  EXPECT_THAT(Suggested(catalogue, "service:"), ElementsAre("checkout 7", "cart 5"));
  catalogue.Age(1'000 + kHalfLifeSeconds);
  EXPECT_THAT(Suggested(catalogue, "service:"), ElementsAre("checkout 3", "cart 2"));
  for (int i = 2; i < 5; ++i) catalogue.Age(1'000 + i * kHalfLifeSeconds);
  EXPECT_THAT(Suggested(catalogue, ""), IsEmpty());
}

/// Rows of spans from JSON.
class SpansFake final : public signal::RowColumns {
 public:
  explicit SpansFake(const std::string& rows) {
    const auto type = arrow::struct_(schema()->fields());
    const auto array = arrow::json::ArrayFromJSONString(type, rows).ValueOrDie();
    batch_ = arrow::RecordBatch::Make(schema(), array->length(),
                                      static_cast<const arrow::StructArray&>(*array).fields());
  }
  int64_t num_rows() const override { return batch_->num_rows(); }
  int64_t byte_size() const override { return 0; }
  void Truncate(int64_t) override {}
  std::shared_ptr<arrow::Schema> schema() const override {
    return signal::Published(signal::Table::kSpans).schema;
  }
  std::vector<signal::DayRows> SortIntoDays() override { return {}; }
  std::shared_ptr<arrow::RecordBatch> Gather(std::span<const int32_t>) override { return batch_; }
  Status WriteTo(std::span<const int32_t>, signal::LeafSink&) override { return Status::OK(); }

 private:
  std::shared_ptr<arrow::RecordBatch> batch_;
};

TEST(KeyCatalogue, ObservesColumnsAndAttributes) {
  KeyCatalogue catalogue;
  SpansFake rows(
      R"([{"record_id": "1", "time": 0, "date": 0, "trace_id": "a", "span_id": "b",
           "service_name": "cart", "name": "GET /", "kind": "SPAN_KIND_SERVER",
           "status_code": "STATUS_CODE_ERROR", "attributes": [["http.route", "/"], ["n", null], ["service", "x"]],
           "resource": {"attributes": [["service.name", "cart"], ["host.name", "h1"]]}}])");

  catalogue.Observe(rows);

  EXPECT_THAT(Suggested(catalogue, "service:"), ElementsAre("cart 1"));
  EXPECT_THAT(Suggested(catalogue, "name:"), ElementsAre("GET / 1"));
  EXPECT_THAT(Suggested(catalogue, "kind:"), ElementsAre("server 1"));
  EXPECT_THAT(Suggested(catalogue, "status:"), ElementsAre("error 1"));
  EXPECT_THAT(Suggested(catalogue, "http.route:"), ElementsAre("/ 1"));
  EXPECT_THAT(Suggested(catalogue, "host.name:"), ElementsAre("h1 1"));
  EXPECT_THAT(Suggested(catalogue, "n:"), IsEmpty());
  EXPECT_THAT(Suggested(catalogue, "service.n"), IsEmpty());
  EXPECT_THAT(Suggested(catalogue, "@service:"), ElementsAre("x 1"));
}

TEST(FrequentTexts, KeepsTheFrequentOnes) {
  FrequentTexts texts(2);
  texts.Add("a", 5);
  texts.Add("b", 1);
  texts.Add("c", 1);

  ASSERT_EQ(texts.counts().size(), 2u);
  EXPECT_EQ(texts.counts().at("a").known(), 5);
  EXPECT_EQ(texts.counts().at("c").count, 2);
  EXPECT_EQ(texts.counts().at("c").known(), 1);
}

}  // namespace
}  // namespace weir::query::search
