// SPDX-License-Identifier: Apache-2.0
#include "net/descriptor_limit.h"

#include <sys/resource.h>

#include <algorithm>

namespace weir::net {
namespace {

/// For listeners, journals, the catalog and files being written or read; also for connections over
/// the limit that are told so.
constexpr size_t kOtherDescriptors = 512;

}  // namespace

size_t MakeRoomForConnections(size_t connections) {
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return connections;
  const rlim_t wanted = std::min<rlim_t>(connections + kOtherDescriptors, limit.rlim_max);
  if (limit.rlim_cur < wanted) {
    const rlimit raised = {wanted, limit.rlim_max};
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  const size_t open = limit.rlim_cur;
  // Where there are few, half: a server without connections is none.
  return std::min(connections, open - std::min(kOtherDescriptors, open / 2));
}

}  // namespace weir::net
