// SPDX-License-Identifier: Apache-2.0
#include "columnar/dead_letters/record_tally.h"

#include <fmt/format.h>

#include <optional>
#include <string>

#include "columnar/dead_letters/one_record_request.h"
#include "columnar/wire/wire_reader.h"
#include "columnar/wire/wire_writer.h"

namespace weir::columnar {
namespace {

/// The text of a record that the JSON reader could not turn into wire bytes.
std::optional<std::string_view> JsonOf(std::string_view wire) {
  WireReader reader(wire);
  while (reader.Next()) {
    if (reader.tag() == kInvalidRecordJson) return reader.bytes();
  }
  return std::nullopt;
}

}  // namespace

bool RecordTally::IsJson(std::string_view wire) const {
  return options_.encoding == signal::Encoding::kJson && JsonOf(wire).has_value();
}

void RecordTally::Refuse(std::string_view item, const RecordError& error,
                         const RowFrame::Record& record, std::string_view wire, int64_t rows) {
  if (outcome_.rejected == 0) {
    outcome_.reason = fmt::format("{} {}: {}", item, outcome_.accepted, error);
  }
  outcome_.rejected += rows;
  // Where there is no room, nothing is copied: a million refused records must not cost more than a
  // million sound ones.
  if (letters_.HasRoom()) Keep(error, record, wire);
}

void RecordTally::Keep(const RecordError& error, const RowFrame::Record& record,
                       std::string_view wire) {
  signal::DeadLetter letter{
      .signal = options_.signal, .reason = signal::kInvalidRecord, .detail = error};
  letter.service_name = frame_.service_name(record);
  std::optional<std::string_view> json;
  if (options_.encoding == signal::Encoding::kJson) json = JsonOf(wire);
  std::string request;
  if (json) {
    letter.encoding = signal::Encoding::kJson;
    letter.original = *json;
  } else {
    letter.is_cut = wire.size() > options_.original_bytes_max;
    if (letter.is_cut) wire = wire.substr(0, options_.original_bytes_max);
    request = OneRecordRequest(record, wire, options_.original_bytes_max);
    letter.original = request;
  }
  letters_.Add(letter);
}

}  // namespace weir::columnar
