// SPDX-License-Identifier: Apache-2.0
#pragma once
// A page of tables or views.

#include "catalog/external_catalog.h"
#include "serve/router.h"

namespace weir::serve::iceberg {

/// `names`: sorted. Errors: kBadRequest on a page size that is none.
Result<net::Response> AnswerNames(const catalog::Namespace& levels, std::vector<std::string> names,
                                  const Call& call);

}  // namespace weir::serve::iceberg
