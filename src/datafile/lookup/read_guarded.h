// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where exceptions over a file that is read end: of the library, and of what it is made of.

#include <fmt/format.h>

#include <exception>
#include <string_view>

#include "base/result.h"

namespace weir::datafile {

/// Runs `step`. Errors: its own, and kBadRequest, naming `path`, for what is thrown.
template <typename Step>
auto ReadGuarded(std::string_view path, Step step) -> decltype(step()) {
  const std::string name(path);  // `step` may move what `path` is a view of.
  try {
    return step();
  } catch (const std::exception& failure) {
    return Error(ErrorKind::kBadRequest, fmt::format("read {}: {}", name, failure.what()));
  }
}

}  // namespace weir::datafile
