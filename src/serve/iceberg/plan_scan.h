// SPDX-License-Identifier: Apache-2.0
#pragma once
// Server-side planning: which files of one of Weir's tables a scan must read. Answered at once,
// page after page; nothing is kept between requests.

#include "serve/iceberg/lake.h"
#include "serve/router.h"

namespace weir::serve::iceberg {

/// `planTableScan`. Arguments: namespace, table.
Result<net::Response> PlanTableScan(const Lake& lake, const Call& call);

/// `fetchScanTasks`: a page after the first.
Result<net::Response> FetchScanTasks(const Lake& lake, const Call& call);

}  // namespace weir::serve::iceberg
