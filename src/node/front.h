// SPDX-License-Identifier: Apache-2.0
#pragma once
// What one network thread answers with: exporters' requests go to the receiver, all else to the
// users' routes.

#include "net/server.h"
#include "receive/otlp_receiver.h"
#include "serve/routes.h"

namespace weir::node {

/// One thread. `routes` is shared by all of them and outlives them.
class Front final : public net::Handler {
 public:
  Front(receive::OtlpReceiver::Options receiver, const serve::Routes& routes)
      : receiver_(std::move(receiver)), routes_(routes) {}

  net::Admission Admit(const net::RequestHead& head) override {
    return IsExport(head) ? receiver_.Admit(head) : routes_.Admit(head);
  }
  void Handle(net::Request request, net::Responder responder) override {
    if (IsExport(request.head)) return receiver_.Handle(std::move(request), std::move(responder));
    routes_.Handle(std::move(request), std::move(responder));
  }
  net::Response Refuse(const net::RequestHead& head, net::RefusalReason reason) override {
    return IsExport(head) ? receiver_.Refuse(head, reason) : routes_.Refuse(head, reason);
  }

 private:
  static bool IsExport(const net::RequestHead& head) { return receive::OtlpReceiver::Owns(head); }

  receive::OtlpReceiver receiver_;
  const serve::Routes& routes_;
};

}  // namespace weir::node
