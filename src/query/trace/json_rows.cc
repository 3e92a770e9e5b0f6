// SPDX-License-Identifier: Apache-2.0
#include "query/trace/json_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/dates.h"
#include "table/json_text.h"

namespace weir::query {
namespace {

constexpr int64_t kDayUs = 86'400'000'000;

}  // namespace

void JsonRows::Separate() {
  if (!is_named_) table::AppendJsonComma(text_);
  is_named_ = false;
}

void JsonRows::KeepColumn() {
  if (column_ < columns_.size()) values_[column_].swap(text_);
  text_.clear();
}

void JsonRows::BeginStruct() {
  if (++depth_ == 1 && !columns_.empty()) {
    values_.assign(columns_.size(), {});
    column_ = columns_.size();
    return;
  }
  if (!text_.empty()) Separate();
  text_ += '{';
}

void JsonRows::EndStruct() {
  if (--depth_ > 0 || columns_.empty()) {
    text_ += '}';
    return;
  }
  KeepColumn();
  text_ = '[';
  for (const std::string& value : values_) {
    if (text_.size() > 1) text_ += ',';
    text_ += value.empty() ? "null" : value;
  }
  text_ += ']';
}

void JsonRows::BeginList() {
  Separate();
  text_ += '[';
}
void JsonRows::EndList() { text_ += ']'; }

void JsonRows::Name(std::string_view name) {
  if (IsColumn()) {
    KeepColumn();
    column_ = static_cast<size_t>(std::ranges::find(columns_, name) - columns_.begin());
  } else {
    table::AppendJsonName(text_, name);
  }
  is_named_ = true;
  is_text_ = name.ends_with("_unix_nano");
}

void JsonRows::Null() {
  Separate();
  text_ += "null";
}

void JsonRows::Bool(bool value) {
  Separate();
  text_ += value ? "true" : "false";
}

void JsonRows::Number(int64_t value) {
  const std::string_view quote = is_named_ && is_text_ ? "\"" : "";
  Separate();
  fmt::format_to(std::back_inserter(text_), "{}{}{}", quote, value, quote);
}

void JsonRows::Double(double value) {
  Separate();
  if (std::isfinite(value)) {
    fmt::format_to(std::back_inserter(text_), "{}", value);
  } else {
    text_ += std::isnan(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  }
}

void JsonRows::Text(std::string_view value) {
  Separate();
  table::AppendJsonText(text_, value);
}

void JsonRows::Date(int32_t days) {
  Separate();
  text_ += '"' + DateText(days) + '"';
}

void JsonRows::Time(int64_t microseconds) {
  Separate();
  int64_t day = microseconds / kDayUs, rest = microseconds % kDayUs;
  if (rest < 0) --day, rest += kDayUs;
  fmt::format_to(std::back_inserter(text_), "\"{}T{:02}:{:02}:{:02}.{:06}Z\"",
                 DateText(static_cast<int32_t>(day)), rest / 3'600'000'000, rest / 60'000'000 % 60,
                 rest / 1'000'000 % 60, rest % 1'000'000);
}

}  // namespace weir::query
