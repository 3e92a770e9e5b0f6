// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>

#include "base/check.h"
#include "table/iceberg/avro.h"

namespace weir::table::iceberg::avro {
namespace {

constexpr size_t kSyncBytes = 16;
// 256 MiB: ten times the largest manifest that merging makes.
constexpr size_t kBlockBytesMax = 256 << 20;
// A value takes a byte or more, but for nulls outside unions and records without fields; this
// bounds those.
constexpr size_t kValuesPerByteMax = 4;
constexpr size_t kValuesFree = 1024;

/// Reads Avro's binary encoding from borrowed bytes; every read is checked against their end. One
/// thread.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes)
      : bytes_(bytes), values_left_(bytes.size() * kValuesPerByteMax + kValuesFree) {}

  bool at_end() const { return at_ == bytes_.size(); }
  size_t rest() const { return bytes_.size() - at_; }

  Status Malformed(std::string_view what) const {
    return Error(ErrorKind::kBadRequest, fmt::format("read avro at byte {}: {}", at_, what));
  }

  Result<int64_t> Int() {
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

  Result<std::string_view> Raw(int64_t size) {
    if (size < 0 || static_cast<uint64_t>(size) > rest()) {
      return Malformed(fmt::format("{} bytes expected, {} are left", size, rest()));
    }
    const std::string_view raw = bytes_.substr(at_, static_cast<size_t>(size));
    at_ += raw.size();
    return raw;
  }

  Result<std::string_view> Bytes() {
    const int64_t size = TRY(Int());
    return Raw(size);
  }

  Result<Datum> Value(const Type& type);

 private:
  Result<Datum> Record(const Type& type);
  Result<Datum> Items(const Type& type);
  Result<Datum> Pair(const Type& type);
  Result<Datum> Float(size_t size);
  Result<Datum> Integer();
  static Result<Datum> Text(Result<std::string_view> bytes);

  const std::string_view bytes_;
  size_t at_ = 0;
  size_t values_left_;
};

Result<Datum> Decoder::Value(const Type& type) {
  if (values_left_-- == 0) return Malformed("more values than bytes can hold");
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
  const int64_t branch = TRY(Int());
  if (branch < 0 || static_cast<size_t>(branch) >= type.branches.size()) {
    return Malformed(fmt::format("union branch {} of {}", branch, type.branches.size()));
  }
  return Value(*type.branches[static_cast<size_t>(branch)]);
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

Result<Datum> Decoder::Items(const Type& type) {
  std::vector<Datum> items;
  while (true) {
    int64_t count = TRY(Int());
    if (count == 0) return Datum{std::move(items)};
    if (count < 0) {  // A negative count is followed by the block's size in bytes.
      if (count == INT64_MIN) return Malformed("a block's count overflows");
      count = -count;
      TRY(Int());
    }
    for (int64_t i = 0; i < count; ++i) {
      Datum item =
          TRY(type.kind == Kind::kMap ? Pair(*type.branches[0]) : Value(*type.branches[0]));
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

struct InflateEnd {
  void operator()(z_stream* stream) const { inflateEnd(stream); }
};

/// Raw DEFLATE, as the codec `deflate` is; at most kBlockBytesMax come out.
Result<std::string> Inflate(std::string_view bytes) {
  z_stream stream = {};
  CHECK(inflateInit2(&stream, -15) == Z_OK);
  const std::unique_ptr<z_stream, InflateEnd> guard(&stream);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out(std::max<size_t>(1024, bytes.size() * 4), '\0');
  int code = Z_OK;
  while (code == Z_OK) {
    if (stream.total_out == out.size()) {
      if (out.size() >= kBlockBytesMax) break;
      out.resize(std::min(kBlockBytesMax, out.size() * 2));
    }
    stream.next_out = reinterpret_cast<Bytef*>(out.data()) + stream.total_out;
    stream.avail_out = static_cast<uInt>(out.size() - stream.total_out);
    code = inflate(&stream, Z_NO_FLUSH);
  }
  if (code != Z_STREAM_END) {
    return Error(ErrorKind::kBadRequest, "read avro: a deflate block is corrupt or too large");
  }
  out.resize(stream.total_out);
  return out;
}

Result<std::map<std::string, std::string>> ReadHeader(Decoder& decoder) {
  const std::string_view magic = TRY(decoder.Raw(4));
  if (magic != std::string_view("Obj\1", 4)) return decoder.Malformed("not an avro file");
  Type text{.kind = Kind::kMap};
  text.branches.push_back(std::make_shared<const Type>(Type{.kind = Kind::kBytes}));
  const Datum pairs = TRY(decoder.Value(text));
  std::map<std::string, std::string> metadata;
  for (const Datum& pair : std::get<std::vector<Datum>>(pairs.value)) {
    const auto& parts = std::get<std::vector<Datum>>(pair.value);
    metadata[std::get<std::string>(parts[0].value)] = std::get<std::string>(parts[1].value);
  }
  return metadata;
}

Status ReadBlock(std::string_view bytes, int64_t count, File& file) {
  Decoder block(bytes);
  if (count < 0) return block.Malformed("a block with a negative count");
  for (int64_t i = 0; i < count; ++i) {
    Datum record = TRY(block.Value(*file.schema));
    file.records.push_back(std::move(record));
  }
  return block.at_end() ? Status::OK() : block.Malformed("bytes are left over in a block");
}

}  // namespace

Result<File> ReadFile(std::string_view bytes) {
  Decoder decoder(bytes);
  File file;
  file.metadata = TRY(ReadHeader(decoder));
  const std::string& codec = file.metadata["avro.codec"];
  const bool is_deflated = codec == "deflate";
  if (!is_deflated && codec != "null" && !codec.empty()) {
    return decoder.Malformed(fmt::format("codec {} is not supported", codec));
  }
  file.schema = TRY(ParseSchema(file.metadata["avro.schema"]));
  const std::string_view sync = TRY(decoder.Raw(kSyncBytes));
  while (!decoder.at_end()) {
    const int64_t count = TRY(decoder.Int());
    const std::string_view block = TRY(decoder.Bytes());
    if (is_deflated) {
      const std::string inflated = TRY(Inflate(block));
      TRY(ReadBlock(inflated, count, file));
    } else {
      TRY(ReadBlock(block, count, file));
    }
    const std::string_view end = TRY(decoder.Raw(kSyncBytes));
    if (end != sync) return decoder.Malformed("a block does not end with the sync marker");
  }
  return file;
}

}  // namespace weir::table::iceberg::avro
