// SPDX-License-Identifier: Apache-2.0
#include "datafile/lookup/bloom_probe.h"

#include <parquet/bloom_filter.h>
#include <parquet/bloom_filter_reader.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>
#include <parquet/types.h>
#include <parquet/xxhasher.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

#include "datafile/stored_file.h"

namespace weir::datafile {
namespace {

constexpr int64_t kBlockBytes = 32;
constexpr std::array<uint32_t, 8> kSalts = {0x47b6137bU, 0x44974d91U, 0x8824ad5bU, 0xa2b7289dU,
                                            0x705495c7U, 0x2df1424bU, 0x9efc4947U, 0x5c6bfb31U};

uint64_t HashOf(std::string_view text) {
  const parquet::ByteArray bytes(text);
  return parquet::XxHasher().Hash(&bytes);
}

/// The filter's header in Thrift's compact protocol: its size, and that it is of blocks, hashed by
/// xxHash, not compressed. Those are all that there are.
std::string HeaderOf(int64_t filter_bytes) {
  std::string header(1, '\x15');
  uint64_t zigzag = static_cast<uint64_t>(filter_bytes) << 1;
  for (; zigzag >= 0x80; zigzag >>= 7) header += static_cast<char>(0x80 | (zigzag & 0x7f));
  header += static_cast<char>(zigzag);
  for (int i = 0; i < 3; ++i) header += std::string("\x1c\x1c\0\0", 4);
  return header + '\0';
}

bool BlockHas(std::string_view block, uint32_t key) {
  for (size_t i = 0; i < kSalts.size(); ++i) {
    uint32_t word = 0;
    std::memcpy(&word, block.data() + i * sizeof word, sizeof word);
    if ((word >> ((key * kSalts[i]) >> 27) & 1) == 0) return false;
  }
  return true;
}

bool WholeFilterHas(const PartReader& parts, const LeafPlace& place, std::string_view text) {
  const FileHead& head = place.head;
  const auto file = FileOfParts(
      [&](int64_t offset, int64_t count) { return parts.Read(head.path(), offset, count); },
      head.file_bytes());
  // Its readers keep references to what they are given.
  const parquet::ReaderProperties properties = parquet::default_reader_properties();
  const auto reader = parquet::BloomFilterReader::Make(file, head.shared_metadata(), properties);
  const auto of_group = reader->RowGroup(place.group);
  const auto filter = of_group == nullptr ? nullptr : of_group->GetColumnBloomFilter(place.column);
  return filter == nullptr || filter->FindHash(HashOf(text));
}

}  // namespace

Result<bool> BloomMayHave(const PartReader& parts, const LeafPlace& place, std::string_view text) {
  static_assert(std::endian::native == std::endian::little);
  const auto chunk = place.head.metadata().RowGroup(place.group)->ColumnChunk(place.column);
  const auto offset = chunk->bloom_filter_offset();
  if (!offset) return true;
  // Sizes are powers of two in files of all writers known; whatever else comes is read whole.
  const int64_t bytes = static_cast<int64_t>(std::bit_floor(
      static_cast<uint64_t>(std::max<int64_t>(0, chunk->bloom_filter_length().value_or(0)))));
  const std::string header = HeaderOf(bytes);
  if (bytes < kBlockBytes || chunk->bloom_filter_length() != bytes + std::ssize(header)) {
    return WholeFilterHas(parts, place, text);
  }
  const std::string& path = place.head.path();
  const std::string stored = TRY(parts.Read(path, *offset, std::ssize(header)));
  if (stored != header) return WholeFilterHas(parts, place, text);
  const uint64_t hash = HashOf(text);
  const auto block =
      static_cast<int64_t>(((hash >> 32) * static_cast<uint64_t>(bytes / kBlockBytes)) >> 32);
  const int64_t begin = *offset + std::ssize(header) + block * kBlockBytes;
  const std::string read = TRY(parts.Read(path, begin, kBlockBytes));
  return BlockHas(read, static_cast<uint32_t>(hash));
}

}  // namespace weir::datafile
