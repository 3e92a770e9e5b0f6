// SPDX-License-Identifier: Apache-2.0
#pragma once
// Structured logs on stderr: one JSON object a line, a short event and its fields.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace weir::log {

enum class Level { kDebug, kInfo, kWarn, kError, kOff };

/// One named value beside an event.
struct Field {
  template <typename T>
  Field(std::string_view field_name, const T& field_value) : name(field_name) {
    if constexpr (std::is_same_v<T, bool>) {
      value = field_value;
    } else if constexpr (std::is_integral_v<T>) {
      value = static_cast<int64_t>(field_value);
    } else if constexpr (std::is_floating_point_v<T>) {
      value = static_cast<double>(field_value);
    } else {
      value = std::string(field_value);
    }
  }
  std::string_view name;
  std::variant<bool, int64_t, double, std::string> value;
};

using Fields = std::initializer_list<Field>;

/// Lines below `level` are dropped. Any thread.
void SetLevel(Level level);

// Any thread. Error: data lost or a person needed. Warn: degraded, coping. Info: a change of state.
void Error(std::string_view event, Fields fields = {});
void Warn(std::string_view event, Fields fields = {});
void Info(std::string_view event, Fields fields = {});
void Debug(std::string_view event, Fields fields = {});

}  // namespace weir::log
