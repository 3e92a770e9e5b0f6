// SPDX-License-Identifier: Apache-2.0
// Journal and commits under random faults and crashes: what was acknowledged is in the tables
// exactly once, what was refused is not.

#include <gtest/gtest.h>

#include <cerrno>
#include <fstream>
#include <future>
#include <map>
#include <random>
#include <set>

#include "base/log.h"
#include "buffer/ingest.h"
#include "buffer/journal_frame.h"
#include "commit/committer.h"
#include "commit/lake_fake.h"

namespace weir::commit {
namespace {

using buffer::Ingest;

constexpr unsigned kSeeds = 150;
constexpr int kLives = 4, kStepsPerLife = 14, kWriters = 2;

class Simulation {
 public:
  explicit Simulation(unsigned seed) : random_(seed) {}

  /// Several lives that end in crashes, then one without faults.
  void Run() {
    for (int life = 0; life < kLives; ++life) {
      InjectFaults();
      Live();
      Crash();
    }
    ASSERT_TRUE(Recover().ok());
    EXPECT_TRUE(buffer::ListJournals(lake_.journal_root())->empty());
    Check();
  }

 private:
  bool Chance(int percent) { return static_cast<int>(random_() % 100) < percent; }
  int Below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }

  void InjectFaults() {
    if (Chance(60)) lake_.store.Inject({.after = Below(60), .is_done = Chance(50)});
    if (Chance(40)) {
      lake_.catalog().Inject({.call = Call::kCommit,
                              .after = Below(8),
                              .is_done = Chance(50),
                              .kind = ErrorKind::kUnknownOutcome});
    }
    if (Chance(20)) lake_.catalog().Inject({.after = Below(40), .is_done = Chance(50)});
    // From some call on nothing works any more, whether or not that call did.
    if (Chance(50)) {
      const int last = Below(150);
      lake_.store.Inject({.after = last, .is_done = Chance(50)});
      lake_.store.Inject({.after = last, .count = store::Fault::kForEver});
    }
    if (Chance(30)) {
      const int last = Below(60);
      lake_.catalog().Inject(
          {.after = last, .is_done = Chance(50), .kind = ErrorKind::kUnknownOutcome});
      lake_.catalog().Inject({.after = last, .count = CatalogFault::kForEver});
    }
  }

  /// One process from start to crash; a step that fails for good ends it.
  void Live() {
    if (!Recover().ok() || !OpenIngests().ok()) return;
    TableHeads heads(lake_.store, lake_.catalog(), lake_.clock);
    for (int step = 0; step < kStepsPerLife; ++step) {
      lake_.clock.Advance(std::chrono::milliseconds(Below(2000) - 200));
      if (Chance(70)) {
        Send();
      } else if (!Commit(heads).ok()) {
        return;
      }
    }
  }

  Status Recover() {
    Committer committer({.store = lake_.store,
                         .catalog = lake_.catalog(),
                         .clock = lake_.clock,
                         .new_columns = buffer::NewRowColumnsFake,
                         .quarantine_directory = lake_.quarantine(),
                         .replay_flush_bytes = Chance(50) ? 200 : 48 << 20,
                         .retry_pause = std::chrono::milliseconds(0)});
    TRY(committer.Prepare());
    const auto left = TRY(buffer::ListJournals(lake_.journal_root()));
    committer.Start({}, left);
    committer.Stop();
    return Status::OK();
  }

  Status OpenIngests() {
    for (int i = 0; i < kWriters; ++i) {
      const uint32_t writer =
          TRY(lake_.catalog().WriterId("journal-" + std::to_string(++writers_)));
      auto ingest = TRY(Ingest::Open(
          {.journal = {.directory = buffer::JournalDirectory(lake_.journal_root(), writer),
                       .writer = writer,
                       .segment_bytes = 300,
                       .sync = [this](int) { return Sync(); }},
           .new_columns = buffer::NewRowColumnsFake,
           .probe_pause = std::chrono::hours(1)}));
      ingests_.push_back(std::move(ingest));
    }
    return Status::OK();
  }

  /// Called while Send waits, so nobody else uses the random numbers meanwhile.
  int Sync() {
    if (!Chance(10)) return 0;
    errno = EIO;
    return -1;
  }

