// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: a disk whose fsync fails on command, below SQLite.

namespace weir::catalog {

/// While one exists, databases opened go through it. One thread makes and drops it; at most one at
/// a time. Close the databases before it goes.
class FaultyDiskFake {
 public:
  FaultyDiskFake();
  ~FaultyDiskFake();
  FaultyDiskFake(const FaultyDiskFake&) = delete;

  void FailSyncs(bool fail);
};

}  // namespace weir::catalog
