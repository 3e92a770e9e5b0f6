// SPDX-License-Identifier: Apache-2.0
#pragma once
// The one table from what a failure means to what a user's client is told.

#include <string_view>

#include "base/result.h"

namespace weir::serve {

struct ErrorStatus {
  int http;
  std::string_view name;  // The `type` of a JSON error in our own API; clients may switch on it.
  bool is_retryable;      // Answered with Retry-After.
};

ErrorStatus ErrorStatusOf(ErrorKind kind);

}  // namespace weir::serve
