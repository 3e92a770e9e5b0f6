// SPDX-License-Identifier: Apache-2.0
#pragma once
// Path and query of a request, decoded. All of it comes from the network.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir::serve {

/// Decodes %XX; in a query also `+` as a space. Errors: kBadRequest on a broken escape.
Result<std::string> PercentDecode(std::string_view text, bool is_query = false);

/// The segments of `path`, split at '/' first and decoded then, so that %2F stays inside its
/// segment. A trailing slash is ignored; `/` has no segments. Errors: kBadRequest.
Result<std::vector<std::string>> SplitPath(std::string_view path);

/// The parameters of a query string, in order.
class QueryParameters {
 public:
  /// Errors: kBadRequest on a broken escape or more than 64 parameters.
  static Result<QueryParameters> Parse(std::string_view query);
  /// The first of that name.
  std::optional<std::string_view> Find(std::string_view name) const;

 private:
  struct Parameter {
    std::string name, value;
  };
  std::vector<Parameter> parameters_;
};

}  // namespace weir::serve
