// SPDX-License-Identifier: Apache-2.0
#include "datafile/bloom_texts.h"

#include <string>
#include <string_view>

#include "datafile/encoding/hex_text.h"

namespace weir::datafile {

void AddToBloom(const signal::TextTable& texts, std::span<const int32_t> numbers,
                parquet::BloomFilter* bloom) {
  if (bloom == nullptr) return;
  for (const int32_t number : numbers) bloom->InsertHash(bloom->Hash(texts.at(number)));
}

void AddToBloom(const IdList& ids, parquet::BloomFilter* bloom) {
  if (bloom == nullptr) return;
  std::string hex(2 * static_cast<size_t>(ids.id_bytes), '\0');
  for (size_t i = 0; i < ids.size(); ++i) {
    WriteHex(ids.at(i).data(), static_cast<size_t>(ids.id_bytes),
             reinterpret_cast<uint8_t*>(hex.data()));
    bloom->InsertHash(bloom->Hash(std::string_view(hex)));
  }
}

}  // namespace weir::datafile
