// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <deque>
#include <memory>

#include "base/check.h"
#include "table/iceberg/avro_decoder.h"

namespace weir::table::iceberg::avro {
namespace {

constexpr size_t kSyncBytes = 16;
// 256 MiB: ten times the largest manifest that merging makes.
constexpr size_t kBlockBytesMax = 256 << 20;
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

/// The header, the schema, and the blocks, inflated.
struct Container {
  std::map<std::string, std::string> metadata;
  TypePointer schema;
  std::deque<std::string> blocks;  // Records borrow from them, so they stay in place.
  std::vector<int64_t> counts;
};

Result<Container> ReadContainer(std::string_view bytes) {
  Decoder decoder(bytes);
  Container file;
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
    std::string inflated =
        TRY(is_deflated ? Inflate(block) : Result<std::string>(std::string(block)));
    const std::string_view end = TRY(decoder.Raw(kSyncBytes));
    if (count < 0) return decoder.Malformed("a block with a negative count");
    if (end != sync) return decoder.Malformed("a block does not end with the sync marker");
    file.blocks.push_back(std::move(inflated));
    file.counts.push_back(count);
  }
  return file;
}

}  // namespace

Result<File> ReadFile(std::string_view bytes) {
  Container container = TRY(ReadContainer(bytes));
  File file{.schema = container.schema, .metadata = std::move(container.metadata), .records = {}};
  for (size_t i = 0; i < container.blocks.size(); ++i) {
    Decoder block(container.blocks[i]);
    for (int64_t left = container.counts[i]; left > 0; --left) {
      Datum record = TRY(block.Value(*file.schema));
      file.records.push_back(std::move(record));
    }
    if (!block.at_end()) return block.Malformed("bytes are left over in a block");
  }
  return file;
}

Result<RawFile> ReadRawFile(std::string_view bytes) {
  Container container = TRY(ReadContainer(bytes));
  RawFile file{.schema = container.schema,
               .metadata = std::move(container.metadata),
               .blocks = std::move(container.blocks),
               .records = {}};
  for (size_t i = 0; i < file.blocks.size(); ++i) {
    Decoder block(file.blocks[i]);
    for (int64_t left = container.counts[i]; left > 0; --left) {
      const size_t start = block.at();
      TRY(block.Skip(*file.schema));
      file.records.push_back(std::string_view(file.blocks[i]).substr(start, block.at() - start));
    }
    if (!block.at_end()) return block.Malformed("bytes are left over in a block");
  }
  return file;
}

Result<std::vector<std::string_view>> SplitRecord(const Type& type, std::string_view record) {
  Decoder decoder(record);
  if (type.kind != Kind::kRecord) return decoder.Malformed("not a record");
  std::vector<std::string_view> fields;
  for (const Field& field : type.fields) {
    const size_t start = decoder.at();
    TRY(decoder.Skip(*field.type));
    fields.push_back(record.substr(start, decoder.at() - start));
  }
  return fields;
}

Result<Datum> DecodeValue(const Type& type, std::string_view bytes) {
  return Decoder(bytes).Value(type);
}

}  // namespace weir::table::iceberg::avro
