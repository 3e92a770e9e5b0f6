// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: an ingest whose syncs can be failed and held.

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <semaphore>
#include <string>

#include "buffer/ingest.h"
#include "buffer/journal_fake.h"
#include "buffer/memory_disk.h"
#include "buffer/row_columns_fake.h"

namespace weir::buffer {

using Outcome = Result<signal::ExportOutcome>;

inline constexpr std::chrono::seconds kIngestPatience{10};  // Only a failing test waits so long.

class IngestTest : public testing::Test {
 protected:
  /// Opens with the options that the test has set in `options_`.
  void Open() {
    options_.journal = {.directory = JournalDirectory(folder_.path(), 7),
                        .writer = 7,
                        .segment_bytes = 4096,
                        .disk = &disk_};
    if (!options_.new_columns.signal_rows) options_.new_columns = kFakeColumns;
    ingest_ = Ingest::Open(options_).ValueOrDie();
  }
  bool Sync() {
    ++syncs_;
    if (is_held_) {
      in_sync_.release();
      go_on_.acquire();
    }
    if (failing_syncs_ == 0) return true;
    --failing_syncs_;
    return false;
  }
  /// The next sync waits for ReleaseSync.
  void HoldSyncs() { is_held_ = true; }
  void ReleaseSync() {
    is_held_ = false;
    go_on_.release();
  }

  std::future<Outcome> Send(const std::string& body) {
    auto promise = std::make_shared<std::promise<Outcome>>();
    std::future<Outcome> answer = promise->get_future();
    ingest_->Accept(RequestOf(body),
                    [promise](Outcome outcome) { promise->set_value(std::move(outcome)); });
    return answer;
  }
  static Outcome Wait(std::future<Outcome> answer) {
    if (answer.wait_for(kIngestPatience) != std::future_status::ready) {
      return Error(ErrorKind::kInternal, "no answer");
    }
    return answer.get();
  }
  Outcome SendAndWait(const std::string& body) { return Wait(Send(body)); }
  static bool IsReady(const std::future<Outcome>& answer) {
    return answer.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  }
  /// All that the journal's files hold, what is no request any more included.
  std::string BytesOnDisk() const {
    std::string all;
    for (const auto& entry :
         std::filesystem::directory_iterator(JournalDirectory(folder_.path(), 7))) {
      std::ifstream file(entry.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(file), {});
    }
    return all;
  }
  void WaitUntilRolled() const {
    const auto deadline = std::chrono::steady_clock::now() + kIngestPatience;
    while (!ingest_->has_rolled() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    EXPECT_TRUE(ingest_->has_rolled());
  }
  /// Spins until requests are taken again.
  bool IsAcceptingSoon() const {
    const auto deadline = std::chrono::steady_clock::now() + kIngestPatience;
    while (!ingest_->CanAccept().ok() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    return ingest_->CanAccept().ok();
  }

  JournalFolder folder_;
  IngestOptions options_;
  std::atomic<int> syncs_ = 0, failing_syncs_ = 0;
  std::atomic<bool> is_held_ = false;
  std::binary_semaphore in_sync_{0}, go_on_{0};
  AskingDisk disk_{[this] { return Sync(); }};
  std::unique_ptr<Ingest> ingest_;
};

}  // namespace weir::buffer
