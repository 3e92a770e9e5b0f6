// SPDX-License-Identifier: Apache-2.0
#include "catalog/faulty_disk_fake.h"

#include <sqlite3.h>

#include <atomic>

#include "base/check.h"

namespace weir::catalog {
namespace {

// SQLite's callbacks carry no argument of ours, so this state is global.
std::atomic<bool> fail_syncs = false;
sqlite3_vfs* real_disk = nullptr;
sqlite3_vfs faulty_disk;
sqlite3_io_methods faulty_methods;
const sqlite3_io_methods* real_methods = nullptr;

int Sync(sqlite3_file* file, int flags) {
  return fail_syncs ? SQLITE_IOERR_FSYNC : real_methods->xSync(file, flags);
}

int Open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  int code = real_disk->xOpen(real_disk, name, file, flags, out_flags);
  if (code != SQLITE_OK || (flags & SQLITE_OPEN_WAL) == 0) return code;
  // All write-ahead logs share one method table, so one changed copy serves them; a commit syncs
  // nothing else.
  real_methods = file->pMethods;
  faulty_methods = *real_methods;
  faulty_methods.xSync = Sync;
  file->pMethods = &faulty_methods;
  return code;
}

}  // namespace

FaultyDiskFake::FaultyDiskFake() {
  real_disk = sqlite3_vfs_find(nullptr);
  faulty_disk = *real_disk;
  faulty_disk.zName = "faulty";
  faulty_disk.xOpen = Open;
  CHECK(sqlite3_vfs_register(&faulty_disk, 1) == SQLITE_OK);
}

FaultyDiskFake::~FaultyDiskFake() {
  fail_syncs = false;
  sqlite3_vfs_unregister(&faulty_disk);
  sqlite3_vfs_register(real_disk, 1);
}

void FaultyDiskFake::FailSyncs(bool fail) { fail_syncs = fail; }

}  // namespace weir::catalog
