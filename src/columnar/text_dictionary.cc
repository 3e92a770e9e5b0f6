// SPDX-License-Identifier: Apache-2.0
#include "columnar/text_dictionary.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <simdjson.h>
#include <xxhash.h>

#include <cstring>

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

int32_t TextDictionary::Intern(std::string_view text, uint64_t* hash) {
  const uint64_t full_hash = XXH3_64bits(text.data(), text.size());
  if (hash != nullptr) *hash = full_hash;
  interned_bytes_ += static_cast<int64_t>(text.size());
  const uint32_t short_hash = static_cast<uint32_t>(full_hash >> 32);
  const size_t mask = slots_.size() - 1;
  size_t slot = full_hash & mask;
  for (; slots_[slot].id >= 0; slot = (slot + 1) & mask) {
    if (slots_[slot].hash == short_hash && at(slots_[slot].id) == text) return slots_[slot].id;
  }
  if (!IsUtf8(text)) return kNotText;
  const int32_t id = Add(text);
  if (id < kDistinctMax) {
    slots_[slot] = {short_hash, id};
    if (static_cast<size_t>(id) * 2 >= slots_.size()) Rehash();
  }
  return id;
}

int32_t TextDictionary::Add(std::string_view text) {
  bytes_.append(text);
  ends_.push_back(static_cast<int32_t>(bytes_.size()));
  return size() - 1;
}

void TextDictionary::Rehash() {
  slots_.assign(slots_.size() * 4, Slot{});
  const size_t mask = slots_.size() - 1;
  for (int32_t id = 0; id < size() && id < kDistinctMax; ++id) {
    const uint64_t hash = XXH3_64bits(at(id).data(), at(id).size());
    size_t slot = hash & mask;
    while (slots_[slot].id >= 0) slot = (slot + 1) & mask;
    slots_[slot] = {static_cast<uint32_t>(hash >> 32), id};
  }
}

int64_t TextDictionary::byte_size() const {
  return static_cast<int64_t>(bytes_.capacity() + ends_.capacity() * sizeof(int32_t) +
                              slots_.capacity() * sizeof(Slot));
}

std::shared_ptr<arrow::StringArray> TextDictionary::ToArrow() {
  if (arrow_ == nullptr) {
    const int32_t length = size();
    arrow_ =
        std::make_shared<arrow::StringArray>(length, arrow::Buffer::FromVector(std::move(ends_)),
                                             arrow::Buffer::FromString(std::move(bytes_)));
  }
  return arrow_;
}

}  // namespace weir::columnar
