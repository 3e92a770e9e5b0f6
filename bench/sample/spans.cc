// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "bench/sample/shop.h"

namespace weir::sample {
namespace {

constexpr std::array<std::string_view, 5> kRoutes = {"/api/cart", "/api/products/{id}",
                                                     "/api/checkout", "/api/currency", "/"};
constexpr std::array<std::string_view, 4> kTables = {"orders", "items", "users", "stock"};
constexpr std::array<std::string_view, 3> kAgents = {
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Safari/604.1",
    "python-requests/2.32.3"};
constexpr Field kAttributes = {9, "attributes"};
constexpr int kSpansInTrace = 12;

void WebAttributes(OtlpWriter& out, Dice& dice, std::string_view route, bool is_bad) {
  Attributes(out, kAttributes,
             {{"http.request.method", "GET"},
              {"http.route", std::string(route)},
              {"url.path", fmt::format("{}/{:08X}", route, dice.Below(5000))},
              {"url.scheme", "https"},
              {"http.response.status_code", is_bad ? int64_t{500} : int64_t{200}},
              {"server.address", "shop.example.com"},
              {"server.port", int64_t{443}},
              {"client.address", fmt::format("203.0.{}.{}", dice.Below(255), dice.Below(255))},
              {"user_agent.original", std::string(dice.Pick(kAgents))},
              {"http.response.body.size", dice.Below(90'000)},
              {"app.synthetic_request", dice.OneIn(10)},
              {"session.id", fmt::format("{:016x}", dice.Next())}});
}

void DatabaseAttributes(OtlpWriter& out, Dice& dice, std::string_view table) {
  Attributes(
      out, kAttributes,
      {{"db.system.name", "postgresql"},
       {"db.namespace", "shop"},
       {"db.operation.name", "SELECT"},
       {"db.collection.name", std::string(table)},
       {"db.query.text", fmt::format("SELECT id, price FROM {} WHERE id = $1 LIMIT 50", table)},
       {"server.port", int64_t{5432}},
       {"app.load", 0.5 + 0.25 * static_cast<double>(dice.Below(8))},
       {"db.response.returned_rows", dice.Below(50)}});
}

void Event(OtlpWriter& out, Dice& dice, uint64_t time) {
  out.Fixed64({1, "timeUnixNano"}, time);
  out.Text({2, "name"}, "exception");
  Attributes(out, {3, "attributes"},
             {{"exception.type", "TimeoutError"}, {"exception.stacktrace", Words(dice, 40)}});
}

void Link(OtlpWriter& out, Dice& dice) {
  out.Id({1, "traceId"}, dice.Id(16));
  out.Id({2, "spanId"}, dice.Id(8));
  Attributes(out, {4, "attributes"}, {{"messaging.batch", "retry"}});
}

void Rare(OtlpWriter& out, Dice& dice, uint64_t time, bool is_bad) {
  if (is_bad) {
    out.List({11, "events"}, 1, [&](OtlpWriter& event, int) { Event(event, dice, time); });
  }
  if (dice.OneIn(50)) out.List({13, "links"}, 1, [&](OtlpWriter& link, int) { Link(link, dice); });
  if (!is_bad) return;
  out.Message({15, "status"}, [](OtlpWriter& status) {
    status.Text({2, "message"}, "deadline exceeded");
    status.Number({3, "code"}, 2);
  });
}

}  // namespace

void Span(OtlpWriter& out, Dice& dice, int number) {
  // Spans of one trace are in several services' lists, as a batching Collector has them.
  Dice trace(static_cast<uint64_t>(number / kSpansInTrace));
  const bool is_bad = dice.OneIn(60);
  const bool is_database = number % 3 == 1;
  const std::string_view what = is_database ? dice.Pick(kTables) : dice.Pick(kRoutes);
  const uint64_t start = kStart + static_cast<uint64_t>(number) * 400'000 + dice.Next() % 900'000;
  out.Id({1, "traceId"}, trace.Id(16));
  out.Id({2, "spanId"}, dice.Id(8));
  if (number % kSpansInTrace != 0) out.Id({4, "parentSpanId"}, trace.Id(8));
  out.Text({5, "name"}, fmt::format("{} {}", is_database ? "SELECT" : "GET", what));
  out.Number({6, "kind"}, is_database ? 3 : 2);
  out.Fixed64({7, "startTimeUnixNano"}, start);
  out.Fixed64({8, "endTimeUnixNano"}, start + 50'000 + dice.Next() % 20'000'000);
  is_database ? DatabaseAttributes(out, dice, what) : WebAttributes(out, dice, what, is_bad);
  Rare(out, dice, start + 1'000, is_bad);
  out.Fixed32({16, "flags"}, 0x101);
}

}  // namespace weir::sample
