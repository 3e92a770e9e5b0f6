// SPDX-License-Identifier: Apache-2.0
#pragma once
// OTLP's export services over gRPC and HTTP: takes requests in, hands them to a Sink, words the
// answers.

#include <string>

#include "base/clock.h"
#include "net/server.h"
#include "receive/fair_share.h"
#include "receive/otlp_answer.h"
#include "receive/otlp_route.h"
#include "signal/sink.h"

namespace weir::receive {

/// One network thread each. Answers only after the Sink has said what became of the rows.
class OtlpReceiver {
 public:
  struct Options {
    signal::Sink& sink;
    const Clock& clock;
    std::string catalog_name = "weir";
    size_t http_body_bytes_max = 20 << 20;  // receivers.otlp.protocols.http.max_request_body_size
    size_t grpc_message_bytes_max = 16
                                    << 20;  // receivers.otlp.protocols.grpc.max_recv_msg_size_mib
  };

  explicit OtlpReceiver(Options options) : options_(std::move(options)), share_(options_.clock) {}

  /// Every gRPC request, and the paths of the export services, asked in whatever protocol.
  static bool Owns(const net::RequestHead& head);
  net::Admission Admit(const net::RequestHead& head);
  void Handle(net::Request request, net::Responder responder);
  net::Response Refuse(const net::RequestHead& head, net::RefusalReason reason) const;

 private:
  Result<signal::ExportRequest> Read(net::Request request) const;

  const Options options_;
  FairShare share_;
};

}  // namespace weir::receive
