// SPDX-License-Identifier: Apache-2.0
#pragma once
// Method and path to a function, by comparing segments; no regular expressions on network input.

#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/http.h"
#include "serve/answer.h"
#include "serve/request_target.h"

namespace weir::serve {

/// One request as a route sees it. Valid for the call.
struct Call {
  const net::Request& request;
  std::vector<std::string> arguments;  // What the pattern's `{}` stood for, decoded, in order.
  QueryParameters parameters;
};

struct Route {
  std::string_view method;  // `HEAD` is served by `GET`, its body dropped, where no route names it.
  std::string pattern;      // `/a/{}/b`: a `{}` stands for one segment that is not empty.
  std::function<Result<net::Response>(const Call&)> answer;
  ErrorStyle error_style = ErrorStyle::kWeir;
  bool is_immediate = false;  // Answers from memory, so it may run on a network thread.
  bool is_query = false;      // May take long: it waits for a thread of those that run queries.
  bool waits = false;         // Mostly does nothing: it has a thread of those that wait.
  /// By which a call that still waits can be cancelled; none, or empty: it can't.
  std::function<std::string(const net::Request&)> id_of = {};
  bool is_refusal = false;  // Answered from the head alone.
  size_t body_bytes_max = 0;
};

/// A route that fits, or the answer why none does.
struct RouteMatch {
  const Route* route;
  std::vector<std::string> arguments;
};
using Routing = std::variant<RouteMatch, net::Response>;

/// Built once, then only read. Any thread for const.
class Router {
 public:
  void Add(Route route);
  /// Refuses unknown paths (404), known paths with another method (405 and Allow), broken escapes
  /// (400).
  Routing Find(const net::RequestHead& head) const;

 private:
  struct Entry {
    Route route;
    std::vector<std::string> pattern;
  };
  net::Response NoRoute(const net::RequestHead& head, const std::vector<std::string>& path) const;

  std::vector<Entry> entries_;
};

}  // namespace weir::serve
