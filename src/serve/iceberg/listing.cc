// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg/listing.h"

#include <nlohmann/json.hpp>

#include "serve/answer.h"
#include "serve/paging.h"

namespace weir::serve::iceberg {

Result<net::Response> AnswerNames(const catalog::Namespace& levels, std::vector<std::string> names,
                                  const Call& call) {
  using nlohmann::ordered_json;
  const Page page = TRY(PageOf(std::move(names), call.parameters));
  ordered_json identifiers = ordered_json::array();
  for (const std::string& name : page.names) {
    identifiers.push_back({{"namespace", ordered_json(levels)}, {"name", name}});
  }
  return JsonAnswer(200, {{"identifiers", identifiers}, {"next-page-token", page.NextToken()}});
}

}  // namespace weir::serve::iceberg
