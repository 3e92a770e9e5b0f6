// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/compression.h"
#include "table/iceberg/avro.h"

namespace weir::table::iceberg::avro {
namespace {

// 64,000 bytes: the block size of Avro's own writers.
constexpr size_t kBlockBytes = 64'000;
// Manifests are written every second and rewritten by merging; levels above 1 cost more than they
// save.
constexpr int kDeflateLevel = 1;

uint64_t Fnv1a(std::string_view text, uint64_t hash) {
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return hash;
}

std::array<char, 16> SyncMarker(std::string_view seed) {
  std::array<char, 16> marker;
  uint64_t hash = 0xcbf29ce484222325;
  for (size_t half = 0; half < 2; ++half) {
    hash = Fnv1a(seed, hash + half);
    for (size_t i = 0; i < 8; ++i) marker[half * 8 + i] = static_cast<char>(hash >> (8 * i));
  }
  return marker;
}

}  // namespace

void Encoder::Int(int64_t value) {
  uint64_t zigzag = (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
  while (zigzag >= 0x80) {
    bytes_ += static_cast<char>(zigzag | 0x80);
    zigzag >>= 7;
  }
  bytes_ += static_cast<char>(zigzag);
}

void Encoder::Bytes(std::string_view value) {
  Int(static_cast<int64_t>(value.size()));
  bytes_ += value;
}

void Encoder::StartArray(size_t count) {
  if (count > 0) Int(static_cast<int64_t>(count));
}

FileWriter::FileWriter(const FileHeader& header) : sync_(SyncMarker(header.sync_seed)) {
  Encoder encoder;
  encoder.StartArray(header.metadata.size() + 2);
  encoder.Bytes("avro.schema");
  encoder.Bytes(header.schema);
  encoder.Bytes("avro.codec");
  encoder.Bytes("deflate");
  for (const auto& [name, value] : header.metadata) {
    encoder.Bytes(name);
    encoder.Bytes(value);
  }
  encoder.EndArray();
  file_ = std::string("Obj\1", 4) + encoder.bytes();
  file_.append(sync_.data(), sync_.size());
}

void FileWriter::EndRecord() {
  ++block_records_;
  if (block_.bytes().size() >= kBlockBytes) FlushBlock();
}

void FileWriter::FlushBlock() {
  if (block_records_ == 0) return;
  Encoder head;
  head.Int(block_records_);
  head.Bytes(RawDeflateCompress(block_.bytes(), kDeflateLevel));
  file_ += head.bytes();
  file_.append(sync_.data(), sync_.size());
  block_.bytes().clear();
  block_records_ = 0;
}

std::string FileWriter::Finish() && {
  FlushBlock();
  return std::move(file_);
}

}  // namespace weir::table::iceberg::avro
