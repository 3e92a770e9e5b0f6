// SPDX-License-Identifier: Apache-2.0
#pragma once
// HTTP/1's chunked transfer coding, taken off as the bytes arrive.

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::net::http1 {

enum class ChunkOutcome : uint8_t { kNeedsMore, kDone, kTooLarge, kMalformed };

/// One thread. Strict about line ends; extensions and trailers are skipped, and bounded.
/// Source: RFC 9112, section 7.1.
class ChunkDecoder {
 public:
  struct Step {
    ChunkOutcome outcome;
    size_t consumed;
  };

  explicit ChunkDecoder(size_t body_bytes_max) : body_bytes_max_(body_bytes_max) {}

  /// Reads from the front of `bytes`, appending to `body` unless that is null.
  /// After kDone, `consumed` tells where the next request starts; after a failure it means nothing.
  Step Decode(std::string_view bytes, std::string* body);

  uint64_t body_bytes() const { return body_bytes_; }

 private:
  enum class State : uint8_t {
    kSize,
    kExtension,
    kSizeLineFeed,
    kData,
    kDataReturn,
    kDataLineFeed,
    kTrailerStart,
    kTrailer,
    kTrailerLineFeed,
    kLastLineFeed,
    kDone,
  };
  bool Byte(char c);
  bool SizeByte(char c);
  bool SizeEnd();
  bool Move(bool is_allowed, State next);
  size_t Data(std::string_view bytes, std::string* body);

  size_t body_bytes_max_;
  State state_ = State::kSize;
  uint64_t chunk_left_ = 0;
  int size_digits_ = 0;
  size_t skipped_bytes_ = 0;  // Of this chunk's extension, or of all trailers.
  uint64_t body_bytes_ = 0;
};

}  // namespace weir::net::http1
