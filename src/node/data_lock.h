// SPDX-License-Identifier: Apache-2.0
#pragma once
// One process a data directory.

#include <string>

#include "base/result.h"

namespace weir::node {

/// Held while it lives; the system lets go of it when the process dies, however it dies.
class DataLock {
 public:
  /// Makes the directory when missing. Errors: kConflict when another process holds it; kBadRequest
  /// when it can't be made.
  static Result<DataLock> Take(const std::string& data_dir);
  ~DataLock();
  DataLock(DataLock&& other) noexcept;
  DataLock(const DataLock&) = delete;
  DataLock& operator=(const DataLock&) = delete;

 private:
  explicit DataLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace weir::node
