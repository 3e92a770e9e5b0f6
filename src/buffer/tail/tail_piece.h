// SPDX-License-Identifier: Apache-2.0
#pragma once
// Neighbouring requests of one journal, decoded when their rows are asked for.

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "base/guarded.h"
#include "buffer/generation.h"
#include "buffer/journal_frame.h"
#include "signal/row_columns.h"
#include "signal/tail.h"

namespace weir::buffer {

using TailFrames = std::vector<std::shared_ptr<const Frame>>;

/// Immutable, but that it keeps what it decoded. Any thread.
class TailPiece {
 public:
  /// `frames`: at least one, ascending. `level`: how often pieces were put together for it.
  TailPiece(uint32_t writer, const signal::RowColumnsFactory& new_columns, TailFrames frames,
            int level);

  uint64_t first_sequence() const { return frames_.front()->sequence; }
  uint64_t last_sequence() const { return frames_.back()->sequence; }
  int64_t byte_size() const { return bytes_; }
  int level() const { return level_; }
  const TailFrames& frames() const { return frames_; }
  /// The frames after `sequence`; there is one.
  std::shared_ptr<TailPiece> After(uint64_t sequence) const;

  /// Adds the rows of a table. Requests of one signal are decoded together, once.
  void AddRowsOf(const TableKey& key, std::vector<std::shared_ptr<signal::TailRows>>& rows);

 private:
  using Tables = std::map<TableKey, std::shared_ptr<signal::TailRows>>;
  Tables Decode(signal::Signal signal) const;

  const uint32_t writer_;
  const signal::RowColumnsFactory& new_columns_;
  const TailFrames frames_;
  const int level_;
  int64_t bytes_ = 0;
  Guarded<std::array<std::unique_ptr<Tables>, signal::kSignalCount>> decoded_;
};

}  // namespace weir::buffer
