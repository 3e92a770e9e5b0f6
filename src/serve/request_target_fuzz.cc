// SPDX-License-Identifier: Apache-2.0
// Any path and query at all are split and decoded or refused.

#include "serve/request_target.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view target(reinterpret_cast<const char*>(data), size);
  const size_t mark = std::min(target.find('?'), target.size());
  weir::Ignore(weir::serve::SplitPath(target.substr(0, mark)).status(), "refusing is fine");
  weir::Ignore(weir::serve::QueryParameters::Parse(target.substr(mark)).status(),
               "refusing is fine");
  return 0;
}
