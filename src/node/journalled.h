// SPDX-License-Identifier: Apache-2.0
#pragma once
// What it takes to make rows of journalled requests: the same for who ingests, replays and queries.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "buffer/journal_reader.h"
#include "buffer/tail/journal_tail.h"
#include "catalog/catalog.h"
#include "cli/config.h"
#include "columnar/table_rows.h"
#include "signal/row_columns.h"

namespace weir::node {

columnar::TableRowsOptions DecodeOptionsOf(const cli::ServerConfig& config);

/// `decode` outlives it. `dead_letter_bytes_max`: of one flush.
signal::RowColumnsFactory NewColumns(const cli::ServerConfig& config,
                                     const columnar::TableRowsOptions& decode,
                                     int64_t dead_letter_bytes_max);

/// `journals` of earlier runs as queries see them. Errors: the catalog's.
Result<buffer::JournalTail::Left> LeftTailOf(const catalog::Catalog& catalog,
                                             const std::string& journal_root,
                                             const std::vector<buffer::LeftJournal>& journals,
                                             std::chrono::seconds taken_for);

}  // namespace weir::node
