// SPDX-License-Identifier: Apache-2.0
#pragma once
// For benchmarks: what a shop's services say about themselves and about what they did.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "bench/sample/dice.h"
#include "bench/sample/otlp_writer.h"

namespace weir::sample {

inline constexpr uint64_t kStart = 1'790'000'000'000'000'000;  // Unix nanoseconds.
inline constexpr int kServices = 12;

struct Attribute {
  std::string_view key;
  std::variant<std::string, int64_t, double, bool> value;
};

void Attributes(OtlpWriter& out, Field field, std::initializer_list<Attribute> attributes);
/// AnyValue's text.
void TextValue(OtlpWriter& out, std::string_view text);
void Resource(OtlpWriter& out, int service);
void Scope(OtlpWriter& out, int service);
std::string Words(Dice& dice, int count);

/// One record each; `number` counts them within a request.
void Span(OtlpWriter& out, Dice& dice, int number);
void LogRecord(OtlpWriter& out, Dice& dice, int number);
/// A metric of `points` data points, of each of the five kinds in turn.
void Metric(OtlpWriter& out, Dice& dice, int number, int points);

}  // namespace weir::sample
