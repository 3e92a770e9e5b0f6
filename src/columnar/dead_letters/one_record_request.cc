// SPDX-License-Identifier: Apache-2.0
#include "columnar/dead_letters/one_record_request.h"

#include "columnar/wire/wire_reader.h"
#include "columnar/wire/wire_writer.h"

namespace weir::columnar {
namespace {

using enum WireType;

// Tags and lengths of the messages around a record.
constexpr size_t kAroundBytes = 64;

size_t BytesOf(const OriginMessage* origin) {
  if (origin == nullptr) return 0;
  return origin->wire.value_or("").size() + origin->schema_url.size();
}

void Begin(WireWriter& out, const OriginMessage* origin) {
  if (origin != nullptr && origin->wire) out.Bytes(Tag(1, kBytes), *origin->wire);
}

void End(WireWriter& out, const OriginMessage* origin) {
  const bool has_url = origin != nullptr && !origin->schema_url.empty();
  if (has_url) out.Bytes(Tag(3, kBytes), origin->schema_url);
}

}  // namespace

std::string OneRecordRequest(const RowFrame::Record& record, std::string_view wire,
                             size_t bytes_max) {
  const OriginMessage* resource = record.resource_message;
  const OriginMessage* scope = record.scope_message;
  size_t bytes = kAroundBytes + wire.size() + BytesOf(resource) + BytesOf(scope);
  if (bytes > bytes_max) {
    resource = scope = nullptr;
    bytes = kAroundBytes + wire.size();
  }
  WireWriter out(bytes);
  const size_t in_request = out.Open(Tag(1, kBytes));
  Begin(out, resource);
  const size_t in_resource = out.Open(Tag(2, kBytes));
  Begin(out, scope);
  out.Bytes(Tag(2, kBytes), wire);
  End(out, scope);
  out.Close(in_resource);
  End(out, resource);
  out.Close(in_request);
  return out.Take();
}

std::string OnePointMetric(const MetricParts& metric, std::string_view point) {
  WireWriter out(point.size() + kAroundBytes);
  WireReader fields(metric.wire);
  while (fields.Next()) {
    switch (fields.tag()) {
      case Tag(1, kBytes):
      case Tag(2, kBytes):
      case Tag(3, kBytes):
      case Tag(12, kBytes): out.Bytes(fields.tag(), fields.bytes()); break;
      default: break;
    }
  }
  if (metric.data_tag == 0) return out.Take();
  const size_t in_data = out.Open(metric.data_tag);
  out.Bytes(Tag(1, kBytes), point);
  WireReader kind(metric.data);
  while (kind.Next()) {
    const bool is_wanted = kind.tag() == Tag(2, kVarint) || kind.tag() == Tag(3, kVarint);
    if (is_wanted) out.Varint(kind.tag(), kind.number());
  }
  out.Close(in_data);
  return out.Take();
}

}  // namespace weir::columnar
