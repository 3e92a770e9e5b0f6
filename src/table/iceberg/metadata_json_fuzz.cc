// SPDX-License-Identifier: Apache-2.0
// Any text is read as table metadata or refused; what is read survives being written again.

#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "table/iceberg/metadata_json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto metadata = weir::table::iceberg::MetadataFromJson(text);
  if (!metadata.ok()) return 0;
  const auto again =
      weir::table::iceberg::MetadataFromJson(weir::table::iceberg::MetadataJson(*metadata));
  CHECK(again.ok());
  return 0;
}
