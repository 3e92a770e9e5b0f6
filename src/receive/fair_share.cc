// SPDX-License-Identifier: Apache-2.0
#include "receive/fair_share.h"

namespace weir::receive {
namespace {

/// Less than that is nothing, and is forgotten.
constexpr uint64_t kBytesMin = 1024;
/// More senders are not told apart: beyond, everybody begins anew.
constexpr size_t kSendersMax = 65'536;

}  // namespace

void FairShare::Took(const std::string& sender, size_t bytes) {
  Age();
  if (bytes_.size() >= kSendersMax) {
    bytes_.clear();
    total_ = 0;
  }
  bytes_[sender] += bytes;
  total_ += bytes;
}

bool FairShare::IsBelow(const std::string& sender, size_t bytes) {
  Age();
  const auto found = bytes_.find(sender);
  const uint64_t own = found == bytes_.end() ? 0 : found->second;
  return (own + bytes) * 2 * bytes_.size() < total_;
}

void FairShare::Age() {
  while (clock_.Monotonic() >= aged_ + kHalfLife && !bytes_.empty()) {
    aged_ += kHalfLife;
    Halve();
  }
  if (bytes_.empty()) aged_ = clock_.Monotonic();
}

void FairShare::Halve() {
  total_ = 0;
  for (auto entry = bytes_.begin(); entry != bytes_.end();) {
    entry->second /= 2;
    total_ += entry->second >= kBytesMin ? entry->second : 0;
    entry = entry->second >= kBytesMin ? std::next(entry) : bytes_.erase(entry);
  }
}

}  // namespace weir::receive
