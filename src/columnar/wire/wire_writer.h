// SPDX-License-Identifier: Apache-2.0
#pragma once
// Appends one protobuf message's wire bytes front to back, nested messages included, in one pass.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "columnar/wire/wire_reader.h"

namespace weir::columnar {

/// A record whose message has this field (UTF-8 text: why) could not be read; the decoder rejects
/// it. No OTLP message uses a number this high, and other readers skip it as unknown.
inline constexpr uint32_t kInvalidRecordField = 1'000'000;
inline constexpr uint32_t kInvalidRecord = Tag(kInvalidRecordField, WireType::kBytes);
/// Beside it: the record as it stood in the JSON text.
inline constexpr uint32_t kInvalidRecordJson = Tag(kInvalidRecordField + 1, WireType::kBytes);

/// Returns where the next byte goes.
inline char* PutVarint(uint64_t value, char* out) {
  for (; value >= 0x80; value >>= 7) *out++ = static_cast<char>(value | 0x80);
  *out++ = static_cast<char>(value);
  return out;
}

/// One thread. What is opened last is closed first; Take() ends the writer's life.
class WireWriter {
 public:
  explicit WireWriter(size_t size_expected) { Grow(size_expected + kSlack); }

  void Varint(uint32_t tag, uint64_t value) {
    Ensure(0);
    PutVarint(tag);
    PutVarint(value);
  }
  void Fixed64(uint32_t tag, uint64_t value) {
    Ensure(0);
    PutVarint(tag);
    PutFixed(value);
  }
  void Fixed32(uint32_t tag, uint32_t value) {
    Ensure(0);
    PutVarint(tag);
    PutFixed(value);
  }
  void Double(uint32_t tag, double value) { Fixed64(tag, std::bit_cast<uint64_t>(value)); }
  void Bytes(uint32_t tag, std::string_view bytes) {
    Ensure(bytes.size());
    PutVarint(tag);
    PutVarint(bytes.size());
    size_ += bytes.copy(base_ + size_, bytes.size());
  }

  /// Elements of a packed field, between Open and Close of its tag.
  void PackedVarint(uint64_t value) {
    Ensure(0);
    PutVarint(value);
  }
  void PackedFixed64(uint64_t value) {
    Ensure(0);
    PutFixed(value);
  }

  /// Begins a length-delimited field. Returns where its content starts, for Close.
  size_t Open(uint32_t tag) {
    Ensure(0);
    PutVarint(tag);
    return size_ += kLengthBytes;
  }
  /// Patches the length in: one byte where it fits, else padded to the five bytes kept for it.
  void Close(size_t content) {
    const uint64_t length = size_ - content;
    char* at = base_ + content - kLengthBytes;
    if (length < 0x80) {
      *at = static_cast<char>(length);
      std::memmove(at + 1, at + kLengthBytes, length);
      size_ -= kLengthBytes - 1;
      return;
    }
    for (size_t i = 0; i < kLengthBytes; ++i) {
      at[i] = static_cast<char>((length >> (7 * i) & 0x7f) | (i + 1 < kLengthBytes ? 0x80 : 0));
    }
  }

  /// Space for up to `bytes_max` bytes of content; then say with Advance how many were written.
  char* Space(size_t bytes_max) {
    Ensure(bytes_max);
    return base_ + size_;
  }
  void Advance(size_t bytes) { size_ += bytes; }

  /// All the space there is, at least `bytes` of it: for loops that keep the place in a register.
  /// Then say with AdvanceTo how far it was written.
  struct Room {
    char* begin;
    char* end;
  };
  Room RoomFor(size_t bytes) {
    Ensure(bytes);
    return {base_ + size_, base_ + buffer_.size()};
  }
  void AdvanceTo(const char* written) { size_ = static_cast<size_t>(written - base_); }

  size_t size() const { return size_; }
  /// Forgets all that was written from `size` on.
  void Truncate(size_t size) { size_ = size; }

  std::string Take() {
    buffer_.resize(size_);
    return std::move(buffer_);
  }

 private:
  // Five bytes hold a length up to 2^35; a request is far below.
  static constexpr size_t kLengthBytes = 5;
  // Any tag and any number: 5 + 10 bytes at most.
  static constexpr size_t kSlack = 16;

  void Ensure(size_t bytes) {
    if (buffer_.size() - size_ < bytes + kSlack) [[unlikely]]
      Grow(size_ + bytes + kSlack);
  }
  void Grow(size_t size_min) {
    const size_t size = std::max(size_min, buffer_.size() + buffer_.size() / 2);
    buffer_.resize_and_overwrite(size, [](char*, size_t count) { return count; });
    base_ = buffer_.data();
  }
  void PutVarint(uint64_t value) {
    size_ = static_cast<size_t>(columnar::PutVarint(value, base_ + size_) - base_);
  }
  template <typename Fixed>
  void PutFixed(Fixed value) {
    static_assert(std::endian::native == std::endian::little);
    std::memcpy(base_ + size_, &value, sizeof value);
    size_ += sizeof value;
  }

  std::string buffer_;  // Written up to size_, reserved beyond.
  char* base_ = nullptr;
  size_t size_ = 0;
};

}  // namespace weir::columnar
