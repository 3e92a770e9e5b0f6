// SPDX-License-Identifier: Apache-2.0
#include "serve/routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "serve/health.h"
#include "serve/host_name.h"
#include "serve/iceberg/routes.h"
#include "serve/metrics.h"
#include "serve/page/routes.h"
#include "serve/page/start.h"
#include "serve/search/search_api.h"
#include "serve/search/suggest_api.h"
#include "serve/search/tail_api.h"
#include "serve/sql_api.h"
#include "serve/tables_api.h"
#include "serve/traces_api.h"
#include "serve/verify_api.h"

namespace weir::serve {
namespace {

// Some clients send a body where none belongs; this much of it is read and forgotten.
constexpr size_t kStrayBytesMax = 64 << 10;

// Who comes while all threads that wait are taken has to be told soon.
constexpr size_t kQueuedToWaitMax = 4;

constexpr std::array<std::string_view, 5> kPaths = {"/", "/live", "/ready", "/metrics", "/api/sql"};
constexpr std::array<std::string_view, 3> kPrefixes = {"/api/v1/", "/api/sql/", "/iceberg/"};

ErrorStyle StyleOf(const net::RequestHead& head) {
  return head.path.starts_with("/iceberg/") ? ErrorStyle::kIceberg : ErrorStyle::kWeir;
}

/// `HEAD` has GET's answer without its body.
net::Response Counted(const net::RequestHead& head, net::Response response) {
  answers_total.With({fmt::format("{}xx", response.status / 100)}).Add();
  if (head.method == "HEAD") response.body.clear();
  return response;
}

struct RefusalText {
  int status;
  std::string_view type;
  std::string_view message;
};

RefusalText TextOf(net::RefusalReason reason) {
  switch (reason) {
    case net::RefusalReason::kBodyTooLarge:
      return {413, "body_too_large", "the body is larger than this path takes"};
    case net::RefusalReason::kBodyTooSlow: return {408, "too_slow", "the body came too slowly"};
    case net::RefusalReason::kNoBodyMemory:
      return {503, "retry_later", "too much is being received at once; try again"};
    case net::RefusalReason::kMalformed: return {400, "bad_request", "this is not a valid request"};
    case net::RefusalReason::kHeadTooLarge:
      return {431, "head_too_large", "the request's headers are too large"};
    case net::RefusalReason::kTooManyConnections:
      return {503, "retry_later", "too many connections; try again"};
    case net::RefusalReason::kShuttingDown:
      return {503, "retry_later", "the server is shutting down; try again"};
    case net::RefusalReason::kUnanswered: return {500, "internal", "the request was not answered"};
  }
  return {500, "internal", "the request was not answered"};
}

}  // namespace

/// A request and the way back, held by the queue or, where that is full, by who offered it.
struct Routes::Pending {
  Pending(net::Request asked, net::Responder way_back, std::string its_id,
          std::atomic<int64_t>& waiting)
      : request(std::move(asked)),
        responder(std::move(way_back)),
        id(std::move(its_id)),
        bytes(static_cast<int64_t>(request.body.size())),
        waiting_bytes(waiting) {
    waiting_bytes += bytes;
  }
  ~Pending() { waiting_bytes -= bytes; }
  Pending(const Pending&) = delete;

  /// True once: for who answers.
  bool Claim() { return !is_claimed.exchange(true); }

