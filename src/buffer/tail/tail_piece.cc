// SPDX-License-Identifier: Apache-2.0
#include "buffer/tail/tail_piece.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace weir::buffer {
namespace {

bool MayHaveRowsOf(signal::Table table, signal::Signal signal) {
  switch (table) {
    case signal::Table::kDeadLetters: return true;
    case signal::Table::kTraceIndex: return signal == signal::Signal::kTraces;
    default: return table == signal::TableOf(signal);
  }
}

}  // namespace

TailPiece::TailPiece(uint32_t writer, const signal::RowColumnsFactory& new_columns,
                     TailFrames frames, int level)
    : writer_(writer), new_columns_(new_columns), frames_(std::move(frames)), level_(level) {
  for (const auto& frame : frames_) bytes_ += static_cast<int64_t>(frame->bytes);
}

std::shared_ptr<TailPiece> TailPiece::After(uint64_t sequence) const {
  const auto first = std::ranges::upper_bound(frames_, sequence, {},
                                              [](const auto& frame) { return frame->sequence; });
  return std::make_shared<TailPiece>(writer_, new_columns_, TailFrames(first, frames_.end()),
                                     level_);
}

void TailPiece::AddRowsOf(const TableKey& key,
                          std::vector<std::shared_ptr<signal::TailRows>>& rows) {
  for (const signal::Signal signal : signal::kSignals) {
    if (!MayHaveRowsOf(key.table, signal)) continue;
    auto decoded = decoded_.Lock();
    auto& tables = (*decoded)[static_cast<size_t>(signal)];
    if (tables == nullptr) tables = std::make_unique<Tables>(Decode(signal));
    if (const auto found = tables->find(key); found != tables->end()) rows.push_back(found->second);
  }
}

TailPiece::Tables TailPiece::Decode(signal::Signal signal) const {
  Generation generation(writer_, new_columns_);
  for (const auto& frame : frames_) {
    if (frame->request.signal != signal) continue;
    if (frame->refused) {
      generation.AddRefused(frame->request, frame->sequence, frame->refused->detail,
                            frame->refused->is_cut);
      continue;
    }
    const auto appended = generation.Append(frame->request, frame->sequence);
    if (!appended.ok()) {
      // It was decoded before it was journalled; what a replay would set aside is in no table.
      log::Debug("journalled request is not decoded again",
                 {{"writer", writer_}, {"error", appended.status().message()}});
    }
  }
  Tables tables;
  for (Generation::TableRows& table : generation.TakeTables()) {
    if (table.rows->num_rows() == 0) continue;
    tables[table.key] = std::make_shared<signal::TailRows>(std::move(table.rows));
  }
  return tables;
}

}  // namespace weir::buffer
