// SPDX-License-Identifier: Apache-2.0
#include "datafile/text_statistics.h"

#include <bit>
#include <string>

#include "datafile/encoding/hex_text.h"

namespace weir::datafile {
namespace {

uint64_t LoadBigEndian(const char* bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return __builtin_bswap64(word);
}

/// Ids of 8 to 16 bytes, as trace, span and record ids are: the first eight bytes and the last
/// eight, which may overlap, are one number that orders as the ids do.
std::optional<Bounds> BoundsOfShortIds(const IdList& ids) {
  using Wide = unsigned __int128;
  const auto id_bytes = static_cast<size_t>(ids.id_bytes);
  const char* const begin = ids.bytes.data();
  const char* const end = begin + ids.size() * id_bytes;
  Wide least = ~Wide{0}, largest = 0;
  for (const char* id = begin; id < end; id += id_bytes) {
    const Wide number = Wide{LoadBigEndian(id)} << 64 | LoadBigEndian(id + id_bytes - 8);
    least = std::min(least, number);
    largest = std::max(largest, number);
  }
  const auto hex = [&](Wide number) {
    const uint64_t halves[2] = {__builtin_bswap64(static_cast<uint64_t>(number >> 64)),
                                __builtin_bswap64(static_cast<uint64_t>(number))};
    char binary[16];
    std::memcpy(binary, halves, 8);
    std::memcpy(binary + id_bytes - 8, halves + 1, 8);
    return HexOf({binary, id_bytes});
  };
  return Bounds{hex(least), hex(largest)};
}

Status BeyondDictionary() {
  return Error(ErrorKind::kInternal, "encode parquet column: index beyond the dictionary");
}

/// Where the texts' memory ends.
const char* EndOf(const signal::TextTable& texts) {
  return texts.ends.empty() ? texts.bytes : texts.bytes + texts.ends.back();
}

const char* EndOf(const IdList& ids) { return ids.bytes.data() + ids.bytes.size(); }

}  // namespace

std::optional<std::pair<std::string_view, std::string_view>> TextBounds::Get() const {
  if (is_empty_) return std::nullopt;
  return std::pair(least_, largest_);
}

void TextBounds::AddUncertain(std::string_view text, uint64_t key) {
  const auto is_same = [&](std::string_view known) {
    return text.data() == known.data() && text.size() == known.size();
  };
  if (!is_empty_ && (is_same(least_) || is_same(largest_))) return;
  if (is_empty_ || key < least_key_ || (key == least_key_ && text < least_)) {
    least_ = text;
    least_key_ = key;
  }
  if (is_empty_ || key > largest_key_ || (key == largest_key_ && text > largest_)) {
    largest_ = text;
    largest_key_ = key;
  }
  is_empty_ = false;
}

std::optional<Bounds> BoundsOfTexts(const signal::TextTable& texts,
                                    std::span<const int32_t> numbers) {
  const char* const end = EndOf(texts);
  TextBounds bounds;
  for (const int32_t number : numbers) {
    const std::string_view text = texts.at(number);
    bounds.Add(text, TextKey(text, end));
  }
  const auto found = bounds.Get();
  if (!found) return std::nullopt;
  return Bounds{std::string(found->first), std::string(found->second)};
}

std::optional<Bounds> BoundsOfIds(const IdList& ids) {
  if (ids.size() == 0) return std::nullopt;
  if (ids.id_bytes >= 8 && ids.id_bytes <= 16) return BoundsOfShortIds(ids);
  TextBounds bounds;
  for (size_t i = 0; i < ids.size(); ++i) bounds.Add(ids.at(i), TextKey(ids.at(i), EndOf(ids)));
  const auto found = bounds.Get();
  return Bounds{HexOf(found->first), HexOf(found->second)};
}

void UsedTexts::Start(const signal::TextTable& texts, std::span<const int32_t> numbers) {
  is_ids_ = false;
  texts_ = texts;
  numbers_ = numbers;
  StartMarks(numbers.size());
  for (size_t i = 0; i < keys_.size(); ++i) keys_[i] = TextKey(at(i), EndOf(texts));
}

void UsedTexts::Start(const IdList& ids) {
  is_ids_ = true;
  ids_ = ids;
  StartMarks(ids.size());
  for (size_t i = 0; i < keys_.size(); ++i) keys_[i] = TextKey(at(i), EndOf(ids));
}

void UsedTexts::StartMarks(size_t size) {
  keys_.resize(size);
  marks_.assign(std::bit_ceil(std::max<size_t>(size, 2)), 0);
}

Result<std::optional<Bounds>> UsedTexts::Take(std::span<const int32_t> indices) {
  const TextBounds bounds = TRY(MarksFor(indices.size()) == nullptr ? Find(indices) : TakeMarked());
  const auto found = bounds.Get();
  if (!found) return std::nullopt;
  if (is_ids_) return Bounds{HexOf(found->first), HexOf(found->second)};
  return Bounds{std::string(found->first), std::string(found->second)};
}

Result<TextBounds> UsedTexts::TakeMarked() {
  const auto beyond = marks_.begin() + static_cast<ptrdiff_t>(keys_.size());
  if (std::find(beyond, marks_.end(), 1) != marks_.end()) return BeyondDictionary();
  TextBounds bounds;
  for (size_t i = 0; i < keys_.size(); ++i) {
    if (marks_[i] != 0) bounds.Add(at(i), keys_[i]);
  }
  std::fill(marks_.begin(), marks_.end(), 0);
  return bounds;
}

Result<TextBounds> UsedTexts::Find(std::span<const int32_t> indices) const {
  uint64_t least = ~uint64_t{0}, largest = 0;
  for (const int32_t index : indices) {
    if (static_cast<size_t>(index) >= keys_.size()) return BeyondDictionary();
    least = std::min(least, keys_[index]);
    largest = std::max(largest, keys_[index]);
  }
  TextBounds bounds;
  for (const int32_t index : indices) {
    // The texts themselves are elsewhere, so only those are looked at that may be a bound.
    const uint64_t key = keys_[index];
    if (key == least || key == largest) bounds.Add(at(index), key);
  }
  return bounds;
}

}  // namespace weir::datafile
