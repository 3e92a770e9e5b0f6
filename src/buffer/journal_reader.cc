// SPDX-License-Identifier: Apache-2.0
#include "buffer/journal_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/log.h"
#include "buffer/metrics.h"

namespace weir::buffer {
namespace {

Status WriteCopy(Disk& disk, const std::string& path, std::string_view bytes) {
  Ignore(disk.Remove(path), "there is one where an earlier start found the same");
  const auto file = TRY(disk.Create(path));
  int64_t end = 0;
  TRY(WriteAll(*file, {Piece(bytes)}, end));
  TRY(file->Sync());
  return disk.SyncDirectory(ParentOf(path));
}

/// Keeps a copy of what could not be read, for a person to look at.
Status Quarantine(const LeftJournal& journal, const JournalDamage& found, std::string_view bytes,
                  const std::string& directory) {
  const std::string copy =
      fmt::format("{}/{:08}-{}.{}", directory, journal.writer,
                  found.segment.substr(found.segment.find_last_of('/') + 1), found.offset);
  Status kept = MakeDirectories(*journal.disk, directory);
  if (kept.ok()) kept = WriteCopy(*journal.disk, copy, bytes);
  kJournalQuarantinedBytes.With().Add(found.bytes);
  log::Error("journal damage set aside", {{"segment", found.segment},
                                          {"offset", found.offset},
                                          {"bytes", found.bytes},
                                          {"reason", found.reason},
                                          {"copy", kept.ok() ? copy : kept.message()}});
  return kept;
}

/// Whether the mark that ends a segment's frames stands here. Without a sound header nobody knows
/// which use of the file it was made for, and its last sequence alone must do.
bool IsEnd(std::string_view bytes, const std::optional<SegmentHeader>& header,
           uint64_t last_sequence) {
  const std::optional<EndMark> mark = DecodeEndMark(bytes);
  return mark && mark->last_sequence == last_sequence &&
         (!header || mark->first_sequence == header->first_sequence);
}

/// How far a tail that can't be read goes: to what an earlier use of the file left, where it had
/// one for sure, or to the end.
size_t TornEnd(std::string_view segment, const std::optional<SegmentHeader>& header, size_t at) {
  const bool had_earlier_use = header && header->is_written_over;
  const size_t stale = had_earlier_use ? FindSoundFrame(segment, at + 1) : segment.size();
  return stale < segment.size() ? stale : std::max(ContentEnd(segment), at);
}

}  // namespace

size_t ContentEnd(std::string_view bytes) {
  // A new segment is nearly all zeros: they go by the block, by memcmp.
  static constexpr std::array<char, 4096> kZeros{};
  while (bytes.ends_with(std::string_view(kZeros.data(), kZeros.size()))) {
    bytes.remove_suffix(kZeros.size());
  }
  const size_t last = bytes.find_last_not_of('\0');
  return last == std::string_view::npos ? 0 : last + 1;
}

uint64_t FirstSequenceOf(const std::string& path) {
  const std::string_view name = std::string_view(path).substr(path.find_last_of('/') + 1);
  uint64_t sequence = 0;
  const auto parsed = std::from_chars(name.data(), name.data() + name.size(), sequence, 16);
  return parsed.ec == std::errc() ? sequence : UINT64_MAX;
}

Status ReadSegment(std::string_view segment, const std::string& name,
                   const std::function<Status(Frame)>& on_frame,
                   std::vector<JournalDamage>& damage) {
  const auto add_damage = [&](size_t from, size_t to, std::string reason) {
    damage.push_back(
        {name, static_cast<int64_t>(from), static_cast<int64_t>(to - from), std::move(reason)});
  };
  if (ContentEnd(segment) == 0)
    return Status::OK();  // Never written to: a crash right after its making.
  size_t at = kSegmentHeaderBytes;
  uint64_t last_sequence = 0;
  const std::optional<SegmentHeader> header = DecodeSegmentHeader(segment);
  if (header) {
    last_sequence = header->first_sequence - 1;
  } else {
    at = FindSoundFrame(segment, 0);
    add_damage(0, std::min(at, ContentEnd(segment)), "no sound segment header");
  }
  while (at < segment.size()) {
    Frame frame;
    const FrameAt found = ReadFrame(segment.substr(at), &frame);
    if (found.state == FrameState::kEnd) break;
    // A lower sequence is of an earlier use of the file: what was written here later is lost.
    if (found.state == FrameState::kSound && frame.sequence > last_sequence) {
      last_sequence = frame.sequence;
      TRY(on_frame(std::move(frame)));
      at += found.bytes;
      continue;
    }
    const size_t next = FindSoundFrame(segment, at, last_sequence + 1);
    if (next == segment.size() && IsEnd(segment.substr(at), header, last_sequence)) break;
    const size_t end = next < segment.size() ? next : TornEnd(segment, header, at);
    add_damage(at, end, next < segment.size() ? "damaged frame" : "torn tail");
    // Behind a tail there are only frames of an earlier use.
    at = next;
  }
  return Status::OK();
}

std::string JournalDirectory(const std::string& root, uint32_t writer) {
  return fmt::format("{}/{:08}", root, writer);
}

Result<std::vector<LeftJournal>> ListJournals(const std::string& root, Disk& disk) {
  std::vector<LeftJournal> journals;
  const auto entries = disk.List(root);
  if (!entries.ok() && KindOf(entries.status()) == ErrorKind::kNotFound) return journals;
  TRY(entries.status());
  for (const auto& [name, is_directory] : *entries) {
    uint32_t writer = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), writer);
    const bool is_number = parsed.ec == std::errc() && parsed.ptr == name.data() + name.size();
    if (is_directory && is_number) journals.push_back({writer, root + "/" + name, &disk});
  }
  std::ranges::sort(journals, {}, &LeftJournal::writer);
  return journals;
}

