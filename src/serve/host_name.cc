// SPDX-License-Identifier: Apache-2.0
#include "serve/host_name.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace weir::serve {
namespace {

/// `127.` and then only digits and dots: `127.evil.example` is a name that anyone may own.
bool IsLoopbackV4(std::string_view name) {
  const auto is_numeric = [](char c) { return c == '.' || (c >= '0' && c <= '9'); };
  return name.starts_with("127.") && std::ranges::all_of(name, is_numeric);
}

}  // namespace

bool IsLoopbackHost(std::string_view host) {
  std::string name;
  for (unsigned char c : host) name += static_cast<char>(std::tolower(c));
  if (name.starts_with('[')) return name.starts_with("[::1]");
  name = name.substr(0, name.find(':'));
  return name == "localhost" || name.ends_with(".localhost") || IsLoopbackV4(name);
}

}  // namespace weir::serve
