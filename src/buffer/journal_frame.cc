// SPDX-License-Identifier: Apache-2.0
#include "buffer/journal_frame.h"

#include <cstring>

#include "buffer/xxh3.h"

namespace weir::buffer {
namespace {

constexpr uint64_t kSegmentMagic = 0x314c4e524a524957;  // "WIRJRNL1"
constexpr uint32_t kVersion = 1, kWrittenOverVersion = 2;
constexpr uint32_t kEndMagic = 0x31444e45;           // "END1"
constexpr uint32_t kFrameMagic = 0x324d5246;         // "FRM2"
constexpr uint32_t kEarlierFrameMagic = 0x314d5246;  // "FRM1"
constexpr size_t kEarlierHeaderBytes = 40;
// Magic, frame_bytes and the hash itself stand before what is hashed in one piece.
constexpr size_t kFrameBytesAt = 4, kHashedFrom = 16;
constexpr size_t kAcceptedAt = 56, kDetailBytesAt = 56, kIsCutAt = 58, kRejectedAt = 60;
// In the place of the rejected records' number: none was looked at.
constexpr uint32_t kAllRefused = UINT32_MAX;

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

/// Of two pieces as if they were one.
uint64_t Hash(std::string_view head, std::string_view body) {
  XXH3_state_t* const state = ThreadHashState();
  XXH3_64bits_reset(state);
  XXH3_64bits_update(state, head.data(), head.size());
  XXH3_64bits_update(state, body.data(), body.size());
  return XXH3_64bits_digest(state);
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

std::string EncodeFrameHead(const signal::ExportRequest& request, uint64_t sequence,
                            const TakenRequest& taken,
                            const std::optional<RefusedRequest>& refused) {
  const std::string& schema = request.tables.schema;
  const std::string& prefix = request.tables.prefix;
  const std::string source = request.source.substr(0, UINT8_MAX);
  const std::string_view detail =
      refused ? std::string_view(refused->detail).substr(0, UINT16_MAX) : std::string_view();
  std::string head(kFrameHeaderBytes, '\0');
  Put(head.data(), 0, kFrameMagic);
  Put(head.data(), 4,
      static_cast<uint32_t>(kFrameHeaderBytes + schema.size() + prefix.size() + source.size() +
                            detail.size() + request.body.size()));
  Put(head.data(), 16, sequence);
  Put(head.data(), 24, request.received_unix_nano);
  Put(head.data(), 32, static_cast<uint8_t>(request.signal));
  Put(head.data(), 33, static_cast<uint8_t>(request.encoding));
  Put(head.data(), 34, static_cast<uint8_t>(request.compression));
  Put(head.data(), 35, static_cast<uint8_t>(source.size()));
  Put(head.data(), 36, static_cast<uint16_t>(schema.size()));
  Put(head.data(), 38, static_cast<uint16_t>(prefix.size()));
  Put(head.data(), 40, taken.key.low);
  Put(head.data(), 48, taken.key.high);
  if (refused) {
    Put(head.data(), kDetailBytesAt, static_cast<uint16_t>(detail.size()));
    Put(head.data(), kIsCutAt, static_cast<uint8_t>(refused->is_cut));
    Put(head.data(), kRejectedAt, kAllRefused);
  } else {
    Put(head.data(), kAcceptedAt, taken.accepted);
    Put(head.data(), kRejectedAt, taken.rejected);
  }
  head += schema;
  head += prefix;
  head += source;
  head += detail;
  const std::string_view written = head;
  Put(head.data(), 8, Hash(written.substr(kFrameBytesAt, 4), written.substr(kHashedFrom)));
  return head;
}

std::string EncodeFrameHead(const signal::ExportRequest& request, uint64_t sequence) {
  return EncodeFrameHead(request, sequence, {.key = KeyOf(request)});
}

namespace {

/// The parts of a frame that is whole; what it says is not checked yet.
struct Layout {
  size_t header_bytes = 0, frame_bytes = 0;
  size_t schema_bytes = 0, prefix_bytes = 0, source_bytes = 0, detail_bytes = 0;
  bool is_refused = false;

  size_t prefix_at() const { return header_bytes + schema_bytes; }
  size_t source_at() const { return prefix_at() + prefix_bytes; }
  size_t detail_at() const { return source_at() + source_bytes; }
  size_t body_at() const { return detail_at() + detail_bytes; }
};

/// `bytes` may end before the body does. Nothing where they can't be a frame's.
std::optional<Layout> LayOut(std::string_view bytes) {
  if (bytes.size() < kEarlierHeaderBytes) return std::nullopt;
  const auto magic = Load<uint32_t>(bytes, 0);
  const bool is_plausible = (magic == kFrameMagic || magic == kEarlierFrameMagic) &&
                            Load<uint8_t>(bytes, 32) < signal::kSignalCount &&
                            Load<uint8_t>(bytes, 33) <= 1 && Load<uint8_t>(bytes, 34) <= 3;
  if (!is_plausible) return std::nullopt;
  Layout layout{.header_bytes = magic == kFrameMagic ? kFrameHeaderBytes : kEarlierHeaderBytes,
                .frame_bytes = Load<uint32_t>(bytes, 4),
                .schema_bytes = Load<uint16_t>(bytes, 36),
                .prefix_bytes = Load<uint16_t>(bytes, 38)};
  if (magic == kFrameMagic) {
    if (bytes.size() < kFrameHeaderBytes) return std::nullopt;
    layout.source_bytes = Load<uint8_t>(bytes, 35);
    layout.is_refused = Load<uint32_t>(bytes, kRejectedAt) == kAllRefused;
    if (layout.is_refused) layout.detail_bytes = Load<uint16_t>(bytes, kDetailBytesAt);
  }
  const bool fits = layout.body_at() <= layout.frame_bytes && layout.body_at() <= bytes.size();
  return fits ? std::optional(layout) : std::nullopt;
}

RequestContent ContentOf(std::string_view frame, const Layout& layout) {
  return {.signal = static_cast<signal::Signal>(frame[32]),
          .encoding = static_cast<signal::Encoding>(frame[33]),
          .compression = static_cast<Compression>(frame[34]),
          .schema = frame.substr(layout.header_bytes, layout.schema_bytes),
          .prefix = frame.substr(layout.prefix_at(), layout.prefix_bytes),
          .body = frame.substr(layout.body_at())};
}

TakenRequest TakenOf(std::string_view frame, const Layout& layout) {
  TakenRequest taken{.key = {Load<uint64_t>(frame, 40), Load<uint64_t>(frame, 48)},
                     .received_unix_nano = Load<int64_t>(frame, 24)};
  if (layout.is_refused) return taken;
  taken.accepted = Load<uint32_t>(frame, kAcceptedAt);
  taken.rejected = Load<uint32_t>(frame, kRejectedAt);
  return taken;
}

std::optional<RefusedRequest> RefusedOf(std::string_view frame, const Layout& layout) {
  if (!layout.is_refused) return std::nullopt;
  return RefusedRequest{
      .detail = std::string(frame.substr(layout.detail_at(), layout.detail_bytes)),
      .is_cut = frame[kIsCutAt] != 0};
}

/// True where what stands before the body, and in an earlier version the body too, is as written.
bool HasSoundHead(std::string_view frame, const Layout& layout) {
  const bool is_earlier = layout.header_bytes == kEarlierHeaderBytes;
  const std::string_view head = frame.substr(kHashedFrom, layout.body_at() - kHashedFrom);
  const uint64_t hash = is_earlier ? Hash(head, frame.substr(layout.body_at()))
                                   : Hash(frame.substr(kFrameBytesAt, 4), head);
  return hash == Load<uint64_t>(frame, 8);
}

}  // namespace

std::optional<FrameHead> ReadFrameHead(std::string_view bytes) {
  const std::optional<Layout> layout = LayOut(bytes);
  if (!layout || layout->header_bytes != kFrameHeaderBytes) return std::nullopt;
  if (!HasSoundHead(bytes, *layout)) return std::nullopt;
  return FrameHead{layout->frame_bytes, Load<uint64_t>(bytes, 16), TakenOf(bytes, *layout),
                   layout->is_refused};
}

FrameAt ReadFrame(std::string_view bytes, Frame* frame) {
  if (bytes.empty()) return {};
  if (bytes.substr(0, kFrameHeaderBytes).find_first_not_of('\0') == std::string_view::npos) {
    // Zeros with something behind them are a hole, not the end.
    const bool is_end = bytes.find_first_not_of('\0') == std::string_view::npos;
    return {is_end ? FrameState::kEnd : FrameState::kDamaged};
  }
  const std::optional<Layout> layout = LayOut(bytes);
  if (!layout || layout->frame_bytes > bytes.size()) return {FrameState::kDamaged};
  const std::string_view whole = bytes.substr(0, layout->frame_bytes);
  if (!HasSoundHead(whole, *layout)) return {FrameState::kDamaged};
  const RequestContent content = ContentOf(whole, *layout);
  const RequestKey key = KeyOf(content);
  const bool has_key = layout->header_bytes == kFrameHeaderBytes;
  if (has_key && key != TakenOf(whole, *layout).key) return {FrameState::kDamaged};
  if (frame != nullptr) {
    const auto received = Load<int64_t>(bytes, 24);
    frame->bytes = layout->frame_bytes;
    frame->sequence = Load<uint64_t>(bytes, 16);
    frame->taken = has_key ? TakenOf(whole, *layout)
                           : TakenRequest{.key = key, .received_unix_nano = received};
    frame->refused = RefusedOf(whole, *layout);
    frame->request = {
        .signal = content.signal,
        .encoding = content.encoding,
        .compression = content.compression,
        .tables = {std::string(content.schema), std::string(content.prefix)},
        .received_unix_nano = received,
        .source = std::string(whole.substr(layout->source_at(), layout->source_bytes)),
        .body = std::string(content.body)};
  }
  return {FrameState::kSound, layout->frame_bytes};
}

size_t FindSoundFrame(std::string_view bytes, size_t from, uint64_t sequence_min) {
  const std::string_view needle = "FRM";  // How both versions' magic begins.
  for (size_t at = bytes.find(needle, from); at != std::string_view::npos;
       at = bytes.find(needle, at + 1)) {
    const bool has_head = bytes.size() - at >= kEarlierHeaderBytes;
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
