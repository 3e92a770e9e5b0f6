// SPDX-License-Identifier: Apache-2.0
#include "serve/paging.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace weir::serve {
namespace {

constexpr size_t kPageSizeDefault = 1'000;

Result<size_t> SizeOf(std::string_view text) {
  size_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc() || end != text.data() + text.size() || size == 0) {
    return Error(ErrorKind::kBadRequest,
                 fmt::format("pageSize must be a positive number, not `{}`", text.substr(0, 40)));
  }
  return size;
}

}  // namespace

nlohmann::ordered_json Page::NextToken() const {
  return is_last || names.empty() ? nlohmann::ordered_json(nullptr)
                                  : nlohmann::ordered_json(names.back());
}

Result<Page> PageOf(std::vector<std::string> names, const QueryParameters& parameters) {
  const auto token = parameters.Find("pageToken");
  const auto asked = parameters.Find("pageSize");
  if (!token && !asked) return Page{.names = std::move(names), .is_last = true};
  size_t size = kPageSizeDefault;
  if (asked) size = TRY(SizeOf(*asked));
  const auto first = token ? std::ranges::upper_bound(names, std::string(*token)) : names.begin();
  const auto left = static_cast<size_t>(names.end() - first);
  const auto last = first + static_cast<std::ptrdiff_t>(std::min(size, left));
  return Page{.names = {first, last}, .is_last = left <= size};
}

}  // namespace weir::serve
