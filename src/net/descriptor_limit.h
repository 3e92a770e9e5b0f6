// SPDX-License-Identifier: Apache-2.0
#pragma once
// How many files and sockets this process may have open.

#include <cstddef>

namespace weir::net {

/// Raises the process's soft limit of descriptors (RLIMIT_NOFILE) so that `connections` fit beside
/// its files, as far as the hard limit lets it. Returns how many connections fit now.
size_t MakeRoomForConnections(size_t connections);

}  // namespace weir::net
