// SPDX-License-Identifier: Apache-2.0
#pragma once
// All routes for users behind one door, to be set beside the receiver's in a net::Handler.

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/guarded.h"
#include "catalog/catalog.h"
#include "catalog/external_catalog.h"
#include "net/server.h"
#include "query/search/key_catalogue.h"
#include "query/sql/engine.h"
#include "query/trace/trace_lookup.h"
#include "serve/alter_api.h"
#include "serve/iceberg/lake.h"
#include "serve/iceberg/purger.h"
#include "serve/job_queue.h"
#include "serve/maintain_api.h"
#include "serve/router.h"
#include "serve/server_facts.h"
#include "serve/table_source.h"
#include "store/store.h"

namespace weir::serve {

/// One object serves all network threads. Any thread for const; no call waits for a disk: what must
/// is answered later by the threads of this object. Stop the server before dropping it.
class Routes {
 public:
  /// The references outlive the Routes.
  struct Options {
    const catalog::Catalog& catalog;
    catalog::ExternalCatalog& external;
    store::Store& store;
    const Clock& clock;
    ServerFacts facts;
    int threads = 2;
    size_t waiting_max = 256;              // Requests in the queue; the next is answered 503.
    int64_t waiting_bytes_max = 64 << 20;  // Of bodies in the queue and being worked on; likewise.
    MaintainSource maintain = {};
    iceberg::AppendTo append = {};  // Of engines, to Weir's own tables. None: they are read only.
    AlterTable alter = {};
    query::sql::Engine* sql = nullptr;                         // Null: no queries.
    const query::search::KeyCatalogue* search_keys = nullptr;  // Null: no suggestions.
    int queries_max = 2;                                       // That run at once.
    int waiting_answers_max = 16;  // Answers that wait for rows to come; the next is 503.
    signal::Tail* tail = nullptr;  // Of lookups of traces. Null: only what is committed is found.
  };

  explicit Routes(Options options);
  /// Queries that run are ended.
  ~Routes();
  Routes(const Routes&) = delete;

  /// Whether the path belongs to this room. What no room owns should come here too: it gets 404 and
  /// a hint.
  static bool Owns(const net::RequestHead& head);
  net::Admission Admit(const net::RequestHead& head) const;
  void Handle(net::Request request, net::Responder responder) const;
  /// Words what the server refuses by itself.
  net::Response Refuse(const net::RequestHead& head, net::RefusalReason reason) const;

 private:
  std::optional<net::Response> RefuseForeignHost(const net::RequestHead& head) const;
  net::Response Answer(const net::Request& request, RouteMatch match) const;
  JobQueue& QueueOf(const Route& route) const;
  struct Pending;
  void Work(Pending& pending, RouteMatch match) const;
  /// Answers a query that waits for its turn: it was cancelled.
  bool CancelWaiting(const std::string& id) const;

  const ServerFacts facts_;
  const TableSource tables_;
  query::TraceLookup traces_;
  iceberg::Purger purger_;
  const iceberg::AppendTo append_;
  const AlterTable alter_;
  Router router_;
  const int64_t waiting_bytes_max_;
  mutable std::atomic<int64_t> waiting_bytes_ = 0;
  query::sql::Engine* const sql_;
  mutable Guarded<std::map<std::string, std::weak_ptr<Pending>>> waiting_;  // By their ids.
  // Last: their threads use all of the above.
  mutable JobQueue jobs_;
  mutable JobQueue queries_;
  mutable JobQueue followers_;  // Answers that wait for rows to come.
};

}  // namespace weir::serve
