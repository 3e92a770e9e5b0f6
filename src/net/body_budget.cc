// SPDX-License-Identifier: Apache-2.0
#include "net/body_budget.h"

#include <algorithm>

namespace weir::net {

bool BodyShare::Reserve(uint64_t bytes) {
  if (bytes <= bytes_) return true;
  const uint64_t others = budget_->bytes_ - bytes_;
  if (others > 0 && bytes > budget_->bytes_max_ - std::min(others, budget_->bytes_max_)) {
    budget_->short_until_ = budget_->clock_.Monotonic() + BodyBudget::kShortTime;
    return false;
  }
  budget_->bytes_ = others + bytes;
  bytes_ = bytes;
  return true;
}

void BodyShare::Release() { budget_->bytes_ -= std::exchange(bytes_, 0); }

}  // namespace weir::net
