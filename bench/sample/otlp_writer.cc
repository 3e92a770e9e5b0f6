// SPDX-License-Identifier: Apache-2.0
#include "bench/sample/otlp_writer.h"

#include <fmt/format.h>

#include <bit>

namespace weir::sample {
namespace {

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + '"';
}

/// `[a,b,c]`, each as `text` has it.
template <typename Number>
std::string Listed(std::span<const Number> numbers, std::string (*text)(Number)) {
  std::string out = "[";
  for (const Number number : numbers) out += (out.size() > 1 ? "," : "") + text(number);
  return out + ']';
}

std::string QuotedNumber(uint64_t number) { return fmt::format("\"{}\"", number); }
std::string RealText(double number) { return fmt::format("{}", number); }

}  // namespace

void OtlpWriter::Name(Field field) {
  if (out_.size() > 1) out_ += ',';
  out_ += fmt::format("\"{}\":", field.name);
}

void OtlpWriter::Json(Field field, std::string_view value) {
  Name(field);
  out_ += value;
}

void OtlpWriter::Varint(uint64_t number) {
  for (; number >= 0x80; number >>= 7) out_ += static_cast<char>(number | 0x80);
  out_ += static_cast<char>(number);
}

void OtlpWriter::Tag(Field field, uint32_t wire_type) { Varint(field.number << 3 | wire_type); }

void OtlpWriter::Bytes(Field field, std::string_view bytes) {
  Tag(field, 2);
  Varint(bytes.size());
  out_ += bytes;
}

void OtlpWriter::Little(uint64_t number, int bytes) {
  for (int i = 0; i < bytes; ++i) out_ += static_cast<char>(number >> (8 * i));
}

void OtlpWriter::Text(Field field, std::string_view text) {
  is_json() ? Json(field, Quoted(text)) : Bytes(field, text);
}

void OtlpWriter::Id(Field field, std::string_view bytes) {
  if (!is_json()) return Bytes(field, bytes);
  std::string hex;
  for (const char c : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  Json(field, Quoted(hex));
}

void OtlpWriter::Number(Field field, int64_t number) {
  if (is_json()) return Json(field, fmt::format("{}", number));
  Tag(field, 0);
  Varint(static_cast<uint64_t>(number));
}

void OtlpWriter::Long(Field field, int64_t number) {
  is_json() ? Json(field, fmt::format("\"{}\"", number)) : Number(field, number);
}

void OtlpWriter::ZigZag(Field field, int32_t number) {
  if (is_json()) return Json(field, fmt::format("{}", number));
  Tag(field, 0);
  Varint(static_cast<uint32_t>(number) << 1 ^ static_cast<uint32_t>(number >> 31));
}

void OtlpWriter::Fixed32(Field field, uint32_t number) {
  if (is_json()) return Json(field, fmt::format("{}", number));
  Tag(field, 5);
  Little(number, 4);
}

void OtlpWriter::Fixed64(Field field, uint64_t number) {
  if (is_json()) return Json(field, QuotedNumber(number));
  Tag(field, 1);
  Little(number, 8);
}

void OtlpWriter::Double(Field field, double number) {
  if (is_json()) return Json(field, RealText(number));
  Fixed64(field, std::bit_cast<uint64_t>(number));
}

void OtlpWriter::Bool(Field field, bool is_true) {
  is_json() ? Json(field, is_true ? "true" : "false") : Number(field, is_true);
}

void OtlpWriter::Longs(Field field, std::span<const uint64_t> numbers) {
  if (is_json()) return Json(field, Listed(numbers, QuotedNumber));
  OtlpWriter packed(encoding_);
  for (const uint64_t number : numbers) packed.Varint(number);
  Bytes(field, packed.out_);
}

void OtlpWriter::Fixed64s(Field field, std::span<const uint64_t> numbers) {
  if (is_json()) return Json(field, Listed(numbers, QuotedNumber));
  Tag(field, 2);
  Varint(numbers.size() * 8);
  for (const uint64_t number : numbers) Little(number, 8);
}

void OtlpWriter::Doubles(Field field, std::span<const double> numbers) {
  if (is_json()) return Json(field, Listed(numbers, RealText));
  Tag(field, 2);
  Varint(numbers.size() * 8);
  for (const double number : numbers) Little(std::bit_cast<uint64_t>(number), 8);
}

void OtlpWriter::Message(Field field, const std::function<void(OtlpWriter&)>& fill) {
  OtlpWriter inner(encoding_);
  fill(inner);
  const std::string bytes = inner.Take();
  is_json() ? Json(field, bytes) : Bytes(field, bytes);
}

void OtlpWriter::List(Field field, int count, const std::function<void(OtlpWriter&, int)>& fill) {
  if (is_json()) Json(field, "[");
  for (int i = 0; i < count; ++i) {
    OtlpWriter inner(encoding_);
    fill(inner, i);
    const std::string bytes = inner.Take();
    if (is_json()) {
      out_ += (i > 0 ? "," : "") + bytes;
    } else {
      Bytes(field, bytes);
    }
  }
  if (is_json()) out_ += ']';
}

std::string OtlpWriter::Take() {
  if (is_json()) out_ += '}';
  return std::move(out_);
}

}  // namespace weir::sample
