// SPDX-License-Identifier: Apache-2.0
#include "buffer/journal_frame.h"

#include <cstring>
#include <memory>

#include "buffer/xxh3.h"

namespace weir::buffer {
namespace {

constexpr uint64_t kSegmentMagic = 0x314c4e524a524957;  // "WIRJRNL1"
constexpr uint32_t kVersion = 1, kWrittenOverVersion = 2;
constexpr uint32_t kEndMagic = 0x31444e45;    // "END1"
constexpr uint32_t kFrameMagic = 0x314d5246;  // "FRM1"
constexpr size_t kHashedFrom = 16;  // Magic, frame_bytes and the hash itself stand before.

template <typename T>
T Load(std::string_view bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

template <typename T>
void Put(char* out, size_t at, T value) {
  std::memcpy(out + at, &value, sizeof value);
}

uint64_t Hash(std::string_view head, std::string_view body) {
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  thread_local const std::unique_ptr<XXH3_state_t, Free> state(XXH3_createState());
  XXH3_64bits_reset(state.get());
  XXH3_64bits_update(state.get(), head.data(), head.size());
  XXH3_64bits_update(state.get(), body.data(), body.size());
  return XXH3_64bits_digest(state.get());
}

}  // namespace

std::array<char, kSegmentHeaderBytes> EncodeSegmentHeader(const SegmentHeader& header) {
  std::array<char, kSegmentHeaderBytes> bytes{};
  Put(bytes.data(), 0, kSegmentMagic);
  Put(bytes.data(), 8, header.is_written_over ? kWrittenOverVersion : kVersion);
  Put(bytes.data(), 12, header.writer);
  Put(bytes.data(), 16, header.first_sequence);
  Put(bytes.data(), 24, static_cast<uint64_t>(XXH3_64bits(bytes.data(), 24)));
  return bytes;
}

std::optional<SegmentHeader> DecodeSegmentHeader(std::string_view bytes) {
  const bool is_sound = bytes.size() >= kSegmentHeaderBytes &&
                        Load<uint64_t>(bytes, 0) == kSegmentMagic &&
                        Load<uint64_t>(bytes, 24) == XXH3_64bits(bytes.data(), 24);
  if (!is_sound) return std::nullopt;
  const auto version = Load<uint32_t>(bytes, 8);
  if (version != kVersion && version != kWrittenOverVersion) return std::nullopt;
  return SegmentHeader{Load<uint32_t>(bytes, 12), Load<uint64_t>(bytes, 16),
                       version == kWrittenOverVersion};
}

std::string EncodeFrameHead(const signal::ExportRequest& request, uint64_t sequence) {
  const std::string& schema = request.tables.schema;
  const std::string& prefix = request.tables.prefix;
  std::string head(kFrameHeaderBytes, '\0');
  Put(head.data(), 0, kFrameMagic);
  Put(head.data(), 4,
      static_cast<uint32_t>(kFrameHeaderBytes + schema.size() + prefix.size() +
                            request.body.size()));
  Put(head.data(), 16, sequence);
  Put(head.data(), 24, request.received_unix_nano);
  Put(head.data(), 32, static_cast<uint8_t>(request.signal));
  Put(head.data(), 33, static_cast<uint8_t>(request.encoding));
  Put(head.data(), 34, static_cast<uint8_t>(request.compression));
  Put(head.data(), 36, static_cast<uint16_t>(schema.size()));
  Put(head.data(), 38, static_cast<uint16_t>(prefix.size()));
  head += schema;
  head += prefix;
  Put(head.data(), 8, Hash(std::string_view(head).substr(kHashedFrom), request.body));
  return head;
}

FrameAt ReadFrame(std::string_view bytes, Frame* frame) {
  if (bytes.empty()) return {};
  if (bytes.size() < kFrameHeaderBytes) {
    const bool is_zero = bytes.find_first_not_of('\0') == std::string_view::npos;
    return {is_zero ? FrameState::kEnd : FrameState::kDamaged};
  }
  if (bytes.substr(0, kFrameHeaderBytes).find_first_not_of('\0') == std::string_view::npos) {
    // Zeros with something behind them are a hole, not the end.
    const bool is_end = bytes.find_first_not_of('\0') == std::string_view::npos;
    return {is_end ? FrameState::kEnd : FrameState::kDamaged};
  }
  const size_t frame_bytes = Load<uint32_t>(bytes, 4);
  const size_t names = size_t{Load<uint16_t>(bytes, 36)} + Load<uint16_t>(bytes, 38);
  const bool is_plausible =
      Load<uint32_t>(bytes, 0) == kFrameMagic && frame_bytes <= bytes.size() &&
      frame_bytes >= kFrameHeaderBytes + names && Load<uint8_t>(bytes, 32) < signal::kSignalCount &&
      Load<uint8_t>(bytes, 33) <= 1 && Load<uint8_t>(bytes, 34) <= 3;
  if (!is_plausible) return {FrameState::kDamaged};
  const std::string_view whole = bytes.substr(0, frame_bytes);
  const size_t body_at = kFrameHeaderBytes + names;
  const uint64_t hash =
      Hash(whole.substr(kHashedFrom, body_at - kHashedFrom), whole.substr(body_at));
  if (hash != Load<uint64_t>(bytes, 8)) return {FrameState::kDamaged};
  if (frame != nullptr) {
    const size_t schema_bytes = Load<uint16_t>(bytes, 36);
    frame->sequence = Load<uint64_t>(bytes, 16);
    frame->request = {.signal = static_cast<signal::Signal>(whole[32]),
                      .encoding = static_cast<signal::Encoding>(whole[33]),
                      .compression = static_cast<Compression>(whole[34]),
                      .tables = {std::string(whole.substr(kFrameHeaderBytes, schema_bytes)),
                                 std::string(whole.substr(kFrameHeaderBytes + schema_bytes,
                                                          names - schema_bytes))},
                      .received_unix_nano = Load<int64_t>(bytes, 24),
                      .body = std::string(whole.substr(body_at))};
  }
  return {FrameState::kSound, frame_bytes};
}

size_t FindSoundFrame(std::string_view bytes, size_t from, uint64_t sequence_min) {
  char magic[sizeof kFrameMagic];
  Put(magic, 0, kFrameMagic);
  const std::string_view needle(magic, sizeof magic);
  for (size_t at = bytes.find(needle, from); at != std::string_view::npos;
       at = bytes.find(needle, at + 1)) {
    const bool has_head = bytes.size() - at >= kFrameHeaderBytes;
    if (!has_head || Load<uint64_t>(bytes, at + 16) < sequence_min) continue;
    if (ReadFrame(bytes.substr(at), nullptr).state == FrameState::kSound) return at;
  }
  return bytes.size();
}

std::array<char, kEndMarkBytes> EncodeEndMark(const EndMark& mark) {
  std::array<char, kEndMarkBytes> bytes{};
  Put(bytes.data(), 0, kEndMagic);
  Put(bytes.data(), 16, mark.last_sequence);
  Put(bytes.data(), 24, mark.first_sequence);
  Put(bytes.data(), 8, static_cast<uint64_t>(XXH3_64bits(bytes.data() + kHashedFrom, 16)));
  return bytes;
}

std::optional<EndMark> DecodeEndMark(std::string_view bytes) {
  const bool is_sound = bytes.size() >= kEndMarkBytes && Load<uint32_t>(bytes, 0) == kEndMagic &&
                        Load<uint32_t>(bytes, 4) == 0 &&
                        Load<uint64_t>(bytes, 8) == XXH3_64bits(bytes.data() + kHashedFrom, 16);
  if (!is_sound) return std::nullopt;
  return EndMark{Load<uint64_t>(bytes, 16), Load<uint64_t>(bytes, 24)};
}

}  // namespace weir::buffer
