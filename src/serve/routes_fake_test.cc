// SPDX-License-Identifier: Apache-2.0
#include "serve/routes_fake.h"

#include <future>

namespace weir::serve {
namespace {

class PromiseChannel final : public net::Responder::Channel {
 public:
  explicit PromiseChannel(std::promise<net::Response>& answer) : answer_(answer) {}
  void Send(net::Response response) override { answer_.set_value(std::move(response)); }

 private:
  std::promise<net::Response>& answer_;
};

}  // namespace

net::Response AskRoutes(const Routes& routes, const std::string& method, const std::string& target,
                        std::vector<net::Header> headers, std::string body) {
  const size_t mark = std::min(target.find('?'), target.size());
  net::RequestHead head{.method = method,
                        .path = target.substr(0, mark),
                        .query = target.substr(std::min(mark + 1, target.size())),
                        .headers = std::move(headers)};
  net::Admission admission = routes.Admit(head);
  if (auto* refused = std::get_if<net::Response>(&admission)) return std::move(*refused);
  std::promise<net::Response> answer;
  routes.Handle({.head = std::move(head), .body = std::move(body)},
                net::Responder(std::make_unique<PromiseChannel>(answer)));
  return answer.get_future().get();
}

std::string HeaderOf(const net::Response& response, std::string_view name) {
  for (const net::Header& header : response.headers) {
    if (header.name == name) return header.value;
  }
  return "";
}

}  // namespace weir::serve
