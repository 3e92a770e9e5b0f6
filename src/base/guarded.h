// SPDX-License-Identifier: Apache-2.0
#pragma once
// A value that can only be touched while its mutex is held.

#include <mutex>
#include <utility>

namespace weir {

/// Any thread. `*counts.Lock()` is the only way in, so no reader can forget the lock.
template <typename T>
class Guarded {
 public:
  class Access {
   public:
    explicit Access(Guarded& owner) : lock_(owner.mutex_), value_(owner.value_) {}
    T& operator*() { return value_; }
    T* operator->() { return &value_; }

   private:
    std::unique_lock<std::mutex> lock_;
    T& value_;
  };

  template <typename... Args>
  explicit Guarded(Args&&... args) : value_{std::forward<Args>(args)...} {}
  [[nodiscard]] Access Lock() { return Access(*this); }

 private:
  std::mutex mutex_;
  T value_;
};

}  // namespace weir
