// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reading the Host header.

#include <string_view>

namespace weir::serve {

/// True for `localhost`, `*.localhost`, `127.x.y.z` and `[::1]`, with or without a port.
bool IsLoopbackHost(std::string_view host);

}  // namespace weir::serve
