// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which requests the journals of earlier runs hold, before their rows are replayed.

#include <functional>

#include "base/result.h"
#include "buffer/journal_reader.h"
#include "buffer/request_key.h"

namespace weir::buffer {

/// Calls `on_taken` for every request in `journal`. Reads frames' heads alone, so that a gigabyte
/// takes some milliseconds; only of the last segment, whose tail may be torn, the whole. What is
/// found is on disk. Errors: kRetryLater when a file can't be read or synced.
Status ReadTakenOf(const LeftJournal& journal,
                   const std::function<void(const TakenRequest&)>& on_taken);

}  // namespace weir::buffer
