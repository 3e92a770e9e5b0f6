// SPDX-License-Identifier: Apache-2.0
#pragma once
// For benchmarks: one OTLP message written as protobuf or as OTLP/JSON, by the same calls.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "signal/signal.h"

namespace weir::sample {

/// A field's number in protobuf and its name in JSON. Source: opentelemetry-proto v1.
struct Field {
  uint32_t number;
  std::string_view name;
};

/// Plain and slow on purpose, and independent of the code that is measured: what that code reads
/// must not change with it. One thread.
class OtlpWriter {
 public:
  explicit OtlpWriter(signal::Encoding encoding) : encoding_(encoding) {
    if (is_json()) out_ = "{";
  }

  void Text(Field field, std::string_view text);
  void Id(Field field, std::string_view bytes);
  void Number(Field field, int64_t number);  // Enums and 32 bits.
  void Long(Field field, int64_t number);    // int64, uint64
  void ZigZag(Field field, int32_t number);  // sint32
  void Fixed32(Field field, uint32_t number);
  void Fixed64(Field field, uint64_t number);
  void Double(Field field, double number);
  void Bool(Field field, bool is_true);
  void Longs(Field field, std::span<const uint64_t> numbers);     // Packed uint64.
  void Fixed64s(Field field, std::span<const uint64_t> numbers);  // Packed fixed64.
  void Doubles(Field field, std::span<const double> numbers);
  void Message(Field field, const std::function<void(OtlpWriter&)>& fill);
  void List(Field field, int count, const std::function<void(OtlpWriter&, int)>& fill);

  std::string Take();

 private:
  bool is_json() const { return encoding_ == signal::Encoding::kJson; }
  void Name(Field field);
  void Json(Field field, std::string_view value);
  void Tag(Field field, uint32_t wire_type);
  void Varint(uint64_t number);
  void Bytes(Field field, std::string_view bytes);
  void Little(uint64_t number, int bytes);

  const signal::Encoding encoding_;
  std::string out_;
};

}  // namespace weir::sample
