// SPDX-License-Identifier: Apache-2.0
#include "query/sql/engine.h"

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <duckdb/common/virtual_file_system.hpp>
#include <duckdb/main/connection.hpp>
#include <duckdb/main/database.hpp>
#include <duckdb/main/stream_query_result.hpp>
#include <thread>
#include <utility>

#include "base/guarded.h"
#include "base/ids.h"
#include "base/threads.h"
#include "query/sql/arrow_rows.h"
#include "query/sql/lake_view.h"
#include "query/sql/metrics.h"
#include "query/sql/plan_check.h"
#include "query/sql/running_queries.h"
#include "query/sql/session.h"
#include "query/sql/span_times_function.h"
#include "query/sql/statement_check.h"
#include "query/sql/store_files.h"
#include "query/sql/table_scan.h"

namespace weir::query::sql {
namespace {

using Clock = RunningQueries::Clock;

// Of the trace index, and of files that it names: few are asked for.
constexpr int64_t kHeadsBytesMax = 16 << 20;

using Database = std::shared_ptr<duckdb::DuckDB>;

/// What a failure of DuckDB means to who asked.
Status StatusOf(const duckdb::ErrorData& error, int64_t memory_bytes) {
  const std::string& message = error.RawMessage();
  switch (error.Type()) {
    case duckdb::ExceptionType::OUT_OF_MEMORY:
      return Error(ErrorKind::kBadRequest,
                   fmt::format("the query needs more memory than queries have (sql.memory_mib is "
                               "{}): narrow it by time or columns, or raise the setting",
                               memory_bytes >> 20));
    case duckdb::ExceptionType::IO:
    case duckdb::ExceptionType::INTERNAL:
    case duckdb::ExceptionType::FATAL:
    case duckdb::ExceptionType::SERIALIZATION:
    case duckdb::ExceptionType::TRANSACTION:
      return Error(ErrorKind::kInternal, fmt::format("sql: {}", message));
    case duckdb::ExceptionType::PERMISSION:
      return Error(ErrorKind::kBadRequest,
                   "that is not possible here: queries read Weir's tables alone");
    default: return Error(ErrorKind::kBadRequest, message);
  }
}

void Configure(const Engine::Options& options, duckdb::DBConfig& config) {
  config.options.maximum_memory = static_cast<duckdb::idx_t>(options.limits.memory_bytes);
  config.options.maximum_threads = static_cast<duckdb::idx_t>(options.limits.threads);
  config.options.use_temporary_directory = false;
  config.options.allowed_directories.insert(kStoreScheme);
  // DuckDB takes what it is given for one of these, whose files of last resort are ours.
  config.file_system =
      duckdb::make_uniq<duckdb::VirtualFileSystem>(duckdb::make_uniq<StoreFiles>(options.store));
  config.replacement_scans.push_back(TableNames(options.view_text));
  for (const char* setting :
       {"enable_external_access", "autoinstall_known_extensions", "autoload_known_extensions",
        "allow_community_extensions", "allow_persistent_secrets", "enable_external_file_cache"}) {
    config.SetOptionByName(setting, duckdb::Value::BOOLEAN(false));
  }
  AddPlanCheck(config);
}

/// Never raises.
Result<Database> OpenDatabase(const Engine::Options& options) {
  try {
    duckdb::DBConfig config;
    Configure(options, config);
    auto database = std::make_shared<duckdb::DuckDB>(nullptr, &config);
    duckdb::Connection setup(*database);
    AddScanFunction(setup);
    AddSpanTimes(setup);
    for (const char* setting : {"SET GLOBAL TimeZone = 'UTC'", "SET lock_configuration = true"}) {
      const auto done = setup.Query(setting);
      if (done->HasError()) {
        return Error(ErrorKind::kInternal, fmt::format("{}: {}", setting, done->GetError()));
      }
    }
    return database;
  } catch (const std::exception& failure) {
    return Error(ErrorKind::kInternal,
                 fmt::format("start DuckDB: {}", duckdb::ErrorData(failure).RawMessage()));
  }
}

/// DuckDB makes its threads here, and they are as the one that makes them: those who answer
/// exporters come first.
Result<Database> OpenInBatches(const Engine::Options& options) {
  Result<Database> opened = Error(ErrorKind::kInternal, "DuckDB was not started");
  std::thread([&] {
    RunInBatches();
    opened = OpenDatabase(options);
  }).join();
  return opened;
}

/// One query from its text to its last row. One thread.
class Query {
 public:
  /// What queries share.
  struct Shared {
    const Engine::Options& options;
    const LakeView::Lake& lake;
    TailFiles& tail_files;
    RunningQueries& running;
  };
  Query(const Shared& shared, const Database& database)
      : options_(shared.options),
        lake_(shared.lake),
        tail_files_(shared.tail_files),
        running_(shared.running),
        connection_(*database) {}

