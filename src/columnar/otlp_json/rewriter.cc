// SPDX-License-Identifier: Apache-2.0
#include "columnar/otlp_json/rewriter.h"

#include <fmt/format.h>

#include <utility>

#include "columnar/otlp_json/usual_values.h"

namespace weir::columnar::otlp_json {

bool Rewriter::Deeper() {
  if (++brackets_ <= brackets_max_) return true;
  return Fail(fmt::format("the request nests deeper than {} brackets, at byte {}", brackets_max_,
                          tokens_.byte_offset()));
}

bool Rewriter::Expect(char c, std::string_view what) {
  if (tokens_.Peek() != c) [[unlikely]]
    return BadSyntax(what);
  tokens_.Next();
  return true;
}

Result<std::string> Rewriter::Rewrite(const Message& request) {
  bool done = false;
  if (tokens_.Peek() == '{') {
    done = Members(request, nullptr) && (tokens_.AtEnd() || BadSyntax("the end of the request"));
  } else {
    Wrong(Place{}, "an object");
  }
  if (!done) return error_;
  return wire_.Take();
}

bool Rewriter::Members(const Message& message, const Place* outer) {
  tokens_.Next();
  if (!Deeper()) return false;
  if (tokens_.Peek() == '}') {
    tokens_.Next();
  } else {
    while (true) {
      if (!Member(message, outer)) return false;
      if (tokens_.Peek() != ',') break;
      tokens_.Next();
    }
    if (!Expect('}', "a comma or '}'")) return false;
  }
  --brackets_;
  return true;
}

namespace {

/// A field by a name with escapes or in the .proto's snake_case: rare, so apart and slow.
const Field* FindUnusual(const Message& message, std::string_view name) {
  constexpr size_t kNameBytesMax = 200;
  char plain[kNameBytesMax];
  if (name.size() > kNameBytesMax) return nullptr;
  const auto length = DecodeEscapes(name, plain);
  if (!length) return nullptr;
  std::string camel;
  bool upper = false;
  for (const char c : std::string_view(plain, *length)) {
    if (c == '_') {
      upper = true;
      continue;
    }
    camel += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return message.Find(camel);
}

}  // namespace

bool Rewriter::Member(const Message& message, const Place* outer) {
  if (tokens_.Peek() != '"') [[unlikely]]
    return BadSyntax("a field's name");
  const std::string_view name = tokens_.String();
  const Field* field =
      tokens_.text_end() - name.data() >= 8 ? message.FindFast(name) : message.Find(name);
  if (field == nullptr) [[unlikely]] {
    field = FindUnusual(message, name);
  }
  tokens_.Next();
  if (!Expect(':', "a colon")) return false;
  if (field == nullptr || IsNull()) return Skip();
  Place place{.outer = outer, .field = field};
  return field->repeated ? Elements(place) : Element(place);
}

bool Rewriter::Elements(Place& place) {
  if (tokens_.Peek() != '[') [[unlikely]]
    return Wrong(place, "an array");
  if (!Deeper()) return false;
  tokens_.Next();
  if (place.field->kind != Kind::kMessage) return Packed(place);
  const bool keeps_nulls = place.field->message->role == Role::kAnyValue;
  if (tokens_.Peek() == ']') {
    tokens_.Next();
    --brackets_;
    return true;
  }
  const bool are_attributes = place.field->message->role == Role::kKeyValue;
  for (place.index = 0;; ++place.index) {
    const auto usual = are_attributes ? UsualAttributes(place) : 0;
    if (usual > 0) [[likely]] {
      place.index += usual - 1;
    } else if (IsNull()) [[unlikely]] {
      // In a list of values null is a value without a case: it keeps its place.
      if (keeps_nulls) wire_.Bytes(place.field->tag, {});
      tokens_.Next();
    } else if (!Element(place)) {
      return false;
    }
    if (tokens_.Peek() != ',') break;
    tokens_.Next();
  }
  --brackets_;
  return Expect(']', "a comma or ']'");
}

int64_t Rewriter::UsualAttributes(const Place& place) {
  if (brackets_ + 2 > brackets_max_ || any_values_ == limits_.nesting_depth) return 0;
  return static_cast<int64_t>(WriteUsualAttributes(tokens_, wire_, place.field->tag));
}

bool Rewriter::Packed(Place& place) {
  const size_t content = wire_.Open(place.field->tag);
  if (tokens_.Peek() != ']') {
    for (place.index = 0;; ++place.index) {
      if (!Number(place)) return false;
      if (tokens_.Peek() != ',') break;
      tokens_.Next();
    }
  }
  wire_.Close(content);
  --brackets_;
  return Expect(']', "a comma or ']'");
}

bool Rewriter::Element(const Place& place) {
  if (place.field->kind != Kind::kMessage) return Value(place);
  if (tokens_.Peek() != '{') [[unlikely]] {
    return place.field->message->role == Role::kRecord ? Record(place) : Wrong(place, "an object");
  }
  switch (place.field->message->role) {
    case Role::kPart:
    case Role::kKeyValue: return Nested(place);
    case Role::kAnyValue: return AnyValue(place);
    case Role::kRecord: break;
  }
  return Record(place);
}

bool Rewriter::Nested(const Place& place) {
  const size_t content = wire_.Open(place.field->tag);
  if (!Members(*place.field->message, &place)) return false;
  wire_.Close(content);
  return true;
}

bool Rewriter::AnyValue(const Place& place) {
  if (any_values_ == limits_.nesting_depth) [[unlikely]] {
    return Refuse(fmt::format("{}: values nest deeper than {}", PathOf(&place), any_values_));
  }
  if (brackets_ < brackets_max_ && WriteUsualValue(tokens_, wire_, place.field->tag)) return true;
  ++any_values_;
  const bool ok = Nested(place);
  --any_values_;
  return ok;
}

bool Rewriter::Record(const Place& place) {
  const bool was_in_record = std::exchange(in_record_, true);
  std::string outer_error;
  if (!record_error_.empty()) [[unlikely]]
    outer_error.swap(record_error_);
  const size_t content = wire_.Open(place.field->tag);
  const size_t text_begin = tokens_.byte_offset();
  const bool ok =
      tokens_.Peek() == '{' ? Members(*place.field->message, &place) : Wrong(place, "an object");
  if (!ok) return false;
  if (!record_error_.empty()) [[unlikely]] {
    wire_.Truncate(content);
    wire_.Bytes(kInvalidRecord, record_error_);
    wire_.Bytes(kInvalidRecordJson, tokens_.TextFrom(text_begin));
    record_error_.clear();
  }
  wire_.Close(content);
  if (!outer_error.empty()) [[unlikely]]
    record_error_.swap(outer_error);
  in_record_ = was_in_record;
  return true;
}

bool Rewriter::Skip() {
  switch (tokens_.Peek()) {
    case '{': return SkipNested('}');
    case '[': return SkipNested(']');
    case '"': tokens_.Next(); return true;
    default: return SkipScalar();
  }
}

bool Rewriter::SkipNested(char close) {
  if (!Deeper()) return false;
  tokens_.Next();
  if (tokens_.Peek() != close) {
    while (true) {
      if (close == '}') {
        if (!Expect('"', "a field's name") || !Expect(':', "a colon")) return false;
      }
      if (!Skip()) return false;
      if (tokens_.Peek() != ',') break;
      tokens_.Next();
    }
  }
  --brackets_;
  return Expect(close, close == '}' ? "a comma or '}'" : "a comma or ']'");
}

bool Rewriter::SkipScalar() {
  if (tokens_.AtEnd()) return BadSyntax("a value");
  const std::string_view text = tokens_.Scalar();
  if (text != "null" && text != "true" && text != "false" && !IsNumber(text)) {
    return BadSyntax("a value");
  }
  tokens_.Next();
  return true;
}

}  // namespace weir::columnar::otlp_json
