// SPDX-License-Identifier: Apache-2.0
#include "serve/health.h"

#include <nlohmann/json.hpp>

#include "base/metrics.h"

namespace weir::serve {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kPlain = "text/plain; charset=utf-8";
// The exposition format's own media type, which Prometheus 3 insists on.
constexpr std::string_view kExposition = "text/plain; version=0.0.4; charset=utf-8";

net::Response AnswerReady(const ServerFacts& facts) {
  const Status status = facts.can_ack();
  if (status.ok()) return TextAnswer(200, kPlain, "ok\n");
  net::Response response = TextAnswer(503, kPlain, status.message() + "\n");
  response.headers.push_back({"retry-after", "1"});
  return response;
}

net::Response AnswerStatus(const ServerFacts& facts, std::chrono::nanoseconds uptime) {
  const Status status = facts.can_ack();
  auto figures = ordered_json::parse(facts.figures(), nullptr, false);
  if (!figures.is_object()) figures = ordered_json::object();
  return JsonAnswer(200,
                    {{"version", facts.version},
                     {"uptime_s", std::chrono::duration_cast<std::chrono::seconds>(uptime).count()},
                     {"can_ack", status.ok()},
                     {"reason", status.ok() ? "" : status.message()},
                     {"endpoints", facts.endpoints()},
                     {"data_dir", facts.data_dir},
                     {"catalog", facts.catalog_name},
                     {"figures", figures}});
}

}  // namespace

void AddHealthRoutes(Router& router, const ServerFacts& facts, const Clock& clock) {
  const auto add = [&router](std::string pattern,
                             std::function<Result<net::Response>(const Call&)> answer) {
    router.Add({.method = "GET",
                .pattern = std::move(pattern),
                .answer = std::move(answer),
                .is_immediate = true});
  };
  add("/live", [](const Call&) { return TextAnswer(200, kPlain, "ok\n"); });
  add("/ready", [&facts](const Call&) { return AnswerReady(facts); });
  add("/metrics",
      [](const Call&) { return TextAnswer(200, kExposition, metrics::RenderPrometheus()); });
  add("/api/v1/status", [&facts, &clock, started = clock.Monotonic()](const Call&) {
    return AnswerStatus(facts, clock.Monotonic() - started);
  });
}

}  // namespace weir::serve
