// SPDX-License-Identifier: Apache-2.0
#include "buffer/disk.h"

#include <algorithm>

namespace weir::buffer {
namespace {

// One write takes at most this many pieces (Linux' UIO_MAXIOV is 1024).
constexpr size_t kPiecesMax = 512;

}  // namespace

Status WriteAll(File& file, std::vector<iovec> pieces, int64_t& offset) {
  size_t first = 0;
  while (first < pieces.size()) {
    const size_t count = std::min(pieces.size() - first, kPiecesMax);
    int64_t written = TRY(file.Write({pieces.data() + first, count}, offset));
    offset += written;
    while (first < pieces.size() && written >= static_cast<int64_t>(pieces[first].iov_len)) {
      written -= static_cast<int64_t>(pieces[first++].iov_len);
    }
    if (written > 0) {
      pieces[first].iov_base = static_cast<char*>(pieces[first].iov_base) + written;
      pieces[first].iov_len -= static_cast<size_t>(written);
    }
  }
  return Status::OK();
}

std::string ParentOf(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Status MakeDirectories(Disk& disk, const std::string& path) {
  const std::string parent = ParentOf(path);
  Status made = disk.MakeDirectory(path);
  if (KindOf(made) == ErrorKind::kNotFound && parent != path) {
    TRY(MakeDirectories(disk, parent));
    made = disk.MakeDirectory(path);
  } else if (made.ok()) {
    TRY(disk.SyncDirectory(ParentOf(parent)));
  }
  TRY(made);
  return disk.SyncDirectory(parent);
}

}  // namespace weir::buffer