  void Send() {
    signal::ExportRequest request{
        .signal = Chance(70) ? signal::Signal::kTraces : signal::Signal::kLogs,
        .received_unix_nano = lake_.clock.UnixNano()};
    if (Chance(20)) request.tables = {"team_a", "x_"};
    std::vector<int64_t> rows;
    for (int i = Below(4); i >= 0; --i) {
      rows.push_back(++last_row_);
      request.body += std::to_string(last_row_) + (Chance(20) ? " ! " : " ");
    }
    if (Chance(5)) request.body += "?";
    std::promise<bool> answer;
    ingests_[static_cast<size_t>(Below(kWriters))]->Accept(
        std::move(request),
        [&](Result<signal::ExportOutcome> outcome) { answer.set_value(outcome.ok()); });
    (answer.get_future().get() ? acked_ : refused_).insert(rows.begin(), rows.end());
  }

  Status Commit(TableHeads& heads) {
    int tries = 0;
    TableCommit commit({lake_.store, lake_.catalog(), lake_.clock, heads},
                       [&](std::string_view, const Status&) { return ++tries < 6; });
    std::vector<uint64_t> sequences;
    for (const auto& ingest : ingests_) {
      const auto generation = ingest->Seal();
      sequences.push_back(generation->last_sequence());
      TRY(commit.Add(*generation));
    }
    // Requests come in while a commit is under way; Release must leave them in the journal.
    for (int i = Below(3); i > 0; --i) Send();
    TRY(commit.Finish());
    for (size_t i = 0; i < ingests_.size(); ++i) ingests_[i]->Release(sequences[i]);
    return Status::OK();
  }

  void Crash() {
    ingests_.clear();
    lake_.Restart();
    for (const auto& journal : *buffer::ListJournals(lake_.journal_root())) {
      if (Chance(50)) TearTail(journal.directory);
    }
  }

  /// Garbage behind the last frame: a write that was under way, of a request that nobody was
  /// answered for.
  void TearTail(const std::string& directory) {
    std::set<std::string> segments;
    for (const auto& entry : std::filesystem::directory_iterator(directory))
      segments.insert(entry.path());
    if (segments.empty()) return;
    std::fstream file(*segments.rbegin(), std::ios::in | std::ios::out | std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    const size_t end = std::max(bytes.find_last_not_of('\0') + 1, buffer::kSegmentHeaderBytes);
    std::string garbage = buffer::EncodeFrameHead({.body = "lost"}, 1'000'000);
    garbage.resize(1 + random_() % garbage.size());
    file.seekp(static_cast<std::streamoff>(end));
    file << garbage;
  }

  void Check() {
    std::map<int64_t, int> found;
    for (const std::string& schema : *lake_.catalog().ListSchemas()) {
      for (const auto& entry : *lake_.catalog().ListTables(schema)) {
        for (const int64_t row : RowsOf(lake_, entry.name)) ++found[row];
      }
    }
    for (const auto& [row, times] : found) {
      EXPECT_EQ(times, 1) << "row " << row;
      EXPECT_FALSE(refused_.contains(row))
          << "row " << row << " was refused, so its sender sends it again";
    }
    for (const int64_t row : acked_)
      EXPECT_TRUE(found.contains(row)) << "row " << row << " was acknowledged";
  }

  std::mt19937 random_;
  LakeFake lake_;
  std::vector<std::unique_ptr<Ingest>> ingests_;
  std::set<int64_t> acked_, refused_;
  int64_t last_row_ = 0;
  int writers_ = 0;
};

/// WEIR_SEED=<n> runs that seed alone.
TEST(Simulation, KeepsEveryAcknowledgedRowExactlyOnceThroughFaultsAndCrashes) {
  log::SetLevel(log::Level::kOff);
  const char* wanted = std::getenv("WEIR_SEED");
  const unsigned first = wanted != nullptr ? static_cast<unsigned>(std::atoi(wanted)) : 1;
  const unsigned last = wanted != nullptr ? first : kSeeds;
  for (unsigned seed = first; seed <= last && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "WEIR_SEED=" << seed);
    Simulation(seed).Run();
  }
  log::SetLevel(log::Level::kInfo);
}

}  // namespace
}  // namespace weir::commit
