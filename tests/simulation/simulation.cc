// SPDX-License-Identifier: Apache-2.0
#include "simulation/simulation.h"

#include <fmt/format.h>

#include "base/ids.h"
#include "buffer/journal_reader.h"
#include "buffer/row_columns_fake.h"
#include "buffer/taken_file.h"
#include "buffer/taken_reader.h"
#include "simulation/small_formats.h"

namespace weir::simulation {
namespace {

using namespace std::chrono_literals;

constexpr uint64_t kOperationsMin = 500, kFaultsMin = 10, kLivesMax = 200;
constexpr uint64_t kOperationsOfALife = 160;
constexpr int kRetriesOfAnOutage = 15, kRetriesAtTheEnd = 10;
constexpr std::chrono::seconds kRetryWindow{600};
// Iceberg's own metadata takes thirty times as long.
constexpr uint64_t kSeedsAnIceberg = 500;
const std::string kData = "/data", kJournals = "/data/journal";
const std::string kQuarantine = "/data/journal/quarantine";
const std::string kTaken = buffer::TakenDirectory(kJournals);

}  // namespace

Simulation::Simulation(uint64_t seed, bool is_printed)
    : is_small_(seed % kSeedsAnIceberg != 0),
      formats_(is_small_ ? SmallFormats() : WordsInIceberg()),
      random_(seed),
      trace_(is_printed),
      faults_(random_, trace_),
      disk_(random_.engine()),
      store_(faults_),
      catalog_(tables_catalog_, faults_),
      tables_(store_.objects, tables_catalog_, is_small_),
      quarantine_(disk_, kJournals, kQuarantine) {
  SeedIds(seed);
  Note(disk_.MakeDirectory(kData));
  Note(disk_.SyncDirectory("/"));
  disk_.SetEvents(&faults_);
  store_.gate.meanwhile = catalog_.gate.meanwhile = [this] { Meanwhile(); };
}

void Simulation::Note(const Status& broken) {
  if (broken_.ok()) broken_ = broken;
}

Figures Simulation::figures() const {
  return {.operations = operations_,
          .faults = faults_.count(),
          .crashes = crashes_,
          .requests = requests_.size(),
          .retries = sent_again_,
          .trace_hash = trace_.hash()};
}

Status Simulation::Run() {
  for (uint64_t life = 0; life < kLivesMax && broken_.ok(); ++life) {
    if (operations_ >= kOperationsMin && faults_.count() >= kFaultsMin) break;
    try {
      Live();
    } catch (const Crash&) {
      ++crashes_;
      faults_.Count();
    }
    Die();
  }
  TRY(broken_);
  TRY(LastLife());
  return broken_;
}

void Simulation::Live() {
  trace_.Note("life");
  faults_.BeginLife();
  ++operations_;
  const Status booted = Boot();
  if (!booted.ok()) return trace_.Note("not started", booted.message());
  const uint64_t end = operations_ + 1 + random_.Below(kOperationsOfALife);
  while (operations_ < end && !is_stopping_ && broken_.ok()) Operate();
  if (random_.Chance(50)) Stop();
}

Status Simulation::Boot() {
  is_stopping_ = false;
  committer_ = std::make_unique<commit::Committer>(
      commit::Committer::Options{.store = store_,
                                 .catalog = catalog_,
                                 .clock = clock_,
                                 .new_columns = buffer::kFakeColumnsOfAllTables,
                                 .quarantine_directory = kQuarantine,
                                 .replay_flush_bytes = random_.Chance(50) ? 1000 : 48 << 20,
                                 .retry_pause = 0ms,
                                 .taken_directory = kTaken,
                                 .taken_for = kRetryWindow,
                                 .encodes_in_parallel = false,
                                 .formats = formats_,
                                 .on_retry = [this] { OnRetry(); }});
  TRY(committer_->Prepare());
  auto left = TRY(buffer::ListJournals(kJournals, disk_));
  TRY(RememberTaken(left));
  TRY(OpenIngests());
  std::vector<buffer::Ingest*> ingests;
  for (const auto& ingest : ingests_) ingests.push_back(ingest.get());
  committer_->StartWithoutThread(ingests);
  retries_ = 0;
  committer_->Recover(left);
  NoteForgotten();
  return CheckAfterRecovery();
}

/// As a server does before the first request can come.
Status Simulation::RememberTaken(std::vector<buffer::LeftJournal>& left) {
  recent_ = std::make_unique<buffer::RecentRequests>(
      buffer::RecentRequests::Options{.clock = clock_, .window = kRetryWindow});
  const int64_t since = clock_.UnixNano() - std::chrono::nanoseconds(kRetryWindow).count();
  const auto restore = [&](const buffer::TakenRequest& taken) {
    if (taken.received_unix_nano >= since) recent_->Restore(taken);
  };
  buffer::ReadTaken(disk_, kTaken, since, restore);
  NoteForgotten();
  return buffer::ReadTakenOfAll(left, restore);
}

void Simulation::NoteForgotten() {
  if (std::exchange(failed_notes_, faults_.failed_notes()) == faults_.failed_notes()) return;
  trace_.Note("requests may be forgotten");
  requests_.ForgetTaken();
}

Status Simulation::OpenIngests() {
  const int64_t segment_bytes = 512 << random_.Below(3);
  for (uint64_t left = 1 + random_.Below(2); left > 0; --left) {
    const uint32_t writer = TRY(catalog_.WriterId(fmt::format("journal-{}", ++writers_)));
    auto ingest = TRY(buffer::Ingest::OpenWithoutThread(
        {.journal = {.directory = buffer::JournalDirectory(kJournals, writer),
                     .writer = writer,
                     .segment_bytes = segment_bytes,
                     .taken_directory = kTaken,
                     .taken_for = kRetryWindow,
                     .disk = &disk_},
         .new_columns = buffer::kFakeColumnsOfAllTables,
         .queued_bytes_max = random_.Chance(20) ? 300 : 1 << 20,
         .buffered_bytes_max = random_.Chance(20) ? 3000 : 1 << 20,
         .journal_bytes_max = segment_bytes * (random_.Chance(30) ? 8 : 40),
         .dead_letter_bytes_max = 400,
         .recent = recent_.get()}));
    ingests_.push_back(std::move(ingest));
  }
  return Status::OK();
}

/// Rows of lives whose journals are all in the tables must be there now.
Status Simulation::CheckAfterRecovery() {
  const auto journals = buffer::ListJournals(kJournals, disk_);
  if (!journals.ok() || journals->size() > ingests_.size()) return Status::OK();
  trace_.Note("check");
  const auto rows = tables_.Rows();
  Note(rows.ok() ? requests_.Check(*rows) : rows.status());
  Note(quarantine_.Check());
  return Status::OK();
}

void Simulation::Operate() {
  ++operations_;
  const uint64_t choice = random_.Below(100);
  if (choice < 50) return Send();
  if (choice < 84) return Step(random_.Below(ingests_.size()));
  if (choice < 90) return StepClocks();
  if (choice < 97) return Commit();
  if (choice < 98) return FillDisk();
  if (choice < 99) return FreeDisk();
  if (random_.Chance(30)) Recuperate();
}

/// While the committer waits for store or catalog, the ingests go on.
void Simulation::Meanwhile() {
  if (is_busy_ || ingests_.empty() || !random_.Chance(8)) return;
  is_busy_ = true;
  ++operations_;
  Send();
  if (random_.Chance(60)) Step(random_.Below(ingests_.size()));
  is_busy_ = false;
}

void Simulation::Send() {
  if (!random_.Chance(20) || !SendAgain()) SendNew();
}

void Simulation::SendNew() {
  size_t index = 0;
  signal::ExportRequest request = requests_.Make(random_, index);
  Accept(std::move(request), index);
}

bool Simulation::SendAgain() {
  size_t index = 0;
  std::optional<signal::ExportRequest> request = requests_.Again(random_, index);
  if (!request) return false;
  ++sent_again_;
  Accept(*std::move(request), index);
  return true;
}

void Simulation::Accept(signal::ExportRequest request, size_t index) {
  request.received_unix_nano = clock_.UnixNano();
  trace_.Note("send", request.body, static_cast<int64_t>(index));
  ingests_[random_.Below(ingests_.size())]->Accept(
      std::move(request), [this, index](const Result<signal::ExportOutcome>& outcome) {
        trace_.Note("answer", outcome.status().message(), static_cast<int64_t>(index));
        Note(requests_.Answer(index, outcome));
        if (!outcome.ok()) refused_in_step_.push_back(index);
      });
}

void Simulation::Step(size_t ingest) {
  const uint64_t failed_cuts = faults_.failed_cuts();
  refused_in_step_.clear();
  ingests_[ingest]->Step();
  if (faults_.failed_cuts() == failed_cuts) return;
  for (const size_t index : refused_in_step_) requests_.SetDoubtful(index);
}

void Simulation::Commit() {
  trace_.Note("commit");
  retries_ = 0;
  committer_->CommitOnce();
}

void Simulation::StepClocks() {
  clock_.Pass(std::chrono::milliseconds(random_.Below(2000)));
  if (random_.Chance(20)) clock_.StepWall(std::chrono::milliseconds(random_.Below(20'000)) - 10s);
}

void Simulation::FillDisk() {
  trace_.Note("disk full");
  faults_.Count();
  disk_.SetCapacity(disk_.used() + static_cast<int64_t>(random_.Below(2000)));
  store_.is_full = true;
}

void Simulation::FreeDisk() {
  disk_.SetCapacity(std::numeric_limits<int64_t>::max());
  store_.is_full = false;
}

void Simulation::OnRetry() {
  ++operations_;
  clock_.Pass(1s);
  if (++retries_ == kRetriesOfAnOutage) faults_.Relieve();
  if (retries_ >= kRetriesOfAnOutage) FreeDisk();
  if (!random_.Chance(3)) return;
  trace_.Note("stop while a step fails");
  is_stopping_ = true;
  committer_->Stop();
}

void Simulation::Recuperate() {
  trace_.Note("recuperate");
  FreeDisk();
  faults_.Calm();
  is_busy_ = true;  // Nothing comes meanwhile.
  for (size_t i = 0; i < ingests_.size(); ++i) {
    Step(i);
    Commit();
    Step(i);
    Commit();
    const Status accepts = ingests_[i]->CanAccept();
    if (!accepts.ok())
      Note(Error(ErrorKind::kInternal, "refuses when all is well: " + accepts.message()));
  }
  is_busy_ = false;
  faults_.BeginLife();
}

void Simulation::Stop() {
  trace_.Note("stop");
  is_stopping_ = true;
  for (size_t i = 0; i < ingests_.size(); ++i) {
    ingests_[i]->Stop();
    Step(i);
  }
  retries_ = 0;
  committer_->Stop();
  committer_->CommitOnce();
}

void Simulation::Die() {
  trace_.Note("end");
  faults_.Calm();
  is_busy_ = false;
  ingests_.clear();
  committer_.reset();
  recent_.reset();
  requests_.EndLife();
  FreeDisk();
  if (random_.Chance(60)) {
    trace_.Note("power loss");
    faults_.Count();
    disk_.LosePower();
  }
  NoteForgotten();
  PassTime();
  quarantine_.NoteTorn();
  if (!random_.Chance(8)) return;
  if (const auto damaged = quarantine_.DamageAFrame(random_)) {
    trace_.Note("bit flipped", damaged->path);
    faults_.Count();
    requests_.SetDamaged(damaged->body);
  }
}

void Simulation::PassTime() {
  if (!random_.Chance(10)) return;
  trace_.Note("off for long");
  clock_.Pass(3 * kRetryWindow);
  requests_.EndRetries();
}

/// Without faults: everything must be in the tables in the end, and requests are taken.
Status Simulation::LastLife() {
  trace_.Note("last life");
  TRY(Boot());
  is_busy_ = true;  // Nothing comes meanwhile.
  Commit();
  for (int turn = 0; turn < kRetriesAtTheEnd; ++turn) {
    if (!SendAgain()) continue;
    for (size_t i = 0; i < ingests_.size(); ++i) Step(i);
  }
  Commit();  // Those may have filled what there is room for.
  SendNew();
  for (size_t i = 0; i < ingests_.size(); ++i) Step(i);
  if (requests_.fate(requests_.size() - 1) == Fate::kUnanswered) {
    return Error(ErrorKind::kInternal, "a request of a sound server is not answered");
  }
  Commit();
  requests_.EndLife();
  const auto rows = TRY(tables_.Rows());
  TRY(requests_.Check(rows));
  TRY(quarantine_.Check());
  auto left = TRY(buffer::ListJournals(kJournals, disk_));
  if (left.size() == ingests_.size()) return Status::OK();
  return Error(ErrorKind::kInternal, "a journal was not removed");
}

}  // namespace weir::simulation
