// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whether anything of what is forgotten is left in a table's folder.

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "maintain/finding.h"
#include "maintain/lake.h"
#include "maintain/removal/forgotten_value.h"

namespace weir::maintain {

/// Reads every Parquet file in the folder, named by a version or not, and the bounds that manifests
/// of all snapshots and Delta's log keep of such columns. Returns how many data files it read.
/// Errors: the catalog's; what cannot be read is a finding.
Result<int64_t> SearchForgotten(const Lake& lake, const catalog::TableEntry& entry,
                                const std::string& root, const std::vector<ForgottenValue>& values,
                                Findings& findings);

}  // namespace weir::maintain
