// SPDX-License-Identifier: Apache-2.0
#include "serve/number_parameter.h"

#include <fmt/format.h>

#include <charconv>

namespace weir::serve {

Result<int64_t> NumberIn(const Call& call, std::string_view name, int64_t otherwise) {
  const auto text = call.parameters.Find(name);
  if (!text) return otherwise;
  int64_t number = 0;
  const char* const end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, number);
  if (read.ec == std::errc() && read.ptr == end && number >= 0) return number;
  return Error(ErrorKind::kBadRequest, fmt::format("{} is not a number from 0 on", name));
}

}  // namespace weir::serve
