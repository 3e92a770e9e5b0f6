// SPDX-License-Identifier: Apache-2.0
#include "query/search/frequent_texts.h"

#include <algorithm>
#include <utility>

namespace weir::query::search {

void FrequentTexts::Add(std::string_view text, int64_t times) {
  const auto known = counts_.find(text);
  if (known != counts_.end()) {
    known->second.count += times;
    return;
  }
  Count count{.count = times};
  if (is_full()) {
    const auto least =
        std::ranges::min_element(counts_, {}, [](const auto& each) { return each.second.count; });
    count = {.count = least->second.count + times, .error = least->second.count};
    counts_.erase(least);
  }
  counts_.emplace(text, count);
}

void FrequentTexts::Halve() {
  for (auto& [text, count] : counts_) {
    count.count /= 2;
    count.error /= 2;
  }
  std::erase_if(counts_, [](const auto& each) { return each.second.count == 0; });
}

void FrequentTexts::Put(std::string text, Count count) {
  if (!is_full()) counts_.insert_or_assign(std::move(text), count);
}

}  // namespace weir::query::search
