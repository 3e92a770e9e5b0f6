// SPDX-License-Identifier: Apache-2.0
#include "node/data_folder.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/clock.h"
#include "buffer/journal_reader.h"
#include "buffer/tail/journal_tail.h"
#include "catalog/catalog.h"
#include "node/data_lock.h"
#include "node/journalled.h"
#include "node/view_text.h"
#include "query/sql/engine.h"
#include "serve/sql_api.h"
#include "serve/verify_api.h"
#include "store/local_store.h"

namespace weir::node {
namespace {

/// One thread.
class DataFolder {
 public:
  DataFolder(DataLock lock, std::unique_ptr<store::LocalStore> store,
             std::unique_ptr<catalog::Catalog> catalog, cli::ServerConfig config)
      : config_(std::move(config)),
        lock_(std::move(lock)),
        store_(std::move(store)),
        catalog_(std::move(catalog)) {
    serve::AddVerifyRoutes(router_, {*store_, *catalog_, clock_});
  }

  Status OpenSql(const std::string& data_dir) {
    const std::string journals = data_dir + "/journal";
    const auto left = TRY(buffer::ListJournals(journals));
    auto left_tail =
        TRY(LeftTailOf(*catalog_, journals, left, std::chrono::seconds(config_.retry_window_s)));
    tail_ = std::make_unique<buffer::JournalTail>(buffer::JournalTail::Options{
        .left = std::move(left_tail), .new_columns = NewColumns(config_, decode_, INT64_MAX)});
    sql_ = TRY(query::sql::Engine::Open(
        {.store = *store_, .catalog = *catalog_, .view_text = ViewText, .tail = tail_.get()}));
    serve::AddSqlRoutes(router_, *sql_);
    return Status::OK();
  }

  cli::HttpAnswer AnswerSql(const std::string& body, const std::string& accept) const {
    const net::Request request{
        .head = {.method = "POST",
                 .path = "/api/sql",
                 .headers = {{"content-type", "application/json"}, {"accept", accept}}},
        .body = body};
    const auto response = Respond(request);
    if (response.ok()) return {.status = response->status, .body = response->body};
    const auto refusal = serve::ErrorAnswer(serve::ErrorStyle::kWeir, response.status());
    return {.status = refusal.status, .body = refusal.body};
  }

  Result<nlohmann::ordered_json> Answer(const std::string& target) const {
    const size_t mark = target.find('?');
    const net::Request request{
        .head = {.method = "GET",
                 .path = target.substr(0, mark),
                 .query = mark == std::string::npos ? "" : target.substr(mark + 1)},
        .body = {}};
    const net::Response response = TRY(Respond(request));
    return cli::ReadAnswer("the data folder", {.status = response.status, .body = response.body});
  }

 private:
  Result<net::Response> Respond(const net::Request& request) const {
    serve::Routing routing = router_.Find(request.head);
    if (auto* refused = std::get_if<net::Response>(&routing)) return std::move(*refused);
    auto& match = std::get<serve::RouteMatch>(routing);
    auto parameters = TRY(serve::QueryParameters::Parse(request.head.query));
    return match.route->answer({.request = request,
                                .arguments = std::move(match.arguments),
                                .parameters = std::move(parameters)});
  }

  const cli::ServerConfig config_;
  const columnar::TableRowsOptions decode_ = DecodeOptionsOf(config_);
  const DataLock lock_;
  const SystemClock clock_;
  const std::unique_ptr<store::LocalStore> store_;
  const std::unique_ptr<catalog::Catalog> catalog_;
  std::unique_ptr<buffer::JournalTail> tail_;
  std::unique_ptr<query::sql::Engine> sql_;
  serve::Router router_;
};

Result<std::shared_ptr<DataFolder>> OpenFolder(const std::string& data_dir) {
  const std::string database = data_dir + "/catalog.db";
  std::error_code error;
  if (!std::filesystem::exists(database, error)) {
    return Error(ErrorKind::kNotFound, fmt::format("no data of Weir in {}", data_dir));
  }
  DataLock lock = TRY(DataLock::Take(data_dir));
  auto store = TRY(store::LocalStore::Open(data_dir));
  auto catalog = TRY(catalog::Catalog::Open(database));
  // Journalled requests are decoded as a server with these settings would.
  auto loaded = TRY(cli::LoadConfig({.flags = {{"data_dir", data_dir}}}));
  // Shared by the copies of the function.
  return std::make_shared<DataFolder>(std::move(lock), std::move(store), std::move(catalog),
                                      std::move(loaded.config));
}

}  // namespace

Result<cli::Ask> OpenDataFolder(const std::string& data_dir) {
  const auto folder = TRY(OpenFolder(data_dir));
  return cli::Ask([folder](const std::string& target) { return folder->Answer(target); });
}

Result<cli::AskSql> OpenSqlFolder(const std::string& data_dir) {
  const auto folder = TRY(OpenFolder(data_dir));
  TRY(folder->OpenSql(data_dir));
  return cli::AskSql([folder](const std::string& body, const std::string& accept) {
    return Result<cli::HttpAnswer>(folder->AnswerSql(body, accept));
  });
}

}  // namespace weir::node
