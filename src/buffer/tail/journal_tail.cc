// SPDX-License-Identifier: Apache-2.0
#include "buffer/tail/journal_tail.h"

#include <algorithm>
#include <map>
#include <utility>

#include "buffer/sent_again.h"
#include "buffer/taken_file.h"

namespace weir::buffer {
namespace {

// Each piece is a file to a query. So many of one size become one, so that there are few even where
// queries come a hundred times a second; a request is decoded again only as often as that happens
// to it.
constexpr size_t kPiecesOfOneLevel = 4;
// Larger ones stay as they are: they are few, and decoding them again takes long.
constexpr int64_t kPutTogetherBytesMax = 2 << 20;

}  // namespace

/// One thread.
class JournalTail::View final : public signal::TailView {
 public:
  explicit View(JournalTail& tail) : tail_(tail) {}

  void Add(uint32_t writer, const Pieces& pieces) { pieces_[writer] = pieces; }

  std::vector<uint32_t> writers() const override {
    std::vector<uint32_t> writers;
    for (const auto& [writer, pieces] : pieces_) writers.push_back(writer);
    return writers;
  }
  void LeaveOut(uint32_t writer, uint64_t sequence) override {
    tail_.LeaveOut(writer, sequence, pieces_[writer]);
  }
  Result<std::vector<std::shared_ptr<signal::TailRows>>> RowsOf(const signal::TableSet& tables,
                                                                signal::Table table) override {
    std::vector<std::shared_ptr<signal::TailRows>> rows;
    for (const auto& [writer, pieces] : pieces_) {
      for (const auto& piece : pieces) piece->AddRowsOf({tables, table}, rows);
    }
    return rows;
  }

