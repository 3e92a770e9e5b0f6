// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where each bracket, comma, colon, string and scalar of a JSON text starts. The one user of
// simdjson.

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace weir::columnar::otlp_json {

/// A cursor over the tokens of an indexed text. One thread; valid until that thread's next
/// IndexTokens. Past the last token Peek() is '\0', which no rule of JSON accepts, so nothing steps
/// further.
class Tokens {
 public:
  Tokens(const char* text, const uint32_t* starts, const uint32_t* end)
      : text_(text), at_(starts), end_(end) {}

  /// First byte of the current token: it tells what the token is.
  char Peek() const { return text_[*at_]; }
  void Next() { ++at_; }
  bool AtEnd() const { return at_ == end_; }
  size_t byte_offset() const { return *at_; }

  /// A scalar as written: up to the next token, without the space between.
  std::string_view Scalar() const {
    const char* end = text_ + at_[1];
    while (end[-1] == ' ' || end[-1] == '\n' || end[-1] == '\r' || end[-1] == '\t') --end;
    return {text_ + *at_, end};
  }
  /// A string between its quotes, escapes as they are.
  std::string_view String() const {
    const char* end = text_ + at_[1];
    while (*--end != '"') {
    }
    return {text_ + *at_ + 1, end};
  }

 private:
  const char* text_;
  const uint32_t* at_;
  const uint32_t* end_;
};

/// Copies `json` to this thread's padded buffer, checks its UTF-8 and finds its tokens.
/// Errors: kBadRequest when it is empty, not UTF-8, over 1 GiB, or has an unclosed string or a raw
/// control character in one.
Result<Tokens> IndexTokens(std::string_view json);

/// Gives back this thread's memory where a large request made it large.
void TrimTokens();

}  // namespace weir::columnar::otlp_json
