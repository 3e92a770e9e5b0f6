// SPDX-License-Identifier: Apache-2.0
#pragma once
// Avro's binary encoding, read from bytes that are not trusted.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "table/iceberg/avro.h"

namespace weir::table::iceberg::avro {

/// Reads Avro's binary encoding from borrowed bytes; every read is checked against their end. One
/// thread.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes);

  bool at_end() const { return at_ == bytes_.size(); }
  size_t at() const { return at_; }
  size_t rest() const { return bytes_.size() - at_; }

  Status Malformed(std::string_view what) const;
  Result<int64_t> Int();
  Result<std::string_view> Raw(int64_t size);
  Result<std::string_view> Bytes();
  Result<Datum> Value(const Type& type);
  /// Goes past a value without building it.
  Status Skip(const Type& type);

 private:
  Result<Datum> Record(const Type& type);
  Result<Datum> Items(const Type& type);
  Result<Datum> Pair(const Type& type);
  Result<Datum> Float(size_t size);
  Status SkipItems(const Type& type);
  Status CountValue();
  /// Items in the next block of an array or map; 0 at its end.
  Result<int64_t> BlockCount();
  Result<const Type*> Branch(const Type& type);
  Result<Datum> Integer();
  static Result<Datum> Text(Result<std::string_view> bytes);

  const std::string_view bytes_;
  size_t at_ = 0;
  size_t values_left_;
};

}  // namespace weir::table::iceberg::avro
