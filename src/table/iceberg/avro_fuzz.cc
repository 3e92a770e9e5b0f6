// SPDX-License-Identifier: Apache-2.0
// Any bytes at all are read as a container file or refused.

#include <cstddef>
#include <cstdint>

#include "table/iceberg/avro.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto file =
      weir::table::iceberg::avro::ReadFile({reinterpret_cast<const char*>(data), size});
  weir::Ignore(file.status(), "refusing is fine; crashing is not");
  return 0;
}
