// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: Parquet's encodings read back bit by bit, as the specification words them.

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace weir::datafile {

/// Reads from the front of `bytes`; a byte that is not there reads as zero and IsWhole() says so.
class PageDecoder {
 public:
  explicit PageDecoder(std::string_view bytes) : bytes_(bytes) {}

  /// Everything was read, and nothing more.
  bool IsWhole() const { return at_ == bytes_.size(); }
  size_t at() const { return at_; }

  uint8_t Byte() {
    const uint8_t byte = at_ < bytes_.size() ? static_cast<uint8_t>(bytes_[at_]) : 0;
    ++at_;
    return byte;
  }
  uint64_t Little(size_t count) {
    uint64_t value = 0;
    for (size_t i = 0; i < count; ++i) value |= uint64_t{Byte()} << (8 * i);
    return value;
  }
  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const uint8_t byte = Byte();
      value |= uint64_t{static_cast<uint8_t>(byte & 0x7f)} << shift;
      if ((byte & 0x80) == 0 || shift > 63) return value;
    }
  }
  int64_t Zigzag() {
    const uint64_t value = Varint();
    return static_cast<int64_t>(value >> 1 ^ (~(value & 1) + 1));
  }
  std::string Text(size_t size) {
    std::string text;
    for (size_t i = 0; i < size; ++i) text += static_cast<char>(Byte());
    return text;
  }

  /// `count` numbers side by side, whole bytes consumed.
  std::vector<uint64_t> Packed(size_t count, int width) {
    std::vector<uint64_t> values(count);
    uint8_t byte = 0;
    for (size_t bit = 0; bit < count * static_cast<size_t>(width); ++bit) {
      if (bit % 8 == 0) byte = Byte();
      const auto size = static_cast<size_t>(width);
      values[bit / size] |= uint64_t{static_cast<uint8_t>(byte >> (bit % 8) & 1)} << (bit % size);
    }
    return values;
  }

  /// The RLE / bit-packed hybrid, up to the end or `count` numbers.
  std::vector<uint64_t> Hybrid(size_t count, int width) {
    std::vector<uint64_t> values;
    while (values.size() < count && at_ < bytes_.size()) {
      const uint64_t header = Varint();
      if ((header & 1) == 0) {
        const uint64_t value = Little(static_cast<size_t>(width + 7) / 8);
        values.insert(values.end(), header >> 1, value);
      } else {
        const auto group = Packed((header >> 1) * 8, width);
        values.insert(values.end(), group.begin(), group.end());
        // Only the very last group is filled up.
        if (values.size() > count && values.size() - count < 8) values.resize(count);
      }
    }
    return values;
  }

  /// DELTA_BINARY_PACKED of numbers that wrap around like `Number`.
  template <typename Number>
  std::vector<Number> Deltas() {
    using Bits = std::make_unsigned_t<Number>;
    const uint64_t block = Varint(), parts = Varint(), count = Varint();
    auto value = static_cast<Bits>(Zigzag());
    std::vector<Number> values;
    if (count > 0) values.push_back(static_cast<Number>(value));
    while (values.size() < count) {
      const auto least = static_cast<Bits>(Zigzag());
      std::vector<int> widths;
      for (uint64_t part = 0; part < parts; ++part) widths.push_back(Byte());
      for (uint64_t part = 0; part < parts && values.size() < count; ++part) {
        for (const uint64_t delta : Packed(block / parts, widths[part])) {
          value += least + static_cast<Bits>(delta);
          if (values.size() < count) values.push_back(static_cast<Number>(value));
        }
      }
    }
    return values;
  }

  std::vector<std::string> DeltaLengthTexts() {
    std::vector<std::string> texts;
    for (const int32_t length : Deltas<int32_t>())
      texts.push_back(std::string(static_cast<size_t>(length), 0));
    for (std::string& text : texts) text = Text(text.size());
    return texts;
  }

  std::vector<std::string> DeltaTexts() {
    const std::vector<int32_t> shared = Deltas<int32_t>();
    std::vector<std::string> texts = DeltaLengthTexts();
    for (size_t i = 1; i < texts.size(); ++i) {
      texts[i].insert(0, texts[i - 1], 0, static_cast<size_t>(shared[i]));
    }
    return texts;
  }

  std::vector<std::string> PlainTexts() {
    std::vector<std::string> texts;
    while (at_ < bytes_.size()) {
      const size_t length = Little(4);
      texts.push_back(Text(length));
    }
    return texts;
  }

 private:
  const std::string_view bytes_;
  size_t at_ = 0;
};

}  // namespace weir::datafile
