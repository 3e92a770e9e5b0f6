// SPDX-License-Identifier: Apache-2.0
#pragma once
// A snapshot's summary: counters as text under Iceberg's names.

#include <string>

#include "table/iceberg/metadata.h"

namespace weir::table::iceberg {

void AppendSummary(std::string& out, const Summary& summary);

/// Files one entry of a summary object into `summary`; unknown names and counters that are no
/// number go to `other`.
void SetSummaryEntry(Summary& summary, const std::string& name, const std::string& value);

}  // namespace weir::table::iceberg
