// SPDX-License-Identifier: Apache-2.0
// Any text is read as a log entry or refused, and so are the schemas and statistics in it.

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "table/delta/log_replay.h"
#include "table/delta/statistics_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace delta = weir::table::delta;
  auto entry = delta::ReadEntry({reinterpret_cast<const char*>(data), size});
  if (!entry.ok()) return 0;
  delta::SchemaTypes types = {{"n", "long"}, {"t", "timestamp"}, {"d", "date"}, {"s.x", "double"}};
  if (entry->metadata) {
    const auto read = delta::SchemaTypesOf(entry->metadata->schema_json);
    if (read.ok()) types = *read;
  }
  for (const delta::AddAction& add : entry->added) {
    weir::Ignore(delta::ReadStatistics(add.statistics, types).status(), "either outcome is right");
  }
  delta::Snapshot snapshot;
  delta::Apply(*std::move(entry), snapshot);
  return 0;
}
