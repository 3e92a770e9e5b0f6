// SPDX-License-Identifier: Apache-2.0
#include "node/node.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/fault_point.h"
#include "base/ids.h"
#include "base/scaled_clock.h"
#include "base/version.h"
#include "buffer/ingest.h"
#include "buffer/journal_reader.h"
#include "buffer/recent_requests.h"
#include "buffer/tail/journal_tail.h"
#include "buffer/taken_file.h"
#include "buffer/taken_reader.h"
#include "catalog/catalog.h"
#include "catalog/external_catalog.h"
#include "catalog/forget_requests.h"
#include "columnar/trace_index_builder.h"
#include "commit/appender.h"
#include "commit/committer.h"
#include "maintain/format_watch.h"
#include "maintain/maintainer.h"
#include "node/data_lock.h"
#include "node/front.h"
#include "node/journalled.h"
#include "node/search_keys.h"
#include "node/view_text.h"
#include "query/sql/engine.h"
#include "store/local_store.h"

namespace weir::node {
namespace {

constexpr std::chrono::milliseconds kDrain{10'000};
constexpr int64_t kMib = 1 << 20;

/// Of a test build: how much faster time passes, and since when.
int64_t ClockRate() { return fault::Number("WEIR_FAULT_CLOCK_RATE", 1); }
std::unique_ptr<const Clock> NewClock() {
  if (ClockRate() == 1) return std::make_unique<SystemClock>();
  return std::make_unique<ScaledClock>(fault::Number("WEIR_FAULT_CLOCK_FROM", 0), ClockRate());
}

/// How limits.memory_mib is shared out; what is left is for encoding and merging files.
struct MemoryShares {
  int64_t received, queued, buffered, flush;
};
// While there are queries: of requests that wait for a commit, as they came, in all.
constexpr int64_t kTailShare = 4;
MemoryShares ShareMemory(int64_t memory_mib, int64_t workers) {
  const int64_t each = memory_mib * kMib / workers;
  return {.received = each / 8, .queued = each / 8, .buffered = each * 7 / 16, .flush = each / 4};
}

class RunningNode final : public Node {
 public:
  RunningNode(cli::ServerConfig config, DataLock lock)
      : config_(std::move(config)), lock_(std::move(lock)) {}
  ~RunningNode() override { Stop(); }

  Status Start();
  std::vector<std::string> endpoints() const override { return server_->endpoints(); }
  std::string tables_dir() const override { return data_dir_ + "/tables"; }
  void Stop() override;

 private:
  std::string JournalRoot() const { return data_dir_ + "/journal"; }
  std::chrono::seconds RetryWindow() const { return std::chrono::seconds(config_.retry_window_s); }
  /// `dead_letter_bytes_max`: of one flush.
  signal::RowColumnsFactory NewColumns(int64_t dead_letter_bytes_max) const {
    return node::NewColumns(config_, decode_, dead_letter_bytes_max);
  }
  Status RememberTaken(std::vector<buffer::LeftJournal>& left);
  maintain::Maintainer::Options MaintainerOptions();
  Result<bool> JournalsAreClear(bool is_first);
  Status OpenIngests();
  Status OpenServer();
  serve::ServerFacts Facts();
  Status CanAck() const;
  std::string Figures() const;

  const cli::ServerConfig config_;
  const DataLock lock_;
  const std::unique_ptr<const Clock> owned_clock_ = NewClock();
  const Clock& clock_ = *owned_clock_;
  std::string data_dir_;
  int64_t start_ms_ = 0;  // Before anything was written.
  const columnar::TableRowsOptions decode_ = DecodeOptionsOf(config_);
  std::unique_ptr<store::LocalStore> store_;
  std::unique_ptr<catalog::Catalog> catalog_;
  std::unique_ptr<catalog::ExternalCatalog> external_;
  std::unique_ptr<catalog::ForgetRequests> forget_requests_;
  std::unique_ptr<SearchKeys> search_keys_;
  std::unique_ptr<commit::Committer> committer_;
  std::unique_ptr<commit::Appender> appender_;
  std::unique_ptr<buffer::RecentRequests> recent_;
  std::vector<std::unique_ptr<buffer::Ingest>> ingests_;
  std::unique_ptr<buffer::JournalTail> tail_;
  std::unique_ptr<maintain::FormatWatch> format_watch_;
  maintain::Operations operations_;
  std::unique_ptr<maintain::Maintainer> maintainer_;
  std::unique_ptr<query::sql::Engine> sql_;
  std::unique_ptr<serve::Routes> routes_;
  std::unique_ptr<net::Server> server_;
  bool is_stopped_ = false;
};

Status RunningNode::Start() {
  store_ = TRY(store::LocalStore::Open(config_.data_dir));
  data_dir_ = std::filesystem::canonical(config_.data_dir).string();
  start_ms_ = clock_.UnixMillis();
  catalog_ = TRY(catalog::Catalog::Open(data_dir_ + "/catalog.db"));
  external_ = TRY(catalog::ExternalCatalog::Open(data_dir_ + "/catalog.db"));
  forget_requests_ = TRY(catalog::ForgetRequests::Open(data_dir_ + "/catalog.db"));
  search_keys_ = std::make_unique<SearchKeys>(data_dir_ + "/search-keys.json", clock_);
  committer_ = std::make_unique<commit::Committer>(commit::Committer::Options{
      .store = *store_,
      .catalog = *catalog_,
      .clock = clock_,
      // What was journalled was within the limit, and is kept.
      .new_columns = NewColumns(INT64_MAX),
      .interval = std::chrono::milliseconds(config_.commit_interval_ms),
      .quarantine_directory = JournalRoot() + "/quarantine",
      .replay_flush_bytes = ShareMemory(config_.limits_memory_mib, 1).flush,
      .taken_directory = buffer::TakenDirectory(JournalRoot()),
      .taken_for = RetryWindow(),
      .formats = {.on_rows_written = [this](auto& rows) { search_keys_->Observe(rows); }}});
  TRY(committer_->Prepare());
  std::vector<buffer::LeftJournal> left = TRY(buffer::ListJournals(JournalRoot()));
  TRY(RememberTaken(left));
  TRY(OpenIngests());
  std::vector<buffer::Ingest*> ingests;
  for (const auto& ingest : ingests_) ingests.push_back(ingest.get());
  auto left_tail = TRY(LeftTailOf(*catalog_, JournalRoot(), left, RetryWindow()));
  left_tail.has_recovered = [this] { return committer_->has_recovered(); };
  tail_ = std::make_unique<buffer::JournalTail>(buffer::JournalTail::Options{
      .ingests = ingests,
      .left = std::move(left_tail),
      .new_columns = NewColumns(config_.dead_letters_mib_per_commit * kMib),
      .bytes_max = config_.limits_memory_mib * kMib / kTailShare});
  committer_->Start(ingests, left);
  appender_ = std::make_unique<commit::Appender>(commit::Appender::Options{
      .store = *store_,
      .catalog = *catalog_,
      .commit = [this](auto changes) { return committer_->Append(std::move(changes)); },
      .new_trace_index = columnar::NewTraceIndexBuilder});
  format_watch_ = std::make_unique<maintain::FormatWatch>(
      maintain::FormatWatch::Options{.lake = {*store_, *catalog_, clock_}});
  format_watch_->Start();
  maintainer_ = std::make_unique<maintain::Maintainer>(MaintainerOptions());
  maintainer_->Start();
  return OpenServer();
}

maintain::Maintainer::Options RunningNode::MaintainerOptions() {
  return {.store = *store_,
          .catalog = *catalog_,
          .clock = clock_,
          .rearrange =
              [this](const catalog::TableName& name, table::TableChange change) {
                return committer_->Rearrange(name, std::move(change));
              },
          .compacts = config_.compaction,
          .has_room = [this] { return CanAck().ok(); },
          .compaction = {.file_bytes = config_.compaction_file_mib * kMib,
                         .quiet = std::chrono::seconds(config_.compaction_quiet_s)},
          .delta_log = {.entries_per_checkpoint = config_.maintenance_checkpoint_entries,
                        .history = std::chrono::seconds(config_.maintenance_history_s)},
          .retention = {.days = config_.maintenance_retention_days,
                        .days_by_table = config_.maintenance_retention_tables},
          .orphans = {.grace = std::chrono::seconds(config_.maintenance_orphan_grace_s),
                      .process_start_ms = start_ms_},
          .forget_requests = forget_requests_.get(),
          .journals_are_clear = [this](bool is_first) { return JournalsAreClear(is_first); },
          .forget_elsewhere = [this] { return search_keys_->Forget(); },
          .forget_grace = std::chrono::seconds(config_.maintenance_forget_grace_s),
          .operations = &operations_,
          .interval = std::chrono::milliseconds(1'000 / ClockRate())};
}

/// Whether what was acknowledged before the first call is in the tables, and in no journal.
Result<bool> RunningNode::JournalsAreClear(bool is_first) {
  for (const auto& ingest : ingests_) {
    if (is_first) ingest->Roll();
  }
  if (!committer_->has_recovered()) return false;
  const std::vector<buffer::LeftJournal> journals = TRY(buffer::ListJournals(JournalRoot()));
  for (const buffer::LeftJournal& journal : journals) {
    const bool is_ours = std::ranges::any_of(
        ingests_, [&](const auto& ingest) { return ingest->writer() == journal.writer; });
    if (is_ours) continue;
    return Error(ErrorKind::kRetryLater,
                 fmt::format("journal {} of an earlier run could not be brought into the tables; "
                             "the next start tries again",
                             journal.directory));
  }
  return std::ranges::all_of(ingests_, [](const auto& ingest) { return ingest->has_rolled(); });
}

/// Before the first request can come: it may be one that the last run took, sent again.
Status RunningNode::RememberTaken(std::vector<buffer::LeftJournal>& left) {
  recent_ = std::make_unique<buffer::RecentRequests>(
      buffer::RecentRequests::Options{.clock = clock_, .window = RetryWindow()});
  const int64_t since = clock_.UnixNano() - std::chrono::nanoseconds(RetryWindow()).count();
  const auto restore = [&](const buffer::TakenRequest& taken) {
    if (taken.received_unix_nano >= since) recent_->Restore(taken);
  };
  buffer::ReadTaken(buffer::PosixDisk(), buffer::TakenDirectory(JournalRoot()), since, restore);
  if (config_.retry_window_s == 0) return Status::OK();
  return buffer::ReadTakenOfAll(left, restore);
}

Status RunningNode::OpenIngests() {
  const MemoryShares shares = ShareMemory(config_.limits_memory_mib, config_.workers);
  const std::string taken_directory =
      config_.retry_window_s > 0 ? buffer::TakenDirectory(JournalRoot()) : "";
  for (int64_t worker = 0; worker < config_.workers; ++worker) {
    // A new number at every start: what an earlier run left is replayed under its own while this
    // one ingests.
    const uint32_t writer = TRY(catalog_->WriterId("journal-" + NewUuid()));
    auto ingest = TRY(buffer::Ingest::Open(
        {.journal = {.directory = buffer::JournalDirectory(JournalRoot(), writer),
                     .writer = writer,
                     .taken_directory = taken_directory,
                     .taken_for = RetryWindow()},
         .new_columns = NewColumns(config_.dead_letters_mib_per_commit * kMib),
         .queued_bytes_max = shares.queued,
         .buffered_bytes_max = shares.buffered,
         .flush_bytes = shares.flush,
         .journal_bytes_max = config_.limits_journal_mib * kMib / config_.workers,
         .dead_letter_bytes_max = decode_.dead_letter_original_bytes,
         .recent = recent_.get(),
         .on_flush_wanted = [this] { committer_->Wake(); },
         .on_released = [this] { tail_->DropReleased(); }}));
    ingests_.push_back(std::move(ingest));
  }
  return Status::OK();
}

Status RunningNode::OpenServer() {
  sql_ = TRY(query::sql::Engine::Open(
      {.store = *store_,
       .catalog = *catalog_,
       .catalog_name = config_.catalog_name,
       .limits = {.memory_bytes = config_.sql_memory_mib * kMib,
                  .threads = config_.sql_threads,
                  .rows_max = config_.sql_rows_max,
                  .time_max = std::chrono::seconds(config_.sql_time_max_s)},
       .view_text = ViewText,
       .tail = tail_.get()}));
  routes_ = std::make_unique<serve::Routes>(serve::Routes::Options{
      .catalog = *catalog_,
      .external = *external_,
      .store = *store_,
      .clock = clock_,
      .facts = Facts(),
      .maintain = {&operations_, forget_requests_.get()},
      .append = [this](const auto& name,
                       const auto& proposed) { return appender_->Append(name, proposed); },
      .alter =
          [this](const auto& name, table::Alteration alteration) {
            return committer_->Rearrange(name, {.altered = std::move(alteration)});
          },
      .sql = sql_.get(),
      .search_keys = &search_keys_->catalogue(),
      .queries_max = static_cast<int>(config_.sql_queries_max),
      .tail = tail_.get()});
  net::Server::Options options{.endpoints = {config_.grpc_endpoint, config_.http_endpoint},
                               .workers = static_cast<int>(config_.workers)};
  options.limits.body_memory_bytes_max =
      static_cast<size_t>(ShareMemory(config_.limits_memory_mib, config_.workers).received);
  options.limits.connections_max = static_cast<size_t>(config_.limits_connections);
  options.make_handler = [this](int worker) -> std::unique_ptr<net::Handler> {
    return std::make_unique<Front>(
        receive::OtlpReceiver::Options{
            .sink = *ingests_[worker],
            .clock = clock_,
            .catalog_name = config_.catalog_name,
            .http_body_bytes_max = static_cast<size_t>(config_.http_max_request_body_size),
            .grpc_message_bytes_max =
                static_cast<size_t>(config_.grpc_max_recv_msg_size_mib * kMib)},
        *routes_);
  };
  server_ = TRY(net::Server::Open(std::move(options)));
  return Status::OK();
}

serve::ServerFacts RunningNode::Facts() {
  return {
      .version = std::string(kVersion),
      .catalog_name = config_.catalog_name,
      .data_dir = data_dir_,
      .is_loopback_only = config_.is_loopback_only(),
      .endpoints = [this] { return server_ ? server_->endpoints() : std::vector<std::string>(); },
      .can_ack = [this] { return CanAck(); },
      .figures = [this] { return Figures(); }};
}

Status RunningNode::CanAck() const {
  for (const auto& ingest : ingests_) TRY(ingest->CanAccept());
  return Status::OK();
}

std::string RunningNode::Figures() const {
  int64_t journal_bytes = 0, buffered_bytes = 0;
  for (const auto& ingest : ingests_) {
    journal_bytes += ingest->journal_bytes();
    buffered_bytes += ingest->buffered_bytes();
  }
  return nlohmann::json({{"writers", ingests_.size()},
                         {"journal_bytes", journal_bytes},
                         {"buffered_bytes", buffered_bytes},
                         {"recovered", committer_->has_recovered()}})
      .dump();
}

void RunningNode::Stop() {
  if (std::exchange(is_stopped_, true)) return;
  // Long queries are not waited for.
  if (sql_ != nullptr) sql_->Close();
  if (server_ != nullptr) server_->Stop(kDrain);
  if (format_watch_ != nullptr) format_watch_->Stop();
  if (maintainer_ != nullptr) maintainer_->Stop();
  for (const auto& ingest : ingests_) ingest->Stop();
  if (committer_ != nullptr) committer_->Stop();
  if (search_keys_ != nullptr) search_keys_->Save();
}

}  // namespace

Result<std::unique_ptr<Node>> Node::Open(const cli::ServerConfig& config) {
  DataLock lock = TRY(DataLock::Take(config.data_dir));
  auto node = std::make_unique<RunningNode>(config, std::move(lock));
  TRY(node->Start());
  return node;
}

}  // namespace weir::node