  net::Request request;
  net::Responder responder;
  const std::string id;  // By which it can be cancelled; may be empty.
  std::atomic<bool> is_claimed = false;
  const int64_t bytes;
  std::atomic<int64_t>& waiting_bytes;
};

Routes::Routes(Options options)
    : facts_(std::move(options.facts)),
      tables_(options.catalog, options.store),
      traces_({.store = options.store, .catalog = options.catalog, .tail = options.tail}),
      purger_(options.external, options.store),
      append_(std::move(options.append)),
      alter_(std::move(options.alter)),
      waiting_bytes_max_(options.waiting_bytes_max),
      sql_(options.sql),
      jobs_(options.threads, options.waiting_max),
      queries_(options.sql == nullptr ? 0 : options.queries_max, options.waiting_max),
      followers_(options.sql == nullptr ? 0 : options.waiting_answers_max, kQueuedToWaitMax) {
  page::AddStart(router_, facts_);
  page::AddRoutes(router_, page::Files());
  AddHealthRoutes(router_, facts_, options.clock);
  AddTableRoutes(router_, tables_);
  AddAlterRoute(router_, tables_, alter_);
  AddTraceRoutes(router_, traces_);
  if (sql_ != nullptr) {
    AddSqlRoutes(router_, *sql_, [this](const std::string& id) { return CancelWaiting(id); });
    AddSearchRoutes(router_, *sql_, options.clock);
    AddTailRoute(router_, *sql_, options.clock);
  }
  if (options.search_keys != nullptr) AddSuggestRoute(router_, *options.search_keys);
  AddVerifyRoutes(router_, {options.store, options.catalog, options.clock});
  AddMaintainRoutes(router_, options.maintain, options.catalog, options.clock);
  iceberg::Lake lake{tables_, options.external, options.store, options.clock, purger_};
  if (append_) lake.append = &append_;
  if (alter_) lake.alter = &alter_;
  lake.traces = &traces_;
  iceberg::AddRoutes(router_, lake, facts_.catalog_name);
}

Routes::~Routes() {
  if (sql_ != nullptr) sql_->Close();
}

bool Routes::Owns(const net::RequestHead& head) {
  if (head.protocol == net::Protocol::kGrpc) return false;
  if (page::IsPath(head.path)) return true;
  return std::ranges::find(kPaths, head.path) != kPaths.end() ||
         std::ranges::any_of(kPrefixes, [&](auto prefix) { return head.path.starts_with(prefix); });
}

std::optional<net::Response> Routes::RefuseForeignHost(const net::RequestHead& head) const {
  const std::string_view host = head.Find("host");
  if (!facts_.is_loopback_only || host.empty() || IsLoopbackHost(host)) return std::nullopt;
  return ErrorAnswer(StyleOf(head), 421, "misdirected",
                     "this server listens on the loopback address only, so it answers to localhost "
                     "and 127.0.0.1, not to other host names");
}

net::Admission Routes::Admit(const net::RequestHead& head) const {
  if (auto refused = RefuseForeignHost(head)) return Counted(head, *std::move(refused));
  Routing routing = router_.Find(head);
  if (auto* refused = std::get_if<net::Response>(&routing)) {
    return Counted(head, std::move(*refused));
  }
  auto& match = std::get<RouteMatch>(routing);
  if (match.route->is_refusal) return Answer({.head = head, .body = {}}, std::move(match));
  return net::TakeBody{std::max(match.route->body_bytes_max, kStrayBytesMax)};
}

net::Response Routes::Answer(const net::Request& request, RouteMatch match) const {
  const ErrorStyle style = match.route->error_style;
  auto parameters = QueryParameters::Parse(request.head.query);
  if (!parameters.ok()) return Counted(request.head, ErrorAnswer(style, parameters.status()));
  const Call call{.request = request,
                  .arguments = std::move(match.arguments),
                  .parameters = *std::move(parameters)};
  auto answer = match.route->answer(call);
  return Counted(request.head,
                 answer.ok() ? *std::move(answer) : ErrorAnswer(style, answer.status()));
}

JobQueue& Routes::QueueOf(const Route& route) const {
  if (route.waits) return followers_;
  return route.is_query ? queries_ : jobs_;
}

void Routes::Handle(net::Request request, net::Responder responder) const {
  Routing routing = router_.Find(request.head);
  if (auto* refused = std::get_if<net::Response>(&routing)) {
    return std::move(responder).Send(Counted(request.head, std::move(*refused)));
  }
  auto& match = std::get<RouteMatch>(routing);
  if (match.route->is_immediate) {
    net::Response response = Answer(request, std::move(match));
    return std::move(responder).Send(std::move(response));
  }
  const ErrorStyle style = match.route->error_style;
  // Shared by the job and this call, which needs it back when the queue is full.
  std::string id = match.route->id_of ? match.route->id_of(request) : "";
  auto pending = std::make_shared<Pending>(std::move(request), std::move(responder), std::move(id),
                                           waiting_bytes_);
  if (!pending->id.empty()) (*waiting_.Lock())[pending->id] = pending;
  const bool has_room = waiting_bytes_ <= waiting_bytes_max_;
  JobQueue& queue = QueueOf(*match.route);
  const bool is_queued =
      has_room && queue.Offer([this, pending, match = std::move(match)]() mutable {
        Work(*pending, std::move(match));
      });
  if (is_queued) return;
  if (!pending->id.empty()) waiting_.Lock()->erase(pending->id);
  if (!pending->Claim()) return;
  queue_full_total.With().Add();
  const Status full = Error(ErrorKind::kRetryLater, "too many requests are waiting; try again");
  std::move(pending->responder).Send(Counted(pending->request.head, ErrorAnswer(style, full)));
}

void Routes::Work(Pending& pending, RouteMatch match) const {
  if (!pending.id.empty()) waiting_.Lock()->erase(pending.id);
  if (!pending.Claim()) return;
  net::Response response = Answer(pending.request, std::move(match));
  std::move(pending.responder).Send(std::move(response));
}

bool Routes::CancelWaiting(const std::string& id) const {
  std::shared_ptr<Pending> pending;
  {
    auto waiting = waiting_.Lock();
    const auto found = waiting->find(id);
    if (found == waiting->end()) return false;
    pending = found->second.lock();
    waiting->erase(found);
  }
  if (pending == nullptr || !pending->Claim()) return false;
  const Status cancelled = Error(ErrorKind::kConflict, "the query was cancelled");
  std::move(pending->responder)
      .Send(Counted(pending->request.head, ErrorAnswer(ErrorStyle::kWeir, cancelled)));
  return true;
}

net::Response Routes::Refuse(const net::RequestHead& head, net::RefusalReason reason) const {
  const RefusalText text = TextOf(reason);
  net::Response response = ErrorAnswer(StyleOf(head), text.status, text.type, text.message);
  if (text.status == 503) response.headers.push_back({"retry-after", "1"});
  return response;
}

}  // namespace weir::serve
