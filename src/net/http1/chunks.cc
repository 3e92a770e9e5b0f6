// SPDX-License-Identifier: Apache-2.0
#include "net/http1/chunks.h"

#include <algorithm>

#include "net/growing_body.h"

namespace weir::net::http1 {
namespace {

/// 15 digits: no body comes near, and the value cannot overflow.
constexpr int kSizeDigitsMax = 15;
/// No client we know sends extensions or trailers at all.
constexpr size_t kSkippedBytesMax = 4096;

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsControl(char c) { return static_cast<uint8_t>(c) < 0x20 && c != '\t'; }

}  // namespace

ChunkDecoder::Step ChunkDecoder::Decode(std::string_view bytes, std::string* body) {
  size_t at = 0;
  while (at < bytes.size() && state_ != State::kDone) {
    if (state_ == State::kData) {
      at += Data(bytes.substr(at), body);
    } else if (!Byte(bytes[at++])) {
      return {ChunkOutcome::kMalformed, at};
    }
    if (chunk_left_ > body_bytes_max_ - body_bytes_) return {ChunkOutcome::kTooLarge, at};
  }
  return {state_ == State::kDone ? ChunkOutcome::kDone : ChunkOutcome::kNeedsMore, at};
}

size_t ChunkDecoder::Data(std::string_view bytes, std::string* body) {
  const size_t count = std::min<uint64_t>(bytes.size(), chunk_left_);
  if (body != nullptr) AppendExpecting(*body, bytes.substr(0, count), body_bytes_ + chunk_left_);
  chunk_left_ -= count;
  body_bytes_ += count;
  if (chunk_left_ == 0) state_ = State::kDataReturn;
  return count;
}

bool ChunkDecoder::Move(bool is_allowed, State next) {
  state_ = next;
  return is_allowed;
}

bool ChunkDecoder::SizeByte(char c) {
  if (c == '\r') return Move(size_digits_ > 0, State::kSizeLineFeed);
  if (c == ';') return Move(size_digits_ > 0, State::kExtension);
  const int digit = HexValue(c);
  chunk_left_ = chunk_left_ * 16 + static_cast<uint64_t>(digit);
  return digit >= 0 && ++size_digits_ <= kSizeDigitsMax;
}

bool ChunkDecoder::SizeEnd() {
  size_digits_ = 0;
  skipped_bytes_ = 0;
  state_ = chunk_left_ == 0 ? State::kTrailerStart : State::kData;
  return true;
}

bool ChunkDecoder::Byte(char c) {
  switch (state_) {
    case State::kSize: return SizeByte(c);
    case State::kExtension:
      if (c == '\r') return Move(true, State::kSizeLineFeed);
      return !IsControl(c) && ++skipped_bytes_ <= kSkippedBytesMax;
    case State::kSizeLineFeed: return c == '\n' && SizeEnd();
    case State::kDataReturn: return Move(c == '\r', State::kDataLineFeed);
    case State::kDataLineFeed: return Move(c == '\n', State::kSize);
    case State::kTrailerStart:
      if (c == '\r') return Move(true, State::kLastLineFeed);
      return Move(!IsControl(c) && c != ' ' && c != '\t', State::kTrailer);
    case State::kTrailer:
      if (c == '\r') return Move(true, State::kTrailerLineFeed);
      return !IsControl(c) && ++skipped_bytes_ <= kSkippedBytesMax;
    case State::kTrailerLineFeed: return Move(c == '\n', State::kTrailerStart);
    case State::kLastLineFeed: return Move(c == '\n', State::kDone);
    case State::kData:
    case State::kDone: return false;
  }
  return false;
}

}  // namespace weir::net::http1
