// SPDX-License-Identifier: Apache-2.0
#pragma once
// The bytes of a page under construction.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace weir::datafile {

/// Bytes that grow at the end. Unlike std::string nothing is filled before it is written, and all
/// writers may write kSlack bytes too many, so that they need not treat their last few bytes
/// differently. One thread.
class PageBytes {
 public:
  static constexpr size_t kSlack = 64;

  size_t size() const { return size_; }
  const uint8_t* data() const { return bytes_.get(); }
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes_.get()), size_}; }
  /// Keeps the room.
  void Clear() { size_ = 0; }
  /// Takes back what was appended behind the first `size` bytes.
  void Cut(size_t size) { size_ = std::min(size, size_); }

  /// Where the next `bytes` bytes go, and kSlack bytes that may be overwritten behind them. Valid
  /// until the next call.
  uint8_t* Room(size_t bytes) {
    if (size_ + bytes + kSlack > capacity_) Grow(bytes);
    return bytes_.get() + size_;
  }
  /// Takes in `bytes` bytes that were written to Room().
  void Advance(size_t bytes) { size_ += bytes; }

  void Append(const void* source, size_t bytes) {
    if (bytes > 0) std::memcpy(Room(bytes), source, bytes);
    size_ += bytes;
  }
  void AppendByte(uint8_t byte) {
    *Room(1) = byte;
    ++size_;
  }
  /// ULEB128.
  void AppendVarint(uint64_t value) {
    uint8_t* out = Room(10);
    while (value >= 0x80) {
      *out++ = static_cast<uint8_t>(value | 0x80);
      value >>= 7;
    }
    *out++ = static_cast<uint8_t>(value);
    size_ = static_cast<size_t>(out - bytes_.get());
  }
  void AppendZigzag(int64_t value) {
    AppendVarint(static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63));
  }
  /// Four bytes, least first.
  void AppendLength(uint32_t length) { Append(&length, sizeof length); }
  /// Puts a length into four bytes that were appended before.
  void PutLength(size_t at, uint32_t length) {
    std::memcpy(bytes_.get() + at, &length, sizeof length);
  }

 private:
  void Grow(size_t bytes) {
    const size_t capacity = std::max(size_ + bytes + kSlack, std::max<size_t>(4096, capacity_ * 2));
    auto grown = std::make_unique_for_overwrite<uint8_t[]>(capacity);
    if (size_ > 0) std::memcpy(grown.get(), bytes_.get(), size_);
    bytes_ = std::move(grown);
    capacity_ = capacity;
  }

  std::unique_ptr<uint8_t[]> bytes_;
  size_t size_ = 0, capacity_ = 0;
};

}  // namespace weir::datafile
