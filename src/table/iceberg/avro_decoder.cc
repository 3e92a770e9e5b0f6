// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/avro_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace weir::table::iceberg::avro {
namespace {

// A value takes a byte or more, but for nulls outside unions and records without fields; this
// bounds those.
constexpr size_t kValuesPerByteMax = 4;
constexpr size_t kValuesFree = 1024;

}  // namespace

Decoder::Decoder(std::string_view bytes)
    : bytes_(bytes), values_left_(bytes.size() * kValuesPerByteMax + kValuesFree) {}

Status Decoder::Malformed(std::string_view what) const {
  return Error(ErrorKind::kBadRequest, fmt::format("read avro at byte {}: {}", at_, what));
}

Result<int64_t> Decoder::Int() {
  uint64_t zigzag = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (at_end()) return Malformed("a number is cut short");
    const auto byte = static_cast<uint8_t>(bytes_[at_++]);
    if (shift == 63 && byte > 1) break;
    zigzag |= static_cast<uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return static_cast<int64_t>((zigzag >> 1) ^ (~(zigzag & 1) + 1));
  }
  return Malformed("a number is longer than 64 bits");
}

Result<std::string_view> Decoder::Raw(int64_t size) {
  if (size < 0 || static_cast<uint64_t>(size) > rest()) {
    return Malformed(fmt::format("{} bytes expected, {} are left", size, rest()));
  }
  const std::string_view raw = bytes_.substr(at_, static_cast<size_t>(size));
  at_ += raw.size();
  return raw;
}

Result<std::string_view> Decoder::Bytes() {
  const int64_t size = TRY(Int());
  return Raw(size);
}

Result<Datum> Decoder::Value(const Type& type) {
  TRY(CountValue());
  switch (type.kind) {
    case Kind::kNull: return Datum{};
    case Kind::kBool: {
      const std::string_view raw = TRY(Raw(1));
      return Datum{raw[0] != 0};
    }
    case Kind::kInt: return Integer();
    case Kind::kFloat: return Float(sizeof(float));
    case Kind::kDouble: return Float(sizeof(double));
    case Kind::kBytes: return Text(Bytes());
    case Kind::kFixed: return Text(Raw(type.fixed_size));
    case Kind::kRecord: return Record(type);
    case Kind::kArray:
    case Kind::kMap: return Items(type);
    case Kind::kUnion: break;
  }
  const Type* branch = TRY(Branch(type));
  return Value(*branch);
}

Result<const Type*> Decoder::Branch(const Type& type) {
  const int64_t branch = TRY(Int());
  if (branch < 0 || static_cast<size_t>(branch) >= type.branches.size()) {
    return Malformed(fmt::format("union branch {} of {}", branch, type.branches.size()));
  }
  return type.branches[static_cast<size_t>(branch)].get();
}

Status Decoder::CountValue() {
  return values_left_-- == 0 ? Malformed("more values than bytes can hold") : Status::OK();
}

Result<Datum> Decoder::Float(size_t size) {
  const std::string_view raw = TRY(Raw(static_cast<int64_t>(size)));
  uint64_t bits = 0;
  for (size_t i = 0; i < size; ++i) bits |= static_cast<uint64_t>(uint8_t(raw[i])) << (8 * i);
  if (size == sizeof(double)) return Datum{std::bit_cast<double>(bits)};
  return Datum{static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(bits)))};
}

Result<Datum> Decoder::Integer() {
  const int64_t value = TRY(Int());
  return Datum{value};
}

Result<Datum> Decoder::Text(Result<std::string_view> bytes) {
  const std::string_view text = TRY(bytes);
  return Datum{std::string(text)};
}

Result<Datum> Decoder::Record(const Type& type) {
  std::vector<Datum> fields;
  fields.reserve(std::min(type.fields.size(), values_left_));
  for (const Field& field : type.fields) {
    Datum value = TRY(Value(*field.type));
    fields.push_back(std::move(value));
  }
  return Datum{std::move(fields)};
}

Result<int64_t> Decoder::BlockCount() {
  const int64_t count = TRY(Int());
  if (count >= 0) return count;
  // A negative count is followed by the block's size in bytes.
  if (count == INT64_MIN) return Malformed("a block's count overflows");
  TRY(Int());
  return -count;
}

Result<Datum> Decoder::Items(const Type& type) {
  std::vector<Datum> items;
  while (true) {
    const int64_t count = TRY(BlockCount());
    if (count == 0) return Datum{std::move(items)};
    for (int64_t i = 0; i < count; ++i) {
      const Type& item_type = *type.branches[0];
      Datum item = TRY(type.kind == Kind::kMap ? Pair(item_type) : Value(item_type));
      items.push_back(std::move(item));
    }
  }
}

Result<Datum> Decoder::Pair(const Type& type) {
  Datum key = TRY(Text(Bytes()));
  Datum value = TRY(Value(type));
  std::vector<Datum> pair;
  pair.push_back(std::move(key));
  pair.push_back(std::move(value));
  return Datum{std::move(pair)};
}

Status Decoder::Skip(const Type& type) {
  TRY(CountValue());
  switch (type.kind) {
    case Kind::kNull: return Status::OK();
    case Kind::kBool: return Raw(1).status();
    case Kind::kInt: return Int().status();
    case Kind::kFloat: return Raw(sizeof(float)).status();
    case Kind::kDouble: return Raw(sizeof(double)).status();
    case Kind::kBytes: return Bytes().status();
    case Kind::kFixed: return Raw(type.fixed_size).status();
    case Kind::kRecord:
      for (const Field& field : type.fields) TRY(Skip(*field.type));
      return Status::OK();
    case Kind::kArray:
    case Kind::kMap: return SkipItems(type);
    case Kind::kUnion: break;
  }
  const Type* branch = TRY(Branch(type));
  return Skip(*branch);
}

Status Decoder::SkipItems(const Type& type) {
  while (true) {
    const int64_t count = TRY(BlockCount());
    if (count == 0) return Status::OK();
    for (int64_t i = 0; i < count; ++i) {
      if (type.kind == Kind::kMap) TRY(Bytes());
      TRY(Skip(*type.branches[0]));
    }
  }
}

}  // namespace weir::table::iceberg::avro
