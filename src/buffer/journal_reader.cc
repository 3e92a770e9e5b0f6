// SPDX-License-Identifier: Apache-2.0
#include "buffer/journal_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "base/log.h"
#include "buffer/metrics.h"

namespace weir::buffer {
namespace {

namespace fs = std::filesystem;

Result<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  std::string bytes(file ? static_cast<size_t>(file.tellg()) : 0, '\0');
  file.seekg(0);
  if (!file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) {
    return Error(ErrorKind::kRetryLater, "read journal segment " + path);
  }
  return bytes;
}

/// Keeps a copy of what could not be read, for a person to look at.
void Quarantine(const JournalDamage& found, std::string_view bytes, const std::string& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  const std::string copy =
      fmt::format("{}/{}.{}", directory, fs::path(found.segment).filename().string(), found.offset);
  std::ofstream file(copy, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.flush();
  kJournalQuarantinedBytes.With().Add(found.bytes);
  log::Error("journal damage set aside", {{"segment", found.segment},
                                          {"offset", found.offset},
                                          {"bytes", found.bytes},
                                          {"reason", found.reason},
                                          {"copy", file ? copy : "could not be written"}});
}

/// The end of what is worth keeping: behind it are only the zeros that space was taken with.
size_t ContentEnd(std::string_view bytes) {
  const size_t last = bytes.find_last_not_of('\0');
  return last == std::string_view::npos ? 0 : last + 1;
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

Result<std::vector<LeftJournal>> ListJournals(const std::string& root) {
  std::vector<LeftJournal> journals;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(root, error)) {
    const std::string name = entry.path().filename().string();
    uint32_t writer = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), writer);
    const bool is_number = parsed.ec == std::errc() && parsed.ptr == name.data() + name.size();
    if (entry.is_directory() && is_number) journals.push_back({writer, entry.path().string()});
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return Error(ErrorKind::kRetryLater, fmt::format("list {}: {}", root, error.message()));
  }
  std::ranges::sort(journals, {}, &LeftJournal::writer);
  return journals;
}

Status ReadJournal(const LeftJournal& journal, const std::string& quarantine_directory,
                   const std::function<Status(Frame)>& on_frame) {
  std::vector<std::string> segments;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(journal.directory, error)) {
    if (entry.path().extension() == ".wal") segments.push_back(entry.path().string());
  }
  if (error) {
    return Error(ErrorKind::kRetryLater,
                 fmt::format("list {}: {}", journal.directory, error.message()));
  }
  std::ranges::sort(segments);  // Names are fixed-width first sequences.
  for (const std::string& path : segments) {
    const std::string bytes = TRY(ReadFile(path));
    std::vector<JournalDamage> damage;
    TRY(ReadSegment(bytes, path, on_frame, damage));
    for (const JournalDamage& found : damage) {
      Quarantine(found, std::string_view(bytes).substr(found.offset, found.bytes),
                 quarantine_directory);
    }
  }
  return Status::OK();
}

void SetAside(const LeftJournal& journal, const Frame& frame, const std::string& reason,
              const std::string& quarantine_directory) {
  const std::string bytes = EncodeFrameHead(frame.request, frame.sequence) + frame.request.body;
  const JournalDamage useless{.segment = fmt::format("{}/{:08}-{:016x}.frame", journal.directory,
                                                     journal.writer, frame.sequence),
                              .bytes = static_cast<int64_t>(bytes.size()),
                              .reason = reason};
  Quarantine(useless, bytes, quarantine_directory);
}

Status RemoveJournal(const LeftJournal& journal) {
  std::error_code error;
  fs::remove_all(journal.directory, error);
  if (!error) return Status::OK();
  return Error(ErrorKind::kRetryLater,
               fmt::format("remove journal {}: {}", journal.directory, error.message()));
}

}  // namespace weir::buffer
