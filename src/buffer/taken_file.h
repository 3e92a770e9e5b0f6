// SPDX-License-Identifier: Apache-2.0
#pragma once
// Requests whose journal segment is gone but that may still be sent again: small files beside the
// journals, so that the next run knows them too.
//
// File: magic u64, count u64, hash u64 of the rest; then for each request its key u64 u64,
// received_unix_nano i64, accepted u32, rejected u32. Little-endian.

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "base/result.h"
#include "buffer/disk.h"
#include "buffer/request_key.h"

namespace weir::buffer {

/// The folder of these files in that of all journals.
std::string TakenDirectory(const std::string& journal_root);
/// The file for a segment that starts with `first_sequence`.
std::string TakenPath(const std::string& directory, uint32_t writer, uint64_t first_sequence);

/// Writes `taken` durably. Errors: kRetryLater.
Status WriteTaken(Disk& disk, const std::string& path, std::span<const TakenRequest> taken);

/// Reads all files of `directory`, and deletes those with nothing received since `since_unix_nano`.
/// One that is damaged is logged and left: its requests, sent again, will be new ones.
void ReadTaken(Disk& disk, const std::string& directory, int64_t since_unix_nano,
               const std::function<void(const TakenRequest&)>& on_taken);

}  // namespace weir::buffer
