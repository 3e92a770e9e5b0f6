// SPDX-License-Identifier: Apache-2.0
#pragma once
// Request bodies whose memory follows what has arrived, never what was promised.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace weir::net {

/// Most memory a body may take ahead of the bytes it has, while it is small; larger ones double.
constexpr size_t kBodyBytesAheadMax = 1 << 20;

/// Appends `bytes` to a body that will have `bytes_expected` in all, if it keeps its promise.
void AppendExpecting(std::string& body, std::string_view bytes, uint64_t bytes_expected);

/// A body of known length, filled in place. One thread.
class GrowingBody {
 public:
  explicit GrowingBody(uint64_t length) : length_(length) {}

  /// Room for the next bytes, never past the body's end; empty when complete. Gone at the next
  /// call.
  std::span<char> Room();
  void Filled(size_t bytes) { received_ += bytes; }
  /// Takes from the front of `bytes` what belongs to the body; returns how much.
  size_t Append(std::string_view bytes);
  /// The bytes received; leaves this empty.
  std::string Take();

  uint64_t received() const { return received_; }
  bool is_complete() const { return received_ == length_; }

 private:
  uint64_t length_;
  uint64_t received_ = 0;
  std::string bytes_;  // Its size is the memory in use; bytes from `received_` on mean nothing.
};

}  // namespace weir::net
