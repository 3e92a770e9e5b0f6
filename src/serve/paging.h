// SPDX-License-Identifier: Apache-2.0
#pragma once
// One page of a sorted list of names, as Iceberg's listings ask for it.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "serve/request_target.h"

namespace weir::serve {

struct Page {
  std::vector<std::string> names;
  bool is_last = true;

  /// The token to ask for what follows, which is the last name given out; null after the last page.
  nlohmann::ordered_json NextToken() const;
};

/// `names`: sorted and unique. Without `pageToken` and `pageSize` the page holds them all.
/// Errors: kBadRequest when `pageSize` is not a positive number.
Result<Page> PageOf(std::vector<std::string> names, const QueryParameters& parameters);

}  // namespace weir::serve