  /// Errors as Engine::Run. May raise what DuckDB does.
  Result<Outcome> Run(const Request& request, RowSink& sink);
  /// Why it failed, where `failure` is what DuckDB says.
  Status Explain(const duckdb::ErrorData& failure) const;
  bool is_out_of_time() const { return place_ != nullptr && place_->ended_by() == EndedBy::kTime; }

 private:
  Result<duckdb::unique_ptr<duckdb::SQLStatement>> Parse(const std::string& text);
  Status Send(duckdb::QueryResult& result, int64_t rows_max, RowSink& sink, Outcome& outcome);

  const Engine::Options& options_;
  const LakeView::Lake& lake_;
  TailFiles& tail_files_;
  RunningQueries& running_;
  duckdb::Connection connection_;
  duckdb::shared_ptr<Session> session_;
  std::unique_ptr<RunningQueries::Place> place_;  // Goes before the connection that it interrupts.
  std::chrono::milliseconds time_max_{0};
};

Result<duckdb::unique_ptr<duckdb::SQLStatement>> Query::Parse(const std::string& text) {
  if (text.size() > kStatementBytesMax) {
    return Error(ErrorKind::kBadRequest, fmt::format("the statement has {} bytes, at most {} are "
                                                     "possible",
                                                     text.size(), kStatementBytesMax));
  }
  auto statements = connection_.ExtractStatements(text);
  if (statements.size() == 1) return std::move(statements[0]);
  return Error(ErrorKind::kBadRequest,
               fmt::format("expected one statement, found {}", statements.size()));
}

Result<Outcome> Query::Run(const Request& request, RowSink& sink) {
  time_max_ = options_.limits.time_max;
  if (request.time_max.count() > 0) time_max_ = std::min(time_max_, request.time_max);
  place_ =
      TRY(running_.Add(request, Clock::now() + time_max_, [this] { connection_.Interrupt(); }));
  auto statement = TRY(Parse(request.text));
  StatementFacts facts = TRY(CheckStatement(*statement));
  auto view = TRY(LakeView::Take(lake_, facts.schemas));
  session_ = duckdb::make_shared_ptr<Session>(options_.catalog_name, std::move(view), tail_files_,
                                              std::move(facts.versions));
  session_->BindTo(*connection_.context, session_);
  auto result = connection_.SendQuery(std::move(statement));
  if (result->HasError()) return Explain(result->GetErrorObject());
  int64_t rows_max = options_.limits.rows_max;
  if (request.rows_max > 0) rows_max = std::min(rows_max, request.rows_max);
  Outcome outcome{.id = request.id, .scanned = {}};
  TRY(Send(*result, rows_max, sink, outcome));
  outcome.scanned = session_->scanned();
  return outcome;
}

Status Query::Send(duckdb::QueryResult& result, int64_t rows_max, RowSink& sink, Outcome& outcome) {
  const ArrowRows rows = TRY(ArrowRows::Of(result, *connection_.context));
  ResultColumns columns{.schema = rows.schema(), .types = {}};
  for (const auto& type : result.types) columns.types.push_back(type.ToString());
  TRY(sink.Begin(columns));
  bool wants_more = true;
  while (true) {
    duckdb::unique_ptr<duckdb::DataChunk> chunk;
    duckdb::ErrorData failure;
    if (!result.TryFetch(chunk, failure)) return Explain(failure);
    if (chunk == nullptr || chunk->size() == 0) return Status::OK();
    const int64_t room = wants_more ? rows_max - outcome.rows : 0;
    outcome.is_cut = static_cast<int64_t>(chunk->size()) > room;
    if (room > 0) {
      const auto batch = TRY(rows.Convert(*chunk));
      const auto fitting = batch->Slice(0, room);
      wants_more = TRY(sink.Add(fitting));
      outcome.rows += fitting->num_rows();
    }
    if (outcome.is_cut) return Status::OK();
  }
}

Status Query::Explain(const duckdb::ErrorData& failure) const {
  if (session_ != nullptr) {
    if (const auto ours = session_->failure()) return *ours;
  }
  if (failure.Type() == duckdb::ExceptionType::INTERRUPT && place_ != nullptr) {
    if (place_->ended_by() == EndedBy::kCancel) {
      return Error(ErrorKind::kConflict, "the query was cancelled");
    }
    if (place_->ended_by() == EndedBy::kTime) {
      return Error(ErrorKind::kBadRequest,
                   fmt::format("the query took longer than {} ms, its limit: narrow it by time or "
                               "columns, or raise sql.time_max_s",
                               time_max_.count()));
    }
  }
  return StatusOf(failure, options_.limits.memory_bytes);
}

std::string ResultOf(const Result<Outcome>& outcome, bool is_out_of_time) {
  if (outcome.ok()) return outcome->is_cut ? "cut" : "done";
  if (is_out_of_time) return "time";
  switch (KindOf(outcome.status())) {
    case ErrorKind::kConflict: return "cancelled";
    case ErrorKind::kRetryLater: return "retry";
    case ErrorKind::kBadRequest:
    case ErrorKind::kNotFound: return "refused";
    default: return "failed";
  }
}

void Count(const Result<Outcome>& outcome, bool is_out_of_time, Clock::duration took) {
  kQuerySeconds.With({ResultOf(outcome, is_out_of_time)})
      .Observe(std::chrono::duration<double>(took).count());
  if (!outcome.ok()) return;
  kQueryRows.With().Add(outcome->rows);
  kQueryBytes.With().Add(outcome->scanned.read_bytes);
  for (const ScannedTable& table : outcome->scanned.tables) {
    kQueryFiles.With({"scanned"}).Add(table.files);
    kQueryFiles.With({"pruned"}).Add(table.files_all - table.files);
    kQueryTailRows.With().Add(table.tail_rows);
  }
}

class RunningEngine final : public Engine {
 public:
  RunningEngine(const Options& options, Database database)
      : options_(options), database_(std::move(database)) {}

