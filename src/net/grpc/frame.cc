// SPDX-License-Identifier: Apache-2.0
#include "net/grpc/frame.h"

#include <algorithm>
#include <cstring>

#include "net/growing_body.h"

namespace weir::net::grpc {

FrameOutcome FrameReader::ReadPrefix() {
  const auto byte = [&](int i) { return static_cast<uint32_t>(static_cast<uint8_t>(prefix_[i])); };
  if (byte(0) > 1) return FrameOutcome::kBadFlag;
  is_compressed_ = byte(0) == 1;
  length_ = byte(1) << 24 | byte(2) << 16 | byte(3) << 8 | byte(4);
  return length_ > message_bytes_max_ ? FrameOutcome::kTooLarge : FrameOutcome::kFine;
}

FrameOutcome FrameReader::Push(std::string_view bytes) {
  if (bytes.empty()) return FrameOutcome::kFine;
  if (prefix_size_ < kPrefixBytes) {
    const size_t count = std::min(kPrefixBytes - prefix_size_, bytes.size());
    std::memcpy(prefix_ + prefix_size_, bytes.data(), count);
    prefix_size_ += count;
    bytes.remove_prefix(count);
    if (prefix_size_ < kPrefixBytes) return FrameOutcome::kFine;
    const FrameOutcome outcome = ReadPrefix();
    if (outcome != FrameOutcome::kFine) return outcome;
  }
  if (bytes.size() > length_ - message_.size()) return FrameOutcome::kSurplus;
  AppendExpecting(message_, bytes, length_);
  return FrameOutcome::kFine;
}

std::string FramePrefix(uint32_t message_bytes) {
  std::string prefix(5, '\0');
  for (int i = 0; i < 4; ++i) prefix[4 - i] = static_cast<char>(message_bytes >> (8 * i));
  return prefix;
}

}  // namespace weir::net::grpc
