// SPDX-License-Identifier: Apache-2.0
#include "base/dates.h"

#include <fmt/format.h>

#include <chrono>

namespace weir {

std::string DateText(int32_t days) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

}  // namespace weir
