// SPDX-License-Identifier: Apache-2.0
#include "buffer/request_key.h"

#include <string>

#include "buffer/xxh3.h"

namespace weir::buffer {

RequestKey KeyOf(const RequestContent& content) {
  XXH3_state_t* const state = ThreadHashState();
  // Neither name has a NUL, so no two requests have the same head.
  std::string head(content.schema);
  head += '\0';
  head += content.prefix;
  head += '\0';
  head += static_cast<char>(content.signal);
  head += static_cast<char>(content.encoding);
  head += static_cast<char>(content.compression);
  XXH3_128bits_reset(state);
  XXH3_128bits_update(state, head.data(), head.size());
  XXH3_128bits_update(state, content.body.data(), content.body.size());
  const XXH128_hash_t hash = XXH3_128bits_digest(state);
  return {hash.low64, hash.high64};
}

RequestKey KeyOf(const signal::ExportRequest& request) {
  return KeyOf({.signal = request.signal,
                .encoding = request.encoding,
                .compression = request.compression,
                .schema = request.tables.schema,
                .prefix = request.tables.prefix,
                .body = request.body});
}

}  // namespace weir::buffer
