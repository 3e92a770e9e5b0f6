// SPDX-License-Identifier: Apache-2.0
#pragma once
// A set of data files in a few numbers, to which files can be added and taken away again.

#include <cstdint>
#include <functional>
#include <string_view>

namespace weir::maintain {

/// Equal for equal sets of files with equal facts, in whatever order they came; that others are
/// equal too has the chance of a 64-bit hash, and of no one's choosing: names are our own.
struct Fingerprint {
  uint64_t sum = 0;
  int64_t files = 0, rows = 0, bytes = 0;

  bool operator==(const Fingerprint&) const = default;
  Fingerprint& operator+=(const Fingerprint& other) { return Merge(other, 1); }
  Fingerprint& operator-=(const Fingerprint& other) { return Merge(other, -1); }

 private:
  Fingerprint& Merge(const Fingerprint& other, int64_t sign) {
    sum += static_cast<uint64_t>(sign) * other.sum;
    files += sign * other.files;
    rows += sign * other.rows;
    bytes += sign * other.bytes;
    return *this;
  }
};

/// Of one file. `path`: relative to the table.
inline Fingerprint FingerprintOf(std::string_view path, int64_t rows, int64_t bytes) {
  uint64_t hash = std::hash<std::string_view>()(path);
  for (const int64_t fact : {rows, bytes}) {
    hash =
        (hash ^ static_cast<uint64_t>(fact)) * 0x9E3779B97F4A7C15;  // 2^64 over the golden ratio.
    hash ^= hash >> 32;
  }
  return {.sum = hash, .files = 1, .rows = rows, .bytes = bytes};
}

}  // namespace weir::maintain
