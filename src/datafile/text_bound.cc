// SPDX-License-Identifier: Apache-2.0
#include "datafile/text_bound.h"

#include <cstdint>
#include <vector>

namespace weir::datafile {
namespace {

constexpr uint32_t kCodePointMax = 0x10ffff;
constexpr uint32_t kSurrogateFirst = 0xd800, kSurrogateLast = 0xdfff;

/// Length in bytes of the code point that starts with `lead`, for well-formed UTF-8.
size_t SequenceLength(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

uint32_t Decode(std::string_view sequence) {
  const auto lead = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return lead;
  uint32_t code_point = lead & (0xff >> (sequence.size() + 1));
  for (char c : sequence.substr(1))
    code_point = code_point << 6 | (static_cast<unsigned char>(c) & 0x3f);
  return code_point;
}

void Append(uint32_t code_point, std::string& out) {
  const auto tail = [&](int shift) {
    out += static_cast<char>(0x80 | (code_point >> shift & 0x3f));
  };
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xc0 | code_point >> 6);
    tail(0);
  } else if (code_point < 0x10000) {
    out += static_cast<char>(0xe0 | code_point >> 12);
    tail(6), tail(0);
  } else {
    out += static_cast<char>(0xf0 | code_point >> 18);
    tail(12), tail(6), tail(0);
  }
}

/// Where the first kBoundCodePoints code points end.
size_t PrefixEnd(std::string_view text) {
  size_t at = 0;
  for (int i = 0; i < kBoundCodePoints && at < text.size(); ++i) {
    at += SequenceLength(static_cast<unsigned char>(text[at]));
  }
  return at < text.size() ? at : text.size();
}

}  // namespace

std::string LowerBound(std::string_view text) {
  return std::string(text.substr(0, PrefixEnd(text)));
}

std::optional<std::string> UpperBound(std::string_view text) {
  const size_t end = PrefixEnd(text);
  if (end == text.size()) return std::string(text);
  std::vector<size_t> starts;
  for (size_t at = 0; at < end; at += SequenceLength(static_cast<unsigned char>(text[at]))) {
    starts.push_back(at);
  }
  for (size_t last = starts.size(); last > 0; --last) {
    const size_t start = starts[last - 1];
    const size_t stop = last < starts.size() ? starts[last] : end;
    uint32_t raised = Decode(text.substr(start, stop - start)) + 1;
    if (raised == kSurrogateFirst) raised = kSurrogateLast + 1;
    if (raised > kCodePointMax) continue;
    std::string bound(text.substr(0, start));
    Append(raised, bound);
    return bound;
  }
  return std::nullopt;
}

}  // namespace weir::datafile
