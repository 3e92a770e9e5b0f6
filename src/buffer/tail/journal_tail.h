// SPDX-License-Identifier: Apache-2.0
#pragma once
// The read-only tail: what the journals of this process have of acknowledged requests that no table
// has yet.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "buffer/ingest.h"
#include "buffer/journal_reader.h"
#include "buffer/tail/tail_piece.h"
#include "signal/tail.h"

namespace weir::buffer {

/// Requests are read back from their journals, so that nobody who answers one waits for whoever
/// queries, and decoded as a replay would. They are kept for the next Take. Any thread; one at a
/// time takes.
class JournalTail final : public signal::Tail {
 public:
  /// What an earlier run left, and is on its way into the tables or stays where it is.
  struct Left {
    std::vector<LeftJournal> journals;
    std::vector<uint64_t> committed;  // How far the tables have each, or a little before.
    std::string taken_directory;
    std::chrono::seconds taken_for{0};
    /// True once all of them are in the tables.
    std::function<bool()> has_recovered = [] { return false; };
  };
  struct Options {
    std::vector<Ingest*> ingests;  // Borrowed.
    Left left;
    signal::RowColumnsFactory new_columns;
    int64_t bytes_max = 256 << 20;  // Of requests in memory, as they came; a Take that needs more
                                    // fails. Their rows, once decoded, take about as much again.
  };
  explicit JournalTail(Options options);

  Result<std::unique_ptr<signal::TailView>> Take() override;
  /// Frees what is in the tables.
  void DropReleased();

 private:
  class View;
  using Pieces = std::vector<std::shared_ptr<TailPiece>>;
  /// One journal's pieces, from the first that may be in no table.
  struct Source {
    uint32_t writer = 0;
    Ingest* ingest = nullptr;  // Null: of an earlier run.
    Pieces pieces;
    uint64_t read_to = 0;
  };
  static void DropReleased(Source& source);
  Status ReadLeft();
  Status KeepLeft(std::vector<std::vector<Frame>> journals);
  int64_t BytesLeft() const;
  void AddPiece(Source& source, std::vector<Frame> frames) const;
  Status ReadOn(Source& source);
  void PutTogether(Source& source) const;
  /// The pieces without what is in the tables, which the next Take need not have either.
  void LeaveOut(uint32_t writer, uint64_t sequence, Pieces& pieces);

  const Options options_;
  std::mutex mutex_;  // Of the sources.
  std::vector<Source> sources_;
  bool has_read_left_ = false;
};

}  // namespace weir::buffer
