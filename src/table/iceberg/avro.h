// SPDX-License-Identifier: Apache-2.0
#pragma once
// Avro object container files: what Iceberg's manifests and manifest lists are written in.

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "table/iceberg/avro_schema.h"

namespace weir::table::iceberg::avro {

/// Appends values in Avro's binary encoding to a buffer. One thread.
class Encoder {
 public:
  void Int(int64_t value);  // Avro's int and long are encoded alike.
  void Bool(bool value) { bytes_ += value ? '\1' : '\0'; }
  void Bytes(std::string_view value);  // Avro's bytes and string are encoded alike.
  /// Branch of a ["null", T] union; after Present comes the value.
  void Null() { bytes_ += '\0'; }
  void Present() { bytes_ += '\2'; }
  /// An array is written as one block: its count, the items, EndArray. An empty one is EndArray
  /// alone.
  void StartArray(size_t count);
  void EndArray() { bytes_ += '\0'; }

  std::string& bytes() { return bytes_; }

 private:
  std::string bytes_;
};

/// What stands in a container file's header.
struct FileHeader {
  std::string schema;  // JSON.
  std::vector<std::pair<std::string, std::string>> metadata;
  std::string sync_seed;  // The sync marker is derived from it, so equal input gives equal bytes.
};

/// Writes one container file with codec `deflate` into memory. One thread.
class FileWriter {
 public:
  explicit FileWriter(const FileHeader& header);
  /// The record being written; close each with EndRecord.
  Encoder& record() { return block_; }
  void EndRecord();
  std::string Finish() &&;

 private:
  void FlushBlock();

  std::string file_;
  std::array<char, 16> sync_;
  Encoder block_;
  int64_t block_records_ = 0;
};

/// A value read by its schema: null, bool, integer or enum index, float, text or bytes or fixed, or
/// the fields of a record, the items of an array, the [key, value] pairs of a map. A union is its
/// branch's value.
struct Datum {
  std::variant<std::monostate, bool, int64_t, double, std::string, std::vector<Datum>> value;

  bool is_null() const { return value.index() == 0; }
};

struct File {
  TypePointer schema;
  std::map<std::string, std::string> metadata;
  std::vector<Datum> records;
};

/// Reads a container file of codec `null` or `deflate`. The bytes need not be trusted.
/// Errors: kBadRequest with what is wrong and where.
Result<File> ReadFile(std::string_view bytes);

/// A container file whose records stay encoded, to be copied. Records borrow from blocks.
struct RawFile {
  TypePointer schema;
  std::map<std::string, std::string> metadata;
  std::deque<std::string> blocks;
  std::vector<std::string_view> records;
};

/// As ReadFile, without building values.
Result<RawFile> ReadRawFile(std::string_view bytes);

/// The encoded fields of a record of `type`, in order. Borrows from `record`. Errors: as ReadFile.
Result<std::vector<std::string_view>> SplitRecord(const Type& type, std::string_view record);

/// The value of `type` that `bytes` start with. Errors: as ReadFile.
Result<Datum> DecodeValue(const Type& type, std::string_view bytes);

}  // namespace weir::table::iceberg::avro
