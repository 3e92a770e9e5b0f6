// SPDX-License-Identifier: Apache-2.0
#pragma once
// All bytes of a file as one number, by which damage anywhere in it is known.

#include <memory>
#include <string>
#include <string_view>

namespace weir::datafile {

/// XXH3, 64 bits, of bytes that come piece by piece. One thread.
class ContentHash {
 public:
  ContentHash();
  ~ContentHash();
  ContentHash(ContentHash&&) noexcept;
  ContentHash& operator=(ContentHash&&) noexcept;

  void Add(std::string_view bytes);
  /// 16 hex digits.
  std::string Text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string ContentHashOf(std::string_view bytes);

}  // namespace weir::datafile
