// SPDX-License-Identifier: Apache-2.0
#pragma once
// Random identifiers and their text forms.

#include <cstdint>
#include <string>
#include <string_view>

namespace weir {

/// A random (version 4) UUID as 36 lower-case characters. Any thread.
std::string NewUuid();

/// A positive random 63-bit number, as Iceberg wants its snapshot ids. Any thread.
int64_t NewPositiveInt63();

/// For simulations: this thread's ids follow from `seed` from here on.
void SeedIds(uint64_t seed);

/// Writes two lower-case hex digits a byte; `out` has room for `2 * bytes.size()`.
void HexEncode(std::string_view bytes, char* out);
std::string HexEncode(std::string_view bytes);

/// Writes `value` as exactly `digits` lower-case hex digits, high digits cut off.
void HexEncodeInt(uint64_t value, int digits, char* out);

/// Reads hex of either case into `out` (room for `hex.size() / 2`); false where a character is not
/// hex or one is left over.
bool HexDecode(std::string_view hex, char* out);

}  // namespace weir
