// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where each bracket, comma, colon, string and scalar of a JSON text starts. The one user of
// simdjson.

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace weir::columnar::otlp_json {

/// A cursor over the tokens of an indexed text. One thread; valid while the text is, until that
/// thread's next IndexTokens. Past the last token Peek() gives a byte that no rule of JSON accepts
/// there, so nothing steps further.
class Tokens {
 public:
  struct Range {
    const uint32_t* begin = nullptr;
    const uint32_t* end = nullptr;  // Readable: the offset of a byte to Peek at.
  };
  Tokens(std::string_view text, Range starts)
      : text_(text.data()),
        text_end_(text.data() + text.size()),
        at_(starts.begin),
        end_(starts.end) {}

  /// First byte of the current token: it tells what the token is.
  char Peek() const { return text_[*at_]; }
  void Next() { ++at_; }
  bool AtEnd() const { return at_ == end_; }
  size_t byte_offset() const { return AtEnd() ? static_cast<size_t>(text_end_ - text_) : *at_; }

  /// A scalar as written: up to the next token, without the space between.
  std::string_view Scalar() const {
    const char* end = end_ - at_ > 1 ? text_ + at_[1] : text_end_;
    while (end[-1] == ' ' || end[-1] == '\n' || end[-1] == '\r' || end[-1] == '\t') --end;
    return {text_ + *at_, end};
  }
  /// What was passed since `begin`, without the space behind it.
  std::string_view TextFrom(size_t begin) const {
    const char* end = text_ + byte_offset();
    while (end[-1] == ' ' || end[-1] == '\n' || end[-1] == '\r' || end[-1] == '\t') --end;
    return {text_ + begin, end};
  }
  /// A string between its quotes, escapes as they are.
  std::string_view String() const {
    const char* end = end_ - at_ > 1 ? text_ + at_[1] : text_end_;
    while (*--end != '"') {
    }
    return {text_ + *at_ + 1, end};
  }

  /// For what looks at several tokens at once: at()[0] to at()[left() - 1] are offsets in text().
  const uint32_t* at() const { return at_; }
  size_t left() const { return static_cast<size_t>(end_ - at_); }
  const char* text() const { return text_; }
  const char* text_end() const { return text_end_; }
  void StepTo(const uint32_t* at) { at_ = at; }

 private:
  const char* text_;
  const char* text_end_;
  const uint32_t* at_;
  const uint32_t* end_;
};

/// Checks the UTF-8 of `json` and finds its tokens. The tokens are of `json` itself, not of a copy.
/// Errors: kBadRequest when it is empty, not UTF-8, over 1 GiB, or has an unclosed string or a raw
/// control character in one.
Result<Tokens> IndexTokens(std::string_view json);

/// Gives back this thread's memory where a large request made it large.
void TrimTokens();

}  // namespace weir::columnar::otlp_json
