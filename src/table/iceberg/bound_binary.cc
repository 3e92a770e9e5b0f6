// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/bound_binary.h"

#include <bit>
#include <cmath>

namespace weir::table::iceberg {
namespace {

template <typename T>
std::string LittleEndian(T bits) {
  std::string out(sizeof(T), '\0');
  for (size_t i = 0; i < sizeof(T); ++i) out[i] = static_cast<char>(bits >> (8 * i));
  return out;
}

template <typename T>
T FromLittleEndian(std::string_view bytes) {
  T bits = 0;
  for (size_t i = 0; i < sizeof(T); ++i) {
    bits |= static_cast<T>(static_cast<uint8_t>(bytes[i])) << (8 * i);
  }
  return bits;
}

std::optional<datafile::Bound> FloatBound(double value) {
  if (std::isnan(value)) return std::nullopt;
  return value;
}

}  // namespace

std::string IntBinary(int32_t value) { return LittleEndian(static_cast<uint32_t>(value)); }

std::optional<std::string> BoundBinary(const datafile::Bound& bound, LeafType type) {
  switch (type) {
    case LeafType::kBoolean:
      if (const bool* value = std::get_if<bool>(&bound))
        return std::string(1, *value ? '\1' : '\0');
      break;
    case LeafType::kInt:
      if (const int32_t* value = std::get_if<int32_t>(&bound)) return IntBinary(*value);
      break;
    case LeafType::kLong:
      if (const int64_t* value = std::get_if<int64_t>(&bound)) {
        return LittleEndian(static_cast<uint64_t>(*value));
      }
      break;
    case LeafType::kFloat:  // The double was widened from a float, so this is exact.
      if (const double* value = std::get_if<double>(&bound)) {
        return LittleEndian(std::bit_cast<uint32_t>(static_cast<float>(*value)));
      }
      break;
    case LeafType::kDouble:
      if (const double* value = std::get_if<double>(&bound)) {
        return LittleEndian(std::bit_cast<uint64_t>(*value));
      }
      break;
    case LeafType::kText:
      if (const std::string* value = std::get_if<std::string>(&bound)) return *value;
      break;
    case LeafType::kOther: break;
  }
  return std::nullopt;
}

std::string ValueBinary(const datafile::Bound& value) {
  constexpr LeafType kTypes[] = {LeafType::kBoolean, LeafType::kInt, LeafType::kLong,
                                 LeafType::kDouble, LeafType::kText};
  return *BoundBinary(value, kTypes[value.index()]);
}

std::optional<datafile::Bound> BoundFromBinary(std::string_view bytes, LeafType type) {
  switch (type) {
    case LeafType::kBoolean:
      if (bytes.size() == 1) return bytes[0] != 0;
      break;
    case LeafType::kInt:
      if (bytes.size() == 4) return static_cast<int32_t>(FromLittleEndian<uint32_t>(bytes));
      break;
    case LeafType::kLong:
      if (bytes.size() == 8) return static_cast<int64_t>(FromLittleEndian<uint64_t>(bytes));
      break;
    case LeafType::kFloat:
      if (bytes.size() == 4)
        return FloatBound(std::bit_cast<float>(FromLittleEndian<uint32_t>(bytes)));
      break;
    case LeafType::kDouble:
      if (bytes.size() == 8)
        return FloatBound(std::bit_cast<double>(FromLittleEndian<uint64_t>(bytes)));
      break;
    case LeafType::kText: return std::string(bytes);
    case LeafType::kOther: break;
  }
  return std::nullopt;
}

}  // namespace weir::table::iceberg
