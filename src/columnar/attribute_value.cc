// SPDX-License-Identifier: Apache-2.0
#include "columnar/attribute_value.h"

#include <charconv>

#include "columnar/nested_json.h"
#include "columnar/wire/any_value.h"
#include "columnar/wire/base64.h"

namespace weir::columnar {
namespace {

void SetInt(int64_t number, std::string& scratch, AttributeValue& value) {
  value = {.type = 'i', .text = IntText(number, scratch), .int_value = number};
}

void SetDouble(double number, std::string& scratch, AttributeValue& value) {
  scratch.clear();
  AppendDouble(number, scratch);
  value = {.type = 'd', .text = scratch, .double_value = number};
}

DecodeError SetNested(std::string_view wire, char type, int depth_max, std::string& scratch,
                      AttributeValue& value) {
  scratch.clear();
  bool needs_types = false;
  DecodeError error = AppendPlainJson(wire, depth_max, scratch, needs_types);
  if (error == DecodeError::kNone && needs_types) {
    scratch.clear();
    error = AppendTypedJson(wire, depth_max, scratch);
    type = type == 'a' ? 'A' : 'M';
  }
  value = {.type = type, .text = scratch};
  return error;
}

}  // namespace

DecodeError DecodeAttributeValue(std::string_view wire, int nesting_depth_max, std::string& scratch,
                                 AttributeValue& value) {
  AnyValue any;
  if (!ReadAnyValue(wire, any)) return DecodeError::kMalformed;
  switch (any.tag) {
    case kStringValue: value = {.type = 's', .text = any.bytes}; break;
    case kBoolValue: {
      const bool is_true = any.number != 0;
      value = {.type = 'b', .text = is_true ? "true" : "false", .int_value = is_true};
      break;
    }
    case kIntValue: SetInt(static_cast<int64_t>(any.number), scratch, value); break;
    case kDoubleValue: SetDouble(any.number_as_double, scratch, value); break;
    case kArrayValue: return SetNested(wire, 'a', nesting_depth_max, scratch, value);
    case kKeyValueList: return SetNested(wire, 'm', nesting_depth_max, scratch, value);
    case kBytesValue:
      scratch = Base64Encode(any.bytes);
      value = {.type = 'y', .text = scratch};
      break;
    default: value = {.is_empty = true}; break;
  }
  return DecodeError::kNone;
}

std::string_view IntText(int64_t number, std::string& scratch) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  scratch.assign(digits, end);
  return scratch;
}

std::string_view Explain(DecodeError error) {
  switch (error) {
    case DecodeError::kNone: return "";
    case DecodeError::kMalformed: return "malformed protobuf";
    case DecodeError::kTooDeep: return "nested deeper than the limit";
    case DecodeError::kNotText: return "text is not UTF-8";
    case DecodeError::kTooLarge: return "larger than the limit";
  }
  return "";
}

}  // namespace weir::columnar