  Result<Outcome> Run(const Request& request, RowSink& sink) override {
    Request named = request;
    if (named.id.empty()) named.id = NewUuid();
    const Database database = *database_.Lock();
    Result<Outcome> outcome = Query(named, database, sink);
    if (!outcome.ok() && duckdb::ValidChecker::IsInvalidated(*database->instance)) {
      TRY(Renew(database));
    }
    return outcome;
  }
  Status Cancel(std::string_view id) override { return running_.Cancel(id); }
  std::vector<RunningQuery> Running() override { return running_.List(); }
  void Close() override { running_.EndAll(); }

 private:
  /// Where DuckDB's exceptions end.
  Result<Outcome> Query(const Request& request, const Database& database, RowSink& sink) {
    const auto started = Clock::now();
    kQueriesRunning.With().Set(++running_count_);
    std::optional<sql::Query> query;
    const auto run = [&]() -> Result<Outcome> {
      try {
        query.emplace(sql::Query::Shared{options_, lake_, tail_files_, running_}, database);
        return query->Run(request, sink);
      } catch (const std::exception& failure) {
        const duckdb::ErrorData error(failure);
        return query ? query->Explain(error) : StatusOf(error, options_.limits.memory_bytes);
      }
    };
    Result<Outcome> outcome = run();
    Count(outcome, query && query->is_out_of_time(), Clock::now() - started);
    kQueriesRunning.With().Set(--running_count_);
    return outcome;
  }

  /// After an error that DuckDB does not go on from; queries under way end with theirs.
  Status Renew(const Database& broken) {
    auto current = database_.Lock();
    if (*current != broken) return Status::OK();
    *current = TRY(OpenInBatches(options_));
    return Status::OK();
  }

  const Options options_;
  ManifestCache manifests_;
  TailFiles tail_files_;
  TraceLookup traces_{{.store = options_.store,
                       .catalog = options_.catalog,
                       .index_heads_bytes_max = kHeadsBytesMax,
                       .data_heads_bytes_max = kHeadsBytesMax}};
  const LakeView::Lake lake_{options_.store, options_.catalog, manifests_, options_.tail, &traces_};
  RunningQueries running_;
  std::atomic<int> running_count_ = 0;
  Guarded<Database> database_;
};

}  // namespace

Result<std::unique_ptr<Engine>> Engine::Open(const Options& options) {
  Database database = TRY(OpenInBatches(options));
  return std::make_unique<RunningEngine>(options, std::move(database));
}

}  // namespace weir::query::sql
