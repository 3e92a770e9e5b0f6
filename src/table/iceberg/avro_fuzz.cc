// SPDX-License-Identifier: Apache-2.0
// Any bytes at all are read as a container file or refused, and by both readers alike.

#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "table/iceberg/avro.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto file = weir::table::iceberg::avro::ReadFile(bytes);
  const auto raw = weir::table::iceberg::avro::ReadRawFile(bytes);
  CHECK(file.ok() == raw.ok());
  CHECK(!file.ok() || file->records.size() == raw->records.size());
  return 0;
}
