// SPDX-License-Identifier: Apache-2.0
#include "columnar/column/text_dictionary.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <simdjson.h>

// Inlined: most texts are a few bytes, where a call costs as much as the hash.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>

#include "columnar/column/short_text.h"

namespace weir::columnar {

bool IsUtf8(std::string_view text) {
  // Most texts are short ASCII: eight bytes a step settle those without a call.
  size_t at = 0;
  uint64_t high_bits = 0;
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    high_bits |= word;
  }
  for (; at < text.size(); ++at) high_bits |= static_cast<unsigned char>(text[at]);
  if ((high_bits & 0x8080808080808080u) == 0) return true;
  return simdjson::validate_utf8(text.data(), text.size());
}

TextDictionary::TextDictionary(TextUse use) : use_(use), ends_{0}, slots_(64) {}

uint64_t TextDictionary::Hash(std::string_view text) {
  return XXH3_64bits(text.data(), text.size());
}

int32_t TextDictionary::Intern(std::string_view text, uint64_t* hash) {
  const uint64_t full_hash = Hash(text);
  if (hash != nullptr) *hash = full_hash;
  return InternHashed(text, full_hash);
}

int32_t TextDictionary::InternHashed(std::string_view text, uint64_t hash) {
  const uint32_t short_hash = static_cast<uint32_t>(hash >> 32);
  const size_t mask = slots_.size() - 1;
  size_t slot = hash & mask;
  for (; slots_[slot].id >= 0; slot = (slot + 1) & mask) {
    if (slots_[slot].hash == short_hash && EqualTexts(at(slots_[slot].id), text)) {
      interned_bytes_ += static_cast<int64_t>(text.size());
      return slots_[slot].id;
    }
  }
  const int32_t id = AddNew(text);
  if (id >= 0 && id < kDistinctMax) {
    slots_[slot] = {short_hash, id};
    if (++used_slots_ * 2 >= static_cast<int64_t>(slots_.size())) Rehash();
  }
  return id;
}

int32_t TextDictionary::InternGuessed(std::string_view text, uint64_t hash, RepeatGuess& guess) {
  if (!guess.wants_lookup(hash)) return AddNew(text);
  const int32_t texts_before = size();
  const int32_t id = InternHashed(text, hash);
  guess.Count(size() == texts_before);
  return id;
}

int32_t TextDictionary::AddNew(std::string_view text) {
  interned_bytes_ += static_cast<int64_t>(text.size());
  return IsUtf8(text) ? Add(text) : kNotText;
}

int32_t TextDictionary::Add(std::string_view text) {
  bytes_.append(text);
  ends_.push_back(static_cast<int32_t>(bytes_.size()));
  return size() - 1;
}

void TextDictionary::Rehash() {
  std::vector<Slot> old(slots_.size() * 4);
  old.swap(slots_);
  const size_t mask = slots_.size() - 1;
  for (const Slot& known : old) {
    if (known.id < 0) continue;
    size_t slot = Hash(at(known.id)) & mask;
    while (slots_[slot].id >= 0) slot = (slot + 1) & mask;
    slots_[slot] = known;
  }
}

int64_t TextDictionary::byte_size() const {
  return static_cast<int64_t>(bytes_.capacity() + ends_.capacity() * sizeof(int32_t) +
                              slots_.capacity() * sizeof(Slot));
}

std::shared_ptr<arrow::StringArray> TextDictionary::ToArrow() const {
  const auto ends =
      std::make_shared<arrow::Buffer>(reinterpret_cast<const uint8_t*>(ends_.data()),
                                      static_cast<int64_t>(ends_.size() * sizeof(int32_t)));
  const auto bytes = std::make_shared<arrow::Buffer>(
      reinterpret_cast<const uint8_t*>(bytes_.data()), static_cast<int64_t>(bytes_.size()));
  return std::make_shared<arrow::StringArray>(size(), ends, bytes);
}

}  // namespace weir::columnar