Result<std::vector<std::string>> ListSegments(const LeftJournal& journal) {
  std::vector<std::string> segments;
  const auto entries = TRY(journal.disk->List(journal.directory));
  for (const DirectoryEntry& entry : entries) {
    if (entry.name.ends_with(".wal")) segments.push_back(journal.directory + "/" + entry.name);
  }
  std::ranges::sort(segments);  // Names are fixed-width first sequences.
  return segments;
}

namespace {

/// `on_damage` gets the damaged bytes too.
Status ReadSegments(
    const LeftJournal& journal, const std::function<Status(Frame)>& on_frame,
    const std::function<void(const JournalDamage&, std::string_view bytes)>& on_damage) {
  const std::vector<std::string> segments = TRY(ListSegments(journal));
  for (size_t i = 0; i < segments.size(); ++i) {
    const std::string& path = segments[i];
    const uint64_t end = i + 1 < segments.size() ? FirstSequenceOf(segments[i + 1]) : UINT64_MAX;
    // Behind the next one's beginning stands what could not be synced here and not be cut off. Some
    // of it may be lost, so that taking the rest would put the requests out of order.
    const auto on_own_frame = [&](Frame frame) {
      return frame.sequence < end ? on_frame(std::move(frame)) : Status::OK();
    };
    const std::string bytes = TRY(journal.disk->Read(path));
    std::vector<JournalDamage> damage;
    TRY(ReadSegment(bytes, path, on_own_frame, damage));
    for (const JournalDamage& found : damage) {
      on_damage(found, std::string_view(bytes).substr(found.offset, found.bytes));
    }
  }
  return Status::OK();
}

}  // namespace

Result<int> ReadJournal(const LeftJournal& journal, const std::string& quarantine_directory,
                        const std::function<Status(Frame)>& on_frame) {
  int not_copied = 0;
  TRY(ReadSegments(journal, on_frame, [&](const JournalDamage& found, std::string_view bytes) {
    if (!Quarantine(journal, found, bytes, quarantine_directory).ok()) ++not_copied;
  }));
  return not_copied;
}

Status PeekJournal(const LeftJournal& journal, const std::function<Status(Frame)>& on_frame) {
  return ReadSegments(journal, on_frame, [](const auto&, auto) {});
}

Status SetAside(const LeftJournal& journal, const Frame& frame, const std::string& reason,
                const std::string& quarantine_directory) {
  const std::string bytes = EncodeFrameHead(frame.request, frame.sequence) + frame.request.body;
  const JournalDamage useless{.segment = fmt::format("{:016x}.frame", frame.sequence),
                              .bytes = static_cast<int64_t>(bytes.size()),
                              .reason = reason};
  return Quarantine(journal, useless, bytes, quarantine_directory);
}

Status RemoveJournal(const LeftJournal& journal) {
  return journal.disk->RemoveTree(journal.directory);
}

}  // namespace weir::buffer
