// SPDX-License-Identifier: Apache-2.0
#include "columnar/otlp_json/tokens.h"

#include <simdjson.h>

#include <algorithm>
#include <memory>
#include <string>

namespace weir::columnar::otlp_json {
namespace {

// A thread keeps the indexes (four bytes for each byte) of up to this much text between requests.
constexpr size_t kKeptBytesMax = 2 << 20;
constexpr size_t kJsonBytesMax = 1 << 30;
constexpr size_t kCapacityMin = 64 << 10;

/// One thread's parser. `text` is a copy of a text that ends in the wrong byte.
struct Index {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
  size_t capacity = 0;
  std::string text;
};
thread_local Index index_of_thread;

simdjson::error_code EnsureCapacity(Index& index, size_t bytes) {
  if (index.parser != nullptr && bytes <= index.capacity) return simdjson::SUCCESS;
  const size_t capacity = std::max({bytes, index.capacity * 2, kCapacityMin});
  index = {};
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

/// Puts an offset behind the last token, at a byte that stops every rule. Where the last token is
/// '}' only a comma or a bracket may follow, so the first token, '{', stops it.
/// Any other text is no request: its copy has a zero byte at the end.
Tokens WithEnd(Index& index, std::string_view json) {
  uint32_t* const starts = index.parser->structural_indexes.get();
  const size_t count = index.parser->n_structural_indexes;
  if (json[starts[0]] == '{' && json[starts[count - 1]] == '}') {
    starts[count] = starts[0];
  } else {
    index.text = json;
    json = index.text;
    starts[count] = static_cast<uint32_t>(json.size());
  }
  return Tokens(json, {.begin = starts, .end = starts + count});
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
  // Stage 1 copies the text's last block, so it reads nothing behind the text: only simdjson's
  // other stages need padding.
  const auto* text = reinterpret_cast<const uint8_t*>(json.data());
  const auto code = index.parser->stage1(text, json.size(), simdjson::stage1_mode::regular);
  if (code != simdjson::SUCCESS) return Error(ErrorKind::kBadRequest, MessageOf(code));
  return WithEnd(index, json);
}

void TrimTokens() {
  if (index_of_thread.capacity > kKeptBytesMax || index_of_thread.text.capacity() > kKeptBytesMax) {
    index_of_thread = {};
  }
}

}  // namespace weir::columnar::otlp_json
