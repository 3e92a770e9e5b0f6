// SPDX-License-Identifier: Apache-2.0
#pragma once
// The walk over an indexed OTLP/JSON text that writes the wire form as it goes.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "columnar/otlp_json.h"
#include "columnar/otlp_json/scalars.h"
#include "columnar/otlp_json/schema.h"
#include "columnar/otlp_json/tokens.h"
#include "columnar/wire/wire_writer.h"

namespace weir::columnar::otlp_json {

/// Where the walk stands: a chain on the stack from the value up to the request.
struct Place {
  const Place* outer = nullptr;
  const Field* field = nullptr;
  int64_t index = -1;  // Of the element, in a repeated field.
};

/// `resourceSpans[0].scopeSpans[2].spans`, cut where it gets long.
std::string PathOf(const Place* place);

/// One thread, one request. Functions that return bool say false when the whole request has failed;
/// what costs only a record is kept in `record_error_` and the walk goes on, so that the rest is
/// still checked.
class Rewriter {
 public:
  Rewriter(Tokens tokens, size_t json_bytes, const JsonLimits& limits)
      : tokens_(tokens),
        wire_(json_bytes),
        limits_(limits),
        // An AnyValue in a key-value list takes four brackets; the envelope's are in the constant.
        brackets_max_(128 + 8 * limits.nesting_depth) {}

  Result<std::string> Rewrite(const Message& request);

 private:
  bool Members(const Message& message, const Place* outer);
  bool Member(const Message& message, const Place* outer);
  bool Elements(Place& place);
  bool Element(const Place& place);
  bool Packed(Place& place);
  int64_t UsualAttributes(const Place& place);
  bool Nested(const Place& place);
  bool AnyValue(const Place& place);
  bool Record(const Place& place);

  bool Value(const Place& place);
  bool Text(const Place& place);
  /// False, with nothing written, where the text has escapes.
  bool PlainText(uint32_t tag, std::string_view text);
  bool Decoded(const Place& place);
  /// Ids and numbers as nearly all senders spell them. False, with nothing done, for all else.
  bool UsualHex(uint32_t tag, std::string_view text);
  bool UsualNumber(const Field& field);
  bool Bool(const Place& place);
  bool Number(const Place& place);
  bool WriteNumber(const Field& field, std::string_view text);

  bool Skip();
  bool SkipNested(char close);
  bool SkipScalar();
  bool Expect(char c, std::string_view what);
  bool Deeper();
  bool IsNull() const { return tokens_.Peek() == 'n' && tokens_.Scalar() == "null"; }

  /// The value here is wrong: costs the record, or outside of one the request. Steps over the
  /// value.
  bool Wrong(const Place& place, std::string_view expected);
  bool Refuse(std::string reason);
  bool Fail(std::string message);
  bool BadSyntax(std::string_view expected);

  Tokens tokens_;
  WireWriter wire_;
  const JsonLimits limits_;
  const int brackets_max_;
  int brackets_ = 0;
  int any_values_ = 0;
  bool in_record_ = false;
  std::string record_error_;  // Of the innermost record; the first one counts.
  Status error_;
};

}  // namespace weir::columnar::otlp_json
