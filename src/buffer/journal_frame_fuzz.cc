// SPDX-License-Identifier: Apache-2.0
// Any bytes are read as a journal segment: frames, damage between them and zeros account for all of
// them.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "buffer/journal_reader.h"

namespace {

using weir::buffer::Frame;
using weir::buffer::JournalDamage;

bool IsZero(std::string_view bytes) {
  return bytes.find_first_not_of('\0') == std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view segment(reinterpret_cast<const char*>(data), size);
  size_t framed = 0, damaged = 0, end = 0;
  std::vector<JournalDamage> damage;
  const auto on_frame = [&](const Frame& frame) {
    framed += frame.bytes;
    return weir::Status::OK();
  };
  CHECK(weir::buffer::ReadSegment(segment, "fuzz", on_frame, damage).ok());
  for (const JournalDamage& found : damage) {
    const auto from = static_cast<size_t>(found.offset), bytes = static_cast<size_t>(found.bytes);
    CHECK(from >= end && from + bytes <= size);
    end = from + bytes;
    damaged += bytes;
  }
  const auto found_header = weir::buffer::DecodeSegmentHeader(segment);
  const size_t header = found_header ? weir::buffer::kSegmentHeaderBytes : 0;
  CHECK(header + framed + damaged <= size);
  // What an earlier use of the file left may stand behind the end.
  if (segment.find("END1") != std::string_view::npos) return 0;
  if (found_header && found_header->is_written_over) return 0;
  CHECK(IsZero(segment.substr(header + framed + damaged)));
  return 0;
}
