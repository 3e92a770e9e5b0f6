// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reading back the journals that an earlier run left behind.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "buffer/disk.h"
#include "buffer/journal_frame.h"

namespace weir::buffer {

/// A stretch of a segment that holds no sound frame.
struct JournalDamage {
  std::string segment;
  int64_t offset = 0;
  int64_t bytes = 0;
  std::string reason;
};

/// Splits one segment's bytes into sound frames, in order, and the damage between them.
/// `on_frame` may fail; reading stops then and gives its status.
Status ReadSegment(std::string_view segment, const std::string& name,
                   const std::function<Status(Frame)>& on_frame,
                   std::vector<JournalDamage>& damage);

/// A writer number and where its journal is.
struct LeftJournal {
  uint32_t writer = 0;
  std::string directory;
  Disk* disk = &PosixDisk();  // Borrowed.
};

/// `<root>/<writer>` for each writer that left one, by number. A directory whose name is no number
/// is ignored.
Result<std::vector<LeftJournal>> ListJournals(const std::string& root, Disk& disk = PosixDisk());
std::string JournalDirectory(const std::string& root, uint32_t writer);

/// Paths of a journal's segments, in order. Errors: of the disk.
Result<std::vector<std::string>> ListSegments(const LeftJournal& journal);
/// As the segment's name says; the highest number where it is no name of ours.
uint64_t FirstSequenceOf(const std::string& path);
/// The end of what is worth keeping: behind it are only the zeros that space was taken with.
size_t ContentEnd(std::string_view bytes);

/// Reads all segments of one journal in order. Damage is copied to `quarantine_directory`, logged
/// and counted, and reading goes on behind it. Returns how many damaged stretches could not be
/// copied: the journal must stay for their sake. Errors: those of `on_frame`; kRetryLater when a
/// file can't be read at all.
Result<int> ReadJournal(const LeftJournal& journal, const std::string& quarantine_directory,
                        const std::function<Status(Frame)>& on_frame);

/// As ReadJournal, but nothing is written: damage is passed over.
Status PeekJournal(const LeftJournal& journal, const std::function<Status(Frame)>& on_frame);

/// Copies a sound frame that is of no use to `quarantine_directory`, logs and counts it, as damage.
/// Errors: kRetryLater when it can't be copied.
Status SetAside(const LeftJournal& journal, const Frame& frame, const std::string& reason,
                const std::string& quarantine_directory);

/// Deletes a journal whose requests are all in the tables.
Status RemoveJournal(const LeftJournal& journal);

}  // namespace weir::buffer