 private:
  JournalTail& tail_;
  std::map<uint32_t, Pieces> pieces_;
};

JournalTail::JournalTail(Options options) : options_(std::move(options)) {
  for (Ingest* ingest : options_.ingests) {
    sources_.push_back({.writer = ingest->writer(), .ingest = ingest, .pieces = {}});
  }
}

Result<std::unique_ptr<signal::TailView>> JournalTail::Take() {
  auto view = std::make_unique<View>(*this);
  const std::lock_guard lock(mutex_);
  if (options_.left.has_recovered()) {
    // Said before the catalog is asked, which has all of it then.
    std::erase_if(sources_, [](const Source& source) { return source.ingest == nullptr; });
    has_read_left_ = true;
  }
  if (!has_read_left_) TRY(ReadLeft());
  for (Source& source : sources_) {
    if (source.ingest != nullptr) TRY(ReadOn(source));
    view->Add(source.writer, source.pieces);
  }
  return view;
}

void JournalTail::DropReleased() {
  const std::lock_guard lock(mutex_);
  for (Source& source : sources_) DropReleased(source);
}

void JournalTail::DropReleased(Source& source) {
  if (source.ingest == nullptr) return;
  const uint64_t released = source.ingest->released();
  std::erase_if(source.pieces,
                [&](const auto& piece) { return piece->last_sequence() <= released; });
}

Status JournalTail::ReadOn(Source& source) {
  DropReleased(source);
  auto frames = TRY(source.ingest->ReadAfter(source.read_to, BytesLeft()));
  if (frames.empty()) return Status::OK();
  source.read_to = frames.back().sequence;
  AddPiece(source, std::move(frames));
  PutTogether(source);
  return Status::OK();
}

int64_t JournalTail::BytesLeft() const {
  int64_t bytes = options_.bytes_max;
  for (const Source& source : sources_) {
    for (const auto& piece : source.pieces) bytes -= piece->byte_size();
  }
  return bytes;
}

void JournalTail::AddPiece(Source& source, std::vector<Frame> frames) const {
  TailFrames shared;
  shared.reserve(frames.size());
  for (Frame& frame : frames) shared.push_back(std::make_shared<const Frame>(std::move(frame)));
  source.pieces.push_back(
      std::make_shared<TailPiece>(source.writer, options_.new_columns, std::move(shared), 0));
}

/// A journal that goes meanwhile is in the tables, and by the catalog's word, asked later, left
/// out.
Status JournalTail::ReadLeft() {
  const Left& left = options_.left;
  std::vector<std::vector<Frame>> journals(left.journals.size());
  int64_t bytes = BytesLeft();
  for (size_t i = 0; i < journals.size(); ++i) {
    const auto keep = [&](Frame frame) -> Status {
      if (frame.sequence <= left.committed[i]) {
        frame.request.body.clear();
      } else {
        bytes -= static_cast<int64_t>(frame.bytes);
      }
      if (bytes < 0) {
        return Error(ErrorKind::kRetryLater,
                     "what an earlier run acknowledged last is more than may be copied; it is "
                     "being brought into the tables");
      }
      journals[i].push_back(std::move(frame));
      return Status::OK();
    };
    const Status read = PeekJournal(left.journals[i], keep);
    if (!read.ok() && KindOf(read) != ErrorKind::kNotFound) return read;
  }
  TRY(KeepLeft(std::move(journals)));
  has_read_left_ = true;
  return Status::OK();
}

/// Those that a replay takes.
Status JournalTail::KeepLeft(std::vector<std::vector<Frame>> journals) {
  const Left& left = options_.left;
  SentAgain sent_again(left.taken_for);
  if (!journals.empty() && left.taken_for.count() > 0) {
    // After the journals were read: of one that went meanwhile, its requests are noted there.
    ReadTaken(*left.journals.front().disk, left.taken_directory, 0,
              [&](const TakenRequest& taken) { sent_again.Note(taken); });
  }
  for (size_t i = 0; i < journals.size(); ++i) {
    Source source{.writer = left.journals[i].writer, .pieces = {}};
    uint64_t last_sequence = left.committed[i];
    std::vector<Frame> kept;
    int64_t bytes = 0;
    for (Frame& frame : journals[i]) {
      if (!frame.refused && sent_again.Is(frame.taken)) continue;
      if (frame.sequence <= last_sequence) continue;
      last_sequence = frame.sequence;
      bytes += static_cast<int64_t>(frame.bytes);
      kept.push_back(std::move(frame));
      if (bytes < kPutTogetherBytesMax) continue;
      AddPiece(source, std::exchange(kept, {}));
      bytes = 0;
    }
    if (!kept.empty()) AddPiece(source, std::move(kept));
    sources_.push_back(std::move(source));
  }
  return Status::OK();
}

void JournalTail::PutTogether(Source& source) const {
  Pieces& pieces = source.pieces;
  while (pieces.size() >= kPiecesOfOneLevel) {
    const std::span last(pieces.end() - kPiecesOfOneLevel, pieces.end());
    const int level = last.back()->level();
    int64_t bytes = 0;
    for (const auto& piece : last) bytes += piece->byte_size();
    const bool is_one_level =
        std::ranges::all_of(last, [&](const auto& piece) { return piece->level() == level; });
    if (!is_one_level || bytes > kPutTogetherBytesMax) return;
    TailFrames frames;
    for (const auto& piece : last) {
      frames.insert(frames.end(), piece->frames().begin(), piece->frames().end());
    }
    pieces.resize(pieces.size() - kPiecesOfOneLevel);
    pieces.push_back(std::make_shared<TailPiece>(source.writer, options_.new_columns,
                                                 std::move(frames), level + 1));
  }
}

void JournalTail::LeaveOut(uint32_t writer, uint64_t sequence, Pieces& pieces) {
  std::erase_if(pieces, [&](const auto& piece) { return piece->last_sequence() <= sequence; });
  if (pieces.empty() || pieces.front()->first_sequence() > sequence) return;
  const auto whole = std::exchange(pieces.front(), pieces.front()->After(sequence));
  const uint64_t first = pieces.front()->first_sequence();
  const std::lock_guard lock(mutex_);
  const auto source = std::ranges::find(sources_, writer, &Source::writer);
  if (source == sources_.end()) return;  // Recovered meanwhile.
  std::erase_if(source->pieces,
                [&](const auto& piece) { return piece->last_sequence() <= sequence; });
  if (source->pieces.empty()) return;
  auto& kept = source->pieces.front();
  if (kept == whole) kept = pieces.front();
  // Another view came to the same before, and has perhaps decoded it.
  const bool is_same =
      kept->first_sequence() == first && kept->last_sequence() == whole->last_sequence();
  if (is_same) pieces.front() = kept;
}

}  // namespace weir::buffer
