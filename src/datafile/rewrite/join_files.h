// SPDX-License-Identifier: Apache-2.0
#pragma once
// Several Parquet files of one table into one without decoding: their row groups as they are, one
// behind the other, with new places in the footer.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "datafile/data_file.h"
#include "store/store.h"

namespace weir::datafile {

/// A file to be joined.
struct JoinInput {
  std::string path;  // In the store.
  DataFile facts;    // As the table has them; those of the joined file are made of them.
};

/// A joined file that is not written anywhere yet.
struct JoinedFile {
  DataFile file;  // Path and date are the caller's to fill.
  /// Gives the file's bytes piece by piece, and an empty piece at the end. Pages are read when
  /// their turn comes; at most kJoinPieceBytes are in memory beside what Join has read already.
  std::function<Result<std::string>()> next;
};

inline constexpr int64_t kJoinPieceBytes = 4 << 20;

/// Reads the ends of `inputs`: footers, page indexes and bloom filters, which are carried over as
/// statistics are. The rows of a joined file are in each row group's order alone. `store` outlives
/// what is returned. One thread.
/// Errors: kBadRequest when a file has other columns than the first, was not written by this
/// program, so that its pages and statistics may mean something else, or is not what its facts say;
/// the store's.
Result<JoinedFile> JoinFiles(const store::Store& store, const std::vector<JoinInput>& inputs);

}  // namespace weir::datafile
