// SPDX-License-Identifier: Apache-2.0
#pragma once
// A cursor over one protobuf message's wire bytes; nested messages come as views, nothing is
// copied.

#include <cstdint>
#include <cstring>
#include <string_view>

namespace weir::columnar {

enum class WireType : uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

/// The tag of a field as it stands on the wire: what to `switch` on.
constexpr uint32_t Tag(uint32_t field, WireType type) {
  return field << 3 | static_cast<uint32_t>(type);
}

/// Reads a varint of at most ten bytes at `at`, which moves past it. False where it is cut short or
/// too long.
inline bool ReadVarint(const char*& at, const char* end, uint64_t& value) {
  if (at < end && static_cast<unsigned char>(*at) < 0x80) {
    value = static_cast<unsigned char>(*at++);
    return true;
  }
  value = 0;
  for (int shift = 0; shift < 70 && at < end; shift += 7) {
    const uint64_t byte = static_cast<unsigned char>(*at++);
    value |= shift < 64 ? (byte & 0x7f) << shift : 0;
    if (byte < 0x80) return true;
  }
  return false;
}

/// One thread. Loop `while (reader.Next())` over tag() and the value, then ask ok().
class WireReader {
 public:
  explicit WireReader(std::string_view message)
      : at_(message.data()), end_(message.data() + message.size()) {}

  /// Reads the next field, tag and value. False at the end and, with ok() false from then on, on
  /// malformed bytes.
  [[gnu::always_inline]] bool Next() {
    if (at_ == end_) return false;
    uint64_t tag = 0;
    if (!ReadVarint(tag) || tag > UINT32_MAX || tag < 8) return Fail();
    tag_ = static_cast<uint32_t>(tag);
    switch (tag_ & 7) {
      case 0: return ReadVarint(number_) || Fail();
      case 1: return ReadFixed<uint64_t>();
      case 2: {
        uint64_t length = 0;
        if (!ReadVarint(length) || length > static_cast<uint64_t>(end_ - at_)) return Fail();
        bytes_ = {at_, static_cast<size_t>(length)};
        at_ += length;
        return true;
      }
      case 5: return ReadFixed<uint32_t>();
      default: return Fail();  // Groups and what is not a wire type.
    }
  }

  uint32_t tag() const { return tag_; }
  /// The value of a varint or fixed field.
  uint64_t number() const { return number_; }
  double number_as_double() const {
    double value;
    std::memcpy(&value, &number_, sizeof value);
    return value;
  }
  /// The value of a length-delimited field.
  std::string_view bytes() const { return bytes_; }
  bool ok() const { return ok_; }

 private:
  bool Fail() {
    ok_ = false;
    at_ = end_;
    return false;
  }

  bool ReadVarint(uint64_t& value) { return columnar::ReadVarint(at_, end_, value); }

  template <typename Fixed>
  bool ReadFixed() {
    if (static_cast<size_t>(end_ - at_) < sizeof(Fixed)) return Fail();
    Fixed value;
    std::memcpy(&value, at_, sizeof value);
    number_ = value;
    at_ += sizeof value;
    return true;
  }

  const char* at_;
  const char* end_;
  uint32_t tag_ = 0;
  uint64_t number_ = 0;
  std::string_view bytes_;
  bool ok_ = true;
};

/// The numbers of a packed repeated varint field. One thread. Loop `while (Next())`, then ask ok().
class PackedVarints {
 public:
  explicit PackedVarints(std::string_view packed)
      : at_(packed.data()), end_(packed.data() + packed.size()) {}
  bool Next() {
    if (at_ == end_) return false;
    ok_ = ReadVarint(at_, end_, number_);
    if (!ok_) at_ = end_;
    return ok_;
  }
  uint64_t number() const { return number_; }
  bool ok() const { return ok_; }

 private:
  const char* at_;
  const char* end_;
  uint64_t number_ = 0;
  bool ok_ = true;
};

/// sint32 and sint64 fields.
constexpr int64_t ZigZagDecode(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

}  // namespace weir::columnar
