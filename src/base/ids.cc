// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"

#include <array>
#include <random>

namespace weir {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

/// Both digits of every byte side by side, so that a byte is one two-byte copy.
constexpr auto kHexPairs = [] {
  std::array<char, 512> pairs{};
  for (size_t byte = 0; byte < 256; ++byte) {
    pairs[2 * byte] = kHexDigits[byte >> 4];
    pairs[2 * byte + 1] = kHexDigits[byte & 15];
  }
  return pairs;
}();

constexpr auto kHexValues = [] {
  std::array<int8_t, 256> values{};
  values.fill(-1);
  for (int digit = 0; digit < 10; ++digit) values['0' + digit] = static_cast<int8_t>(digit);
  for (int digit = 0; digit < 6; ++digit) {
    values['a' + digit] = static_cast<int8_t>(10 + digit);
    values['A' + digit] = static_cast<int8_t>(10 + digit);
  }
  return values;
}();

std::mt19937_64& Random() {
  thread_local std::mt19937_64 engine = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  return engine;
}

}  // namespace

std::string NewUuid() {
  std::array<char, 16> bytes;
  for (size_t half = 0; half < 2; ++half) {
    uint64_t random = Random()();
    for (size_t i = 0; i < 8; ++i) bytes[8 * half + i] = static_cast<char>(random >> (8 * i));
  }
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  std::string hex = HexEncode({bytes.data(), bytes.size()});
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20);
}

int64_t NewPositiveInt63() {
  int64_t value = static_cast<int64_t>(Random()() >> 1);
  return value == 0 ? 1 : value;
}

void SeedIds(uint64_t seed) { Random().seed(seed); }

void HexEncode(std::string_view bytes, char* out) {
  for (unsigned char byte : bytes) {
    *out++ = kHexPairs[2 * byte];
    *out++ = kHexPairs[2 * byte + 1];
  }
}

std::string HexEncode(std::string_view bytes) {
  std::string hex(2 * bytes.size(), '\0');
  HexEncode(bytes, hex.data());
  return hex;
}

void HexEncodeInt(uint64_t value, int digits, char* out) {
  for (int i = digits - 1; i >= 0; --i, value >>= 4) out[i] = kHexDigits[value & 15];
}

bool HexDecode(std::string_view hex, char* out) {
  if (hex.size() % 2 != 0) return false;
  for (size_t i = 0; i < hex.size(); i += 2) {
    int high = kHexValues[static_cast<unsigned char>(hex[i])];
    int low = kHexValues[static_cast<unsigned char>(hex[i + 1])];
    if (high < 0 || low < 0) return false;
    *out++ = static_cast<char>(high << 4 | low);
  }
  return true;
}

}  // namespace weir
