// SPDX-License-Identifier: Apache-2.0
#include "net/growing_body.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace weir::net {
namespace {

uint64_t NextCapacity(uint64_t size, uint64_t bytes_expected) {
  return std::min<uint64_t>(bytes_expected, std::max<uint64_t>(kBodyBytesAheadMax, 2 * size));
}

}  // namespace

void AppendExpecting(std::string& body, std::string_view bytes, uint64_t bytes_expected) {
  const size_t needed = body.size() + bytes.size();
  if (needed > body.capacity()) {
    body.reserve(std::max<size_t>(needed, NextCapacity(body.size(), bytes_expected)));
  }
  body.append(bytes);
}

std::span<char> GrowingBody::Room() {
  if (received_ == bytes_.size() && !is_complete()) {
    const size_t size = NextCapacity(received_, length_);
    // Not zeroed: the kernel writes there next, and Take cuts off what it did not. The lambda's own
    // size is not to be used, libstdc++ 12 passes the capacity.
    bytes_.resize_and_overwrite(size, [size](char*, size_t) { return size; });
  }
  return std::span(bytes_).subspan(received_);
}

size_t GrowingBody::Append(std::string_view bytes) {
  size_t done = 0;
  while (done < bytes.size() && !is_complete()) {
    const std::span<char> room = Room();
    const size_t count = std::min(room.size(), bytes.size() - done);
    std::memcpy(room.data(), bytes.data() + done, count);
    received_ += count;
    done += count;
  }
  return done;
}

std::string GrowingBody::Take() {
  bytes_.resize(received_);
  length_ = received_ = 0;
  return std::exchange(bytes_, {});
}

}  // namespace weir::net
