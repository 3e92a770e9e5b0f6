// SPDX-License-Identifier: Apache-2.0
#pragma once
// A broken promise inside our own code stops the program; bad input never comes here.

#include <cstdio>
#include <cstdlib>

/// Stops the program in every build when `condition` is false.
#define CHECK(condition)                                                                     \
  (static_cast<bool>(condition)                                                              \
       ? static_cast<void>(0)                                                                \
       : (std::fprintf(stderr, "%s:%d: check failed: %s\n", __FILE__, __LINE__, #condition), \
          std::abort()))
