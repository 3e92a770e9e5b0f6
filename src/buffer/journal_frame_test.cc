// SPDX-License-Identifier: Apache-2.0
#include "buffer/journal_frame.h"

#include <gtest/gtest.h>

#include <cstring>

#include "buffer/journal_fake.h"
#include "buffer/xxh3.h"

namespace weir::buffer {
namespace {

using namespace std::string_literals;

signal::ExportRequest FullRequest() {
  return {.signal = signal::Signal::kMetrics,
          .encoding = signal::Encoding::kJson,
          .compression = Compression::kZstd,
          .tables = {"team_a", "prod_"},
          .received_unix_nano = 1'795'132'800'000'000'000,
          .source = "::1",
          .body = "a\0b\xff"s};
}

TEST(JournalFrame, GivesBackEveryFieldOfTheRequest) {
  const std::string bytes = FrameBytes(FullRequest(), 42) + "more";

  Frame frame;
  const FrameAt found = ReadFrame(bytes, &frame);

  EXPECT_EQ(found.state, FrameState::kSound);
  EXPECT_EQ(found.bytes, 64u + 6 + 5 + 3 + 4);
  EXPECT_EQ(frame.sequence, 42u);
  EXPECT_EQ(frame.request.signal, signal::Signal::kMetrics);
  EXPECT_EQ(frame.request.encoding, signal::Encoding::kJson);
  EXPECT_EQ(frame.request.compression, Compression::kZstd);
  EXPECT_EQ(frame.request.tables.schema, "team_a");
  EXPECT_EQ(frame.request.tables.prefix, "prod_");
  EXPECT_EQ(frame.request.received_unix_nano, 1'795'132'800'000'000'000);
  EXPECT_EQ(frame.request.source, "::1");
  EXPECT_FALSE(frame.refused);
  EXPECT_EQ(frame.request.body, "a\0b\xff"s);
}

TEST(JournalFrame, HoldsARequestWithoutBodyOrNames) {
  const std::string bytes = FrameBytes({.tables = {"", ""}}, 1);

  Frame frame;
  const FrameAt found = ReadFrame(bytes, &frame);

  EXPECT_EQ(found.state, FrameState::kSound);
  EXPECT_EQ(found.bytes, 64u);
  EXPECT_EQ(frame.request.body, "");
}

TEST(JournalFrame, StandsOnDiskAsTheHeaderFileSays) {
  const std::string bytes = FrameBytes(FullRequest(), 0x0102030405060708);

  EXPECT_EQ(bytes.substr(0, 8), "FRM2\x52\0\0\0"s);
  EXPECT_EQ(bytes.substr(16, 8), "\x08\x07\x06\x05\x04\x03\x02\x01");
  EXPECT_EQ(bytes.substr(32, 8), "\x02\x01\x02\x03\x06\0\x05\0"s);
  EXPECT_EQ(bytes.substr(64), "team_aprod_::1a\0b\xff"s);
}

TEST(JournalFrame, KeepsWhyARequestWasRefused) {
  const signal::ExportRequest request = FullRequest();
  const std::string bytes = EncodeFrameHead(request, 42, {.key = KeyOf(request)},
                                            RefusedRequest{.detail = "why", .is_cut = true}) +
                            request.body;

  Frame frame;
  ASSERT_EQ(ReadFrame(bytes, &frame).state, FrameState::kSound);
  const auto head = ReadFrameHead(bytes);

  ASSERT_TRUE(frame.refused);
  EXPECT_EQ(frame.refused->detail, "why");
  EXPECT_TRUE(frame.refused->is_cut);
  EXPECT_EQ(frame.request.body, request.body);
  EXPECT_EQ(frame.request.source, "::1");
  EXPECT_EQ(frame.taken.accepted + frame.taken.rejected, 0u);
  ASSERT_TRUE(head);
  EXPECT_TRUE(head->is_refused);
}

TEST(JournalFrame, CutsASourceThatIsTooLong) {
  signal::ExportRequest request = FullRequest();
  request.source.assign(300, 'x');

  Frame frame;
  ASSERT_EQ(ReadFrame(FrameBytes(request, 1), &frame).state, FrameState::kSound);

  EXPECT_EQ(frame.request.source.size(), 255u);
  EXPECT_EQ(frame.request.body, request.body);
}

TEST(JournalFrame, KeepsWhichRequestItIsAndWhatBecameOfIt) {
  const signal::ExportRequest request = FullRequest();
  const std::string bytes =
      EncodeFrameHead(request, 42, {.key = KeyOf(request), .accepted = 3, .rejected = 2}) +
      request.body;

  Frame frame;
  ASSERT_EQ(ReadFrame(bytes, &frame).state, FrameState::kSound);
  const auto head = ReadFrameHead(bytes.substr(0, 64 + 14));

  ASSERT_TRUE(head);
  EXPECT_EQ(head->frame_bytes, bytes.size());
  EXPECT_EQ(head->sequence, 42u);
  for (const TakenRequest& taken : {frame.taken, head->taken}) {
    EXPECT_EQ(taken.key, KeyOf(request));
    EXPECT_EQ(taken.accepted, 3u);
    EXPECT_EQ(taken.rejected, 2u);
    EXPECT_EQ(taken.received_unix_nano, request.received_unix_nano);
  }
}

TEST(JournalFrame, IsNoFrameUnderTheKeyOfAnotherRequest) {
  const signal::ExportRequest request = FullRequest();
  const std::string bytes = EncodeFrameHead(request, 42, {.key = {1, 2}}) + request.body;

  EXPECT_EQ(ReadFrame(bytes, nullptr).state, FrameState::kDamaged);
}

/// As versions before the key wrote it.
std::string EarlierFrame() {
  std::string bytes = "FRM1\x37\0\0\0"s + std::string(8, '\0') + "\x2a\0\0\0\0\0\0\0"s;
  bytes += "\0\0\xe8\x2a\x3d\x9b\xe9\x18"s + "\x02\x01\x02\0\x06\0\x05\0"s;
  bytes += "team_aprod_a\0b\xff"s;
  const uint64_t hash = XXH3_64bits(bytes.data() + 16, bytes.size() - 16);
  std::memcpy(bytes.data() + 8, &hash, sizeof hash);
  return bytes;
}

TEST(JournalFrame, IsReadAsAnEarlierVersionWroteIt) {
  const std::string bytes = EarlierFrame() + FrameBytes(FullRequest(), 43);

  Frame frame;
  const FrameAt found = ReadFrame(bytes, &frame);

  EXPECT_EQ(found.state, FrameState::kSound);
  EXPECT_EQ(found.bytes, 55u);
  EXPECT_EQ(frame.sequence, 42u);
  EXPECT_EQ(frame.request.tables.schema, "team_a");
  EXPECT_EQ(frame.request.body, "a\0b\xff"s);
  EXPECT_EQ(frame.taken.key, KeyOf(FullRequest()));
  EXPECT_EQ(FindSoundFrame("x" + bytes, 0), 1u);
  EXPECT_FALSE(ReadFrameHead(bytes));
}

TEST(JournalFrame, DetectsEverySingleFlippedBit) {
  for (const std::string& sound : {FrameBytes(FullRequest(), 42), EarlierFrame()}) {
    for (size_t bit = 0; bit < sound.size() * 8; ++bit) {
      std::string flipped = sound;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
      EXPECT_EQ(ReadFrame(flipped, nullptr).state, FrameState::kDamaged) << "bit " << bit;
    }
  }
}

TEST(JournalFrame, DetectsEveryTruncation) {
  const std::string sound = FrameBytes(FullRequest(), 42);

  for (size_t size = 1; size < sound.size(); ++size) {
    EXPECT_EQ(ReadFrame(sound.substr(0, size), nullptr).state, FrameState::kDamaged) << size;
  }
}

TEST(JournalFrame, TellsTheEndFromAHole) {
  EXPECT_EQ(ReadFrame("", nullptr).state, FrameState::kEnd);
  EXPECT_EQ(ReadFrame(std::string(7, '\0'), nullptr).state, FrameState::kEnd);
  EXPECT_EQ(ReadFrame(std::string(400, '\0'), nullptr).state, FrameState::kEnd);

  EXPECT_EQ(ReadFrame(std::string(400, '\0') + "x", nullptr).state, FrameState::kDamaged);
  EXPECT_EQ(ReadFrame("\0\0x"s, nullptr).state, FrameState::kDamaged);
}

TEST(FindSoundFrame, FindsTheNextFrameBehindGarbageAndFalseMagic) {
  const std::string frame = FrameBytes(FullRequest(), 42);
  const std::string bytes = "xxFRM2" + std::string(50, 'F') + frame + frame;

  EXPECT_EQ(FindSoundFrame(bytes, 0), 56u);
  EXPECT_EQ(FindSoundFrame(bytes, 56), 56u);
  EXPECT_EQ(FindSoundFrame(bytes, 57), 56u + frame.size());
}

TEST(FindSoundFrame, GivesTheEndWhereThereIsNone) {
  const std::string torn = FrameBytes(FullRequest(), 42).substr(0, 50);

  EXPECT_EQ(FindSoundFrame(torn, 0), 50u);
  EXPECT_EQ(FindSoundFrame("", 0), 0u);
}

TEST(SegmentHeader, GivesBackItsFields) {
  const auto bytes = EncodeSegmentHeader({.writer = 7, .first_sequence = 99});

  const auto header = DecodeSegmentHeader({bytes.data(), bytes.size()});

  ASSERT_TRUE(header);
  EXPECT_EQ(header->writer, 7u);
  EXPECT_EQ(header->first_sequence, 99u);
  EXPECT_EQ(std::string(bytes.data(), 16), "WIRJRNL1\x01\0\0\0\x07\0\0\0"s);
}

TEST(SegmentHeader, IsRefusedWithAnyBitFlippedOrCutShort) {
  const auto array = EncodeSegmentHeader({.writer = 7, .first_sequence = 99});
  const std::string sound(array.data(), array.size());

  for (size_t bit = 0; bit < sound.size() * 8; ++bit) {
    std::string flipped = sound;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(DecodeSegmentHeader(flipped)) << "bit " << bit;
  }
  EXPECT_FALSE(DecodeSegmentHeader(sound.substr(0, 31)));
}

}  // namespace
}  // namespace weir::buffer
