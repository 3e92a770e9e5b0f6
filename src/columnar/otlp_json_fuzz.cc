// SPDX-License-Identifier: Apache-2.0
// Any bytes as OTLP/JSON: the first byte picks the signal. What comes out must be well-formed wire
// form.

#include "base/check.h"
#include "columnar/otlp_json.h"
#include "columnar/otlp_json/schema.h"
#include "columnar/wire/wire_reader.h"
#include "columnar/wire/wire_writer.h"

namespace weir::columnar {
namespace {

void CheckMessage(std::string_view wire, const otlp_json::Message& message) {
  WireReader reader(wire);
  while (reader.Next()) {
    if (reader.tag() == kInvalidRecord) {
      CHECK(message.role == otlp_json::Role::kRecord && !reader.bytes().empty());
      // Its text follows, and nothing else.
      CHECK(reader.Next() && reader.tag() == kInvalidRecordJson && !reader.bytes().empty());
      CHECK(!reader.Next());
      continue;
    }
    const otlp_json::Field* found = nullptr;
    for (const auto& field : message.fields) {
      if (field.tag == reader.tag()) found = &field;
    }
    CHECK(found != nullptr);
    if (found->message != nullptr) CheckMessage(reader.bytes(), *found->message);
  }
  CHECK(reader.ok());
}

}  // namespace
}  // namespace weir::columnar

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  if (size == 0) return 0;
  const auto signal = static_cast<signal::Signal>(data[0] % signal::kSignalCount);
  const std::string_view json(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto wire = columnar::JsonToWire(signal, json, {.nesting_depth = 8});
  if (wire.ok()) {
    columnar::CheckMessage(*wire, columnar::otlp_json::RequestOf(signal));
  } else {
    CHECK(KindOf(wire.status()) == ErrorKind::kBadRequest);
  }
  return 0;
}
