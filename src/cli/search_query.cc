// SPDX-License-Identifier: Apache-2.0
#include "cli/search_query.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cctype>

namespace weir::cli {

std::string SearchQuery::ToText() const {
  std::string text = fmt::format("{}", fmt::join(words, " "));
  if (service.empty()) return text;
  std::string quoted;
  for (const char c : service) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  // Behind the query, so that places in messages are right. Where it may have an OR at its top,
  // brackets keep it together.
  const bool needs_brackets =
      text.find("OR") != std::string::npos || text.find("||") != std::string::npos;
  if (needs_brackets) text = fmt::format("({})", text);
  return fmt::format("{}{}service:\"{}\"", text, text.empty() ? "" : " ", quoted);
}

void AddQueryOptions(CLI::App& command, SearchQuery& query) {
  command.add_option(
      "query", query.words,
      "Terms such as status:error, duration>500ms, http.route:/api/*, \"free text\"; "
      "NOT and OR between them");
  command.add_option("--service", query.service, "Only of this service");
}

std::string FromText(std::string_view since) {
  const bool is_distance = !since.empty() && std::isdigit(static_cast<unsigned char>(since[0])) &&
                           std::isalpha(static_cast<unsigned char>(since.back())) &&
                           since.find_first_of("T:-") == std::string_view::npos;
  return fmt::format("{}{}", is_distance ? "-" : "", since);
}

}  // namespace weir::cli
