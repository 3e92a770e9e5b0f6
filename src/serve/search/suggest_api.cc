// SPDX-License-Identifier: Apache-2.0
#include "serve/search/suggest_api.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "serve/search/searched.h"

namespace weir::serve {
namespace {

namespace search = query::search;
using nlohmann::ordered_json;

constexpr int64_t kDefault = 20, kMax = 100;

Result<net::Response> AnswerSuggest(const search::KeyCatalogue& catalogue, const Call& call) {
  const auto subject = TRY(search::SubjectOf(call.parameters.Find("signal").value_or("traces")));
  const int64_t limit = TRY(NumberUpTo(call, "limit", kDefault, kMax));
  ordered_json suggestions = ordered_json::array();
  for (const search::Suggestion& each : catalogue.Suggest(
           subject, call.parameters.Find("prefix").value_or(""), static_cast<size_t>(limit))) {
    suggestions.push_back(
        {{"text", each.text}, {"kind", each.is_key ? "key" : "value"}, {"count", each.count}});
  }
  return JsonAnswer(200, {{"suggestions", std::move(suggestions)}});
}

}  // namespace

void AddSuggestRoute(Router& router, const search::KeyCatalogue& catalogue) {
  router.Add({.method = "GET",
              .pattern = "/api/v1/suggest",
              .answer = [&catalogue](const Call& call) { return AnswerSuggest(catalogue, call); },
              .is_immediate = true});
}

}  // namespace weir::serve
