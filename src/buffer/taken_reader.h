// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which requests the journals of earlier runs hold, before their rows are replayed.

#include <functional>
#include <vector>

#include "base/result.h"
#include "buffer/journal_reader.h"
#include "buffer/request_key.h"

namespace weir::buffer {

/// Calls `on_taken` for every request in `journal`. Reads frames' heads alone, so that a gigabyte
/// takes some milliseconds; only of the last segment, whose tail may be torn, the whole. What is
/// found is on disk. False where there is nothing to replay: no segment holds a frame or damage.
/// Errors: kRetryLater when a file can't be read or synced.
Result<bool> ReadTakenOf(const LeftJournal& journal,
                         const std::function<void(const TakenRequest&)>& on_taken);

/// The same for all journals that were left. Those with nothing to replay are deleted and leave the
/// list: a server that dies again and again while it starts leaves one a worker each time.
Status ReadTakenOfAll(std::vector<LeftJournal>& journals,
                      const std::function<void(const TakenRequest&)>& on_taken);

}  // namespace weir::buffer
