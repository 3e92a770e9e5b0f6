// SPDX-License-Identifier: Apache-2.0
#include "columnar/otlp_json/tokens.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

namespace weir::columnar::otlp_json {
namespace {

// A thread keeps up to this much text (and four times that in indexes) between requests.
constexpr size_t kKeptBytesMax = 2 << 20;
constexpr size_t kJsonBytesMax = 1 << 30;
constexpr size_t kCapacityMin = 64 << 10;

/// One thread's parser and padded copy of the text.
struct Index {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
  std::unique_ptr<char[]> text;
  size_t capacity = 0;
};
thread_local Index index_of_thread;

simdjson::error_code EnsureCapacity(Index& index, size_t bytes) {
  if (index.parser != nullptr && bytes <= index.capacity) return simdjson::SUCCESS;
  const size_t capacity = std::max({bytes, index.capacity * 2, kCapacityMin});
  index = {};
  index.text = std::make_unique_for_overwrite<char[]>(capacity + simdjson::SIMDJSON_PADDING);
  index.capacity = capacity;
  // Only the index of tokens is used; depth is the caller's to count, so one level is enough here.
  return simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, 1,
                                                                                 index.parser);
}

std::string MessageOf(simdjson::error_code code) {
  switch (code) {
    case simdjson::EMPTY: return "the request is empty";
    case simdjson::UTF8_ERROR: return "the request is not valid UTF-8";
    case simdjson::UNCLOSED_STRING: return "not valid JSON: a string is not closed";
    case simdjson::UNESCAPED_CHARS:
      return "not valid JSON: a string has a control character that is not escaped";
    default: return std::string("not valid JSON: ") + simdjson::error_message(code);
  }
}

}  // namespace

Result<Tokens> IndexTokens(std::string_view json) {
  if (json.starts_with("\xef\xbb\xbf")) json.remove_prefix(3);
  if (json.size() > kJsonBytesMax) {
    return Error(ErrorKind::kBadRequest, "the request is JSON of more than 1 GiB");
  }
  if (json.find_first_not_of(" \n\r\t") == json.npos) {
    return Error(ErrorKind::kBadRequest, MessageOf(simdjson::EMPTY));
  }
  Index& index = index_of_thread;
  if (EnsureCapacity(index, json.size()) != simdjson::SUCCESS) {
    return Error(ErrorKind::kRetryLater, "index a JSON request: no memory");
  }
  std::memcpy(index.text.get(), json.data(), json.size());
  std::memset(index.text.get() + json.size(), 0, simdjson::SIMDJSON_PADDING);
  const auto* text = reinterpret_cast<const uint8_t*>(index.text.get());
  const auto code = index.parser->stage1(text, json.size(), simdjson::stage1_mode::regular);
  if (code != simdjson::SUCCESS) return Error(ErrorKind::kBadRequest, MessageOf(code));
  const uint32_t* starts = index.parser->structural_indexes.get();
  // simdjson puts the text's length behind the last index, where the text has a zero byte.
  return Tokens(index.text.get(), starts, starts + index.parser->n_structural_indexes);
}

void TrimTokens() {
  if (index_of_thread.capacity > kKeptBytesMax) index_of_thread = {};
}

}  // namespace weir::columnar::otlp_json
