// SPDX-License-Identifier: Apache-2.0
#include "net/http.h"

namespace weir::net {

std::string_view RequestHead::Find(std::string_view name) const {
  for (const Header& header : headers) {
    if (header.name == name) return header.value;
  }
  return {};
}

}  // namespace weir::net
