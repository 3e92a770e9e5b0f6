// SPDX-License-Identifier: Apache-2.0
#pragma once
// How requests stand in a journal segment: a file header, then frames, each with its own checksum.
//
// Segment: magic u64, version u32, writer u32, first_sequence u64, hash u64 of those.
// Frame:   magic u32, frame_bytes u32, hash u64 of frame_bytes and what follows up to the
//          body, sequence u64,
//          received_unix_nano i64, signal u8, encoding u8, compression u8, source_bytes u8,
//          schema_bytes u16, prefix_bytes u16, key u64 u64, accepted u32, rejected u32,
//          schema, prefix, source, body. The key stands for the body too, so it is the body's
//          checksum.
// Frame of a refused request, which is kept as a dead letter: rejected is 2^32 - 1, and accepted is
//          detail_bytes u16, is_cut u8, zero u8; detail stands before body.
// Frame of an earlier version: no key, accepted, rejected and source; its hash goes on over the
//          body.
// Little-endian throughout. A segment may be larger than its content. The rest is zeros (version
// 1), or, in a file that is written over (version 2), an end mark and then what stood there before:
// End mark: magic u32, zero u32, hash u64 of what follows, last_sequence u64, first_sequence u64.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "buffer/request_key.h"
#include "signal/export_request.h"

namespace weir::buffer {

inline constexpr size_t kSegmentHeaderBytes = 32;
inline constexpr size_t kFrameHeaderBytes = 64;
inline constexpr size_t kEndMarkBytes = 32;

struct SegmentHeader {
  uint32_t writer = 0;
  uint64_t first_sequence = 0;  // No frame of this segment has a lower one; they ascend.
  bool is_written_over = false;
};

std::array<char, kSegmentHeaderBytes> EncodeSegmentHeader(const SegmentHeader& header);
/// Nothing where `bytes` does not start with a sound header of a version that we read.
std::optional<SegmentHeader> DecodeSegmentHeader(std::string_view bytes);

/// A frame without its body: header, schema and prefix, to be followed on disk by `request.body`.
std::string EncodeFrameHead(const signal::ExportRequest& request, uint64_t sequence,
                            const TakenRequest& taken,
                            const std::optional<RefusedRequest>& refused = std::nullopt);
/// The same for a request of which nobody knows yet how many records are sound.
std::string EncodeFrameHead(const signal::ExportRequest& request, uint64_t sequence);

/// A frame read back.
struct Frame {
  size_t bytes = 0;  // As it stands in its segment.
  uint64_t sequence = 0;
  signal::ExportRequest request;
  TakenRequest taken;  // No counts where an earlier version wrote the frame.
  std::optional<RefusedRequest> refused;
};

/// What a frame's head tells without its body: which request it is, and where the next frame is.
struct FrameHead {
  size_t frame_bytes = 0;
  uint64_t sequence = 0;
  TakenRequest taken;
  bool is_refused = false;
};
/// Nothing where `bytes` do not start with a sound head with a key. The body is not looked at.
std::optional<FrameHead> ReadFrameHead(std::string_view bytes);
/// Bytes that hold any head.
inline constexpr size_t kFrameHeadBytesMax = kFrameHeaderBytes + 3 * UINT16_MAX + UINT8_MAX;

/// What stands at one place in a segment.
enum class FrameState : uint8_t {
  kSound,
  kEnd,      // Zeros, or nothing: the segment was written up to here.
  kDamaged,  // Anything else: torn, flipped or garbage.
};
struct FrameAt {
  FrameState state = FrameState::kEnd;
  size_t bytes = 0;  // Of a sound frame, to step over it.
};

/// Checks what stands at the start of `bytes`; `frame` is filled where it is sound and `frame` is
/// given.
FrameAt ReadFrame(std::string_view bytes, Frame* frame);

/// Where in `bytes`, from `from` on, the next sound frame of at least that sequence starts; its end
/// where there is none.
size_t FindSoundFrame(std::string_view bytes, size_t from, uint64_t sequence_min = 0);

/// What ends the frames of a segment that is written over: the last of them, and the segment's
/// first sequence, so that a mark of the file's earlier use is none.
struct EndMark {
  uint64_t last_sequence = 0;  // Where there is no frame yet, first_sequence - 1.
  uint64_t first_sequence = 0;
  bool operator==(const EndMark&) const = default;
};
std::array<char, kEndMarkBytes> EncodeEndMark(const EndMark& mark);
/// Nothing where `bytes` does not start with a sound mark.
std::optional<EndMark> DecodeEndMark(std::string_view bytes);

}  // namespace weir::buffer
