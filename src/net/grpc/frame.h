// SPDX-License-Identifier: Apache-2.0
#pragma once
// gRPC's length-prefixed message: one flag byte, four bytes of length, the message.

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::net::grpc {

enum class FrameOutcome : uint8_t {
  kFine,
  kTooLarge,  // The declared length is over the limit.
  kBadFlag,   // Neither 0 nor 1.
  kSurplus,   // Bytes after the one message.
};

/// Takes apart the body of a unary request as it arrives. One thread.
/// Source: grpc's doc/PROTOCOL-HTTP2.md, Length-Prefixed-Message.
class FrameReader {
 public:
  explicit FrameReader(size_t message_bytes_max) : message_bytes_max_(message_bytes_max) {}

  /// After anything but kFine, this reader is used up.
  FrameOutcome Push(std::string_view bytes);

  bool is_complete() const { return prefix_size_ == kPrefixBytes && message_.size() == length_; }
  /// As its prefix says; 0 until that is here.
  uint32_t message_bytes() const { return length_; }
  bool is_compressed() const { return is_compressed_; }
  std::string TakeMessage() { return std::move(message_); }

 private:
  static constexpr size_t kPrefixBytes = 5;
  FrameOutcome ReadPrefix();

  size_t message_bytes_max_;
  char prefix_[kPrefixBytes] = {};
  size_t prefix_size_ = 0;
  uint32_t length_ = 0;
  bool is_compressed_ = false;
  std::string message_;
};

/// The prefix of an uncompressed message.
std::string FramePrefix(uint32_t message_bytes);

}  // namespace weir::net::grpc
