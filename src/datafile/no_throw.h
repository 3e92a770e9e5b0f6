// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where Parquet's exceptions end: its low-level classes throw, and nothing passes this point.

#include <parquet/exception.h>

#include <string>

#include "base/result.h"

namespace weir::datafile {

/// Runs `step`. Errors: its own, and kInternal for what the library throws.
template <typename Step>
auto NoThrow(Step step) -> decltype(step()) {
  try {
    return step();
  } catch (const parquet::ParquetException& failure) {
    return Error(ErrorKind::kInternal, std::string("encode parquet file: ") + failure.what());
  }
}

}  // namespace weir::datafile
