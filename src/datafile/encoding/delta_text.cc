// SPDX-License-Identifier: Apache-2.0
#include "datafile/encoding/delta_text.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "datafile/encoding/delta_binary.h"
#include "datafile/encoding/hex_text.h"

namespace weir::datafile {
namespace {

constexpr size_t kShort =
    16;  // Most texts; copied with one load and one store, whatever their length.
static_assert(kShort <= PageBytes::kSlack);

/// Copies texts of one table, reading beyond a short text only where the table goes on.
class TextCopier {
 public:
  explicit TextCopier(const signal::TextTable& texts)
      : end_(texts.bytes + (texts.ends.empty() ? 0 : texts.ends.back())) {}

  uint8_t* operator()(std::string_view text, uint8_t* to) const {
    if (text.size() <= kShort && end_ - text.data() >= static_cast<ptrdiff_t>(kShort)) [[likely]] {
      std::memcpy(to, text.data(), kShort);
    } else if (!text.empty()) {
      std::memcpy(to, text.data(), text.size());
    }
    return to + text.size();
  }

 private:
  const char* const end_;
};

/// How many hex digits two ids have in common at their beginning.
inline int32_t SharedDigits(const char* a, const char* b, size_t id_bytes) {
  size_t at = 0;
  for (; at + 8 <= id_bytes; at += 8) {
    uint64_t x, y;
    std::memcpy(&x, a + at, 8);
    std::memcpy(&y, b + at, 8);
    if (x == y) continue;
    const int bits = std::countl_zero(__builtin_bswap64(x ^ y));
    return static_cast<int32_t>(2 * at) + bits / 4;
  }
  for (; at < id_bytes; ++at) {
    const auto differing = static_cast<uint8_t>(a[at] ^ b[at]);
    if (differing != 0) return static_cast<int32_t>(2 * at) + (differing < 16 ? 1 : 0);
  }
  return static_cast<int32_t>(2 * id_bytes);
}

}  // namespace

size_t BytesOf(const signal::TextTable& texts, std::span<const int32_t> numbers) {
  size_t bytes = 0;
  for (const int32_t number : numbers) bytes += texts.at(number).size();
  return bytes;
}

void AppendPlainTexts(const signal::TextTable& texts, std::span<const int32_t> numbers,
                      PageBytes& out) {
  const size_t bytes = BytesOf(texts, numbers) + numbers.size() * sizeof(uint32_t);
  const TextCopier copy(texts);
  uint8_t* to = out.Room(bytes);
  for (const int32_t number : numbers) {
    const std::string_view text = texts.at(number);
    const auto length = static_cast<uint32_t>(text.size());
    std::memcpy(to, &length, sizeof length);
    to = copy(text, to + sizeof length);
  }
  out.Advance(bytes);
}

void AppendPlainHex(const IdList& ids, PageBytes& out) {
  const auto length = static_cast<uint32_t>(2 * ids.id_bytes);
  const size_t bytes = ids.size() * (sizeof length + length);
  uint8_t* to = out.Room(bytes);
  for (size_t i = 0; i < ids.size(); ++i) {
    std::memcpy(to, &length, sizeof length);
    WriteHex(ids.at(i).data(), static_cast<size_t>(ids.id_bytes), to + sizeof length);
    to += sizeof length + length;
  }
  out.Advance(bytes);
}

void AppendTexts(const signal::TextTable& texts, std::span<const int32_t> numbers,
                 std::vector<int32_t>& lengths, PageBytes& out) {
  lengths.resize(numbers.size());
  size_t bytes = 0;
  for (size_t i = 0; i < numbers.size(); ++i) {
    lengths[i] = texts.ends[numbers[i] + 1] - texts.ends[numbers[i]];
    bytes += static_cast<size_t>(lengths[i]);
  }
  AppendDeltas(lengths, out);
  const TextCopier copy(texts);
  uint8_t* to = out.Room(bytes);
  for (const int32_t number : numbers) to = copy(texts.at(number), to);
  out.Advance(bytes);
}

void AppendHex(const IdList& ids, PageBytes& out) {
  AppendSameDeltas(2 * ids.id_bytes, ids.size(), out);
  const size_t digits = 2 * ids.bytes.size();
  WriteHex(ids.bytes.data(), ids.bytes.size(), out.Room(digits));
  out.Advance(digits);
}

void AppendTextsWithoutPrefixes(const signal::TextTable& texts, std::span<const int32_t> numbers,
                                std::vector<int32_t>& lengths, PageBytes& out) {
  lengths.resize(numbers.size());
  std::string_view before;
  for (size_t i = 0; i < numbers.size(); ++i) {
    const std::string_view text = texts.at(numbers[i]);
    const size_t common = std::min(before.size(), text.size());
    lengths[i] = static_cast<int32_t>(
        std::mismatch(text.begin(), text.begin() + static_cast<ptrdiff_t>(common), before.begin())
            .first -
        text.begin());
    before = text;
  }
  AppendDeltas(lengths, out);
  const std::vector<int32_t> shared = lengths;
  size_t fresh = 0;
  for (size_t i = 0; i < numbers.size(); ++i) {
    lengths[i] = static_cast<int32_t>(texts.at(numbers[i]).size()) - shared[i];
    fresh += static_cast<size_t>(lengths[i]);
  }
  AppendDeltas(lengths, out);
  const TextCopier copy(texts);
  uint8_t* to = out.Room(fresh);
  for (size_t i = 0; i < numbers.size(); ++i) {
    to = copy(texts.at(numbers[i]).substr(static_cast<size_t>(shared[i])), to);
  }
  out.Advance(fresh);
}

void AppendHexWithoutPrefixes(const IdList& ids, std::vector<int32_t>& lengths, PageBytes& out) {
  const size_t id_bytes = static_cast<size_t>(ids.id_bytes), digits = 2 * id_bytes;
  const char* const first = ids.bytes.data();
  lengths.resize(ids.size());
  for (size_t i = 0; i < ids.size(); ++i) {
    const char* const id = first + i * id_bytes;
    lengths[i] = i == 0 ? 0 : SharedDigits(id - id_bytes, id, id_bytes);
  }
  AppendDeltas(lengths, out);
  size_t fresh = 0;
  for (int32_t& length : lengths) {
    length = static_cast<int32_t>(digits) - length;
    fresh += static_cast<size_t>(length);
  }
  AppendDeltas(lengths, out);
  // From the last to the first, each id is written whole, so that its new digits stand where they
  // belong. What it shares with the one before covers digits of earlier ids, which are written
  // after it.
  uint8_t* to = out.Room(fresh) + fresh;
  for (size_t i = ids.size(); i > 0; --i) {
    to -= lengths[i - 1];
    WriteHex(first + (i - 1) * id_bytes, id_bytes, to + lengths[i - 1] - digits);
  }
  out.Advance(fresh);
}

}  // namespace weir::datafile
