// SPDX-License-Identifier: Apache-2.0
#include "receive/otlp_receiver.h"

#include <fmt/format.h>

#include <memory>
#include <optional>

#include "base/fault_point.h"
#include "receive/metrics.h"

namespace weir::receive {
namespace {

constexpr int kUnimplemented = 12;

/// The media type before any `;`, lower case.
std::string MediaType(const net::RequestHead& head) {
  const std::string_view value = head.Find("content-type");
  std::string type(value.substr(0, value.find(';')));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  for (char& c : type) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return type;
}

/// `ip:port` without the port, which would be another one for every connection.
std::string AddressOf(std::string_view peer) {
  return std::string(peer.substr(0, peer.rfind(':')));
}

std::optional<signal::Encoding> EncodingOf(const net::RequestHead& head) {
  if (head.protocol == net::Protocol::kGrpc) return signal::Encoding::kProtobuf;
  const std::string type = MediaType(head);
  if (type == "application/x-protobuf" || type == "application/protobuf")
    return signal::Encoding::kProtobuf;
  if (type == "application/json") return signal::Encoding::kJson;
  return std::nullopt;
}

/// How to answer `head`, also where it is not sound.
AnswerForm FormOf(const net::RequestHead& head) {
  return {head.protocol, EncodingOf(head).value_or(signal::Encoding::kProtobuf)};
}

std::string_view EncodingHeader(const net::RequestHead& head) {
  return head.Find(head.protocol == net::Protocol::kGrpc ? "grpc-encoding" : "content-encoding");
}

std::optional<Refusal> CheckHead(const net::RequestHead& head) {
  const bool is_grpc = head.protocol == net::Protocol::kGrpc;
  if (!is_grpc && IsGrpcPath(head.path)) {
    return Refusal{415, 3,
                   fmt::format("content-type {}: expected application/grpc over HTTP/2",
                               head.Find("content-type"))};
  }
  if (!FindRoute(head)) {
    return Refusal{404, kUnimplemented, fmt::format("no such service: {}", head.path)};
  }
  if (head.method != "POST") return Refusal{405, kUnimplemented, "only POST is allowed here"};
  if (!is_grpc && !EncodingOf(head)) {
    return Refusal{
        415, 3,
        fmt::format("content-type {}: expected application/x-protobuf or application/json",
                    head.Find("content-type"))};
  }
  if (!CompressionFromName(EncodingHeader(head))) {
    return Refusal{
        415, kUnimplemented,
        fmt::format("{} {}: expected one of {}", is_grpc ? "grpc-encoding" : "content-encoding",
                    EncodingHeader(head), kCompressionNames)};
  }
  return std::nullopt;
}

using CounterFamily = metrics::Family<metrics::Counter>;

/// One family's counters by transport: looked up once, since every request counts.
class ByTransport {
 public:
  explicit ByTransport(CounterFamily& family)
      : grpc_(family.With({"otlp", "grpc"})), http_(family.With({"otlp", "http"})) {}
  metrics::Counter& Of(net::Protocol protocol) const {
    return protocol == net::Protocol::kGrpc ? grpc_ : http_;
  }

 private:
  metrics::Counter& grpc_;
  metrics::Counter& http_;
};

/// Indexed by signal.
const ByTransport& Accepted(signal::Signal signal) {
  static const ByTransport counters[] = {ByTransport(kAcceptedSpans),
                                         ByTransport(kAcceptedLogRecords),
                                         ByTransport(kAcceptedMetricPoints)};
  return counters[static_cast<int>(signal)];
}
const ByTransport& Rejected(signal::Signal signal) {
  static const ByTransport counters[] = {ByTransport(kRefusedSpans),
                                         ByTransport(kRefusedLogRecords),
                                         ByTransport(kRefusedMetricPoints)};
  return counters[static_cast<int>(signal)];
}

void Count(signal::Signal signal, net::Protocol protocol, const signal::ExportOutcome& outcome) {
  Accepted(signal).Of(protocol).Add(outcome.accepted);
  if (outcome.rejected > 0) Rejected(signal).Of(protocol).Add(outcome.rejected);
}

net::Response Counted(const AnswerForm& form, const Refusal& refusal) {
  const bool is_grpc = form.protocol == net::Protocol::kGrpc;
  kRefusedRequests
      .With({is_grpc ? "grpc" : "http",
             std::to_string(is_grpc ? refusal.grpc_code : refusal.http_status)})
      .Add();
  net::Response response = receive::Refuse(form, refusal);
  if (refusal.http_status == 405) response.headers.push_back({"allow", "POST"});
  return response;
}

}  // namespace

bool OtlpReceiver::Owns(const net::RequestHead& head) {
  // Signals that are not stable yet are refused as OTLP refuses, not as any unknown path is.
  return head.protocol == net::Protocol::kGrpc || IsGrpcPath(head.path) ||
         head.path.starts_with("/v1development/") || FindRoute(head).has_value();
}

net::Admission OtlpReceiver::Admit(const net::RequestHead& head) {
  const AnswerForm form = FormOf(head);
  if (const std::optional<Refusal> refusal = CheckHead(head)) return Counted(form, *refusal);
  const Status admitted = options_.sink.CanAccept();
  // Who had little taken lately is refused by the sink itself alone: it has some room beyond.
  if (!admitted.ok() && !share_.IsBelow(head.peer, head.content_length.value_or(0)))
    return Counted(form, RefusalOf(admitted));
  fault::Point("request.read.before");
  return net::TakeBody{form.protocol == net::Protocol::kGrpc ? options_.grpc_message_bytes_max
                                                             : options_.http_body_bytes_max};
}

Result<signal::ExportRequest> OtlpReceiver::Read(net::Request request) const {
  const OtlpRoute route = *FindRoute(request.head);
  signal::ExportRequest exported{.signal = route.signal,
                                 .encoding = *EncodingOf(request.head),
                                 .received_unix_nano = options_.clock.UnixNano(),
                                 .source = AddressOf(request.head.peer)};
  if (route.door == Door::kDatabricks) {
    exported.tables = TRY(ReadTableHeader(request.head, route.signal, options_.catalog_name));
  }
  const bool is_compressed =
      request.head.protocol != net::Protocol::kGrpc || request.is_compressed_message;
  if (is_compressed) exported.compression = *CompressionFromName(EncodingHeader(request.head));
  exported.body = std::move(request.body);
  return exported;
}

void OtlpReceiver::Handle(net::Request request, net::Responder responder) {
  fault::Point("request.read.after");
  share_.Took(request.head.peer, request.body.size());
  const AnswerForm form = FormOf(request.head);
  Result<signal::ExportRequest> exported = Read(std::move(request));
  if (!exported.ok()) {
    return std::move(responder).Send(Counted(form, RefusalOf(exported.status())));
  }
  const signal::Signal signal = exported->signal;
  // std::function wants something copyable.
  auto shared = std::make_shared<net::Responder>(std::move(responder));
  options_.sink.Accept(
      *std::move(exported), [form, signal, shared](Result<signal::ExportOutcome> outcome) {
        if (!outcome.ok()) {
          return std::move(*shared).Send(Counted(form, RefusalOf(outcome.status())));
        }
        Count(signal, form.protocol, *outcome);
        std::move(*shared).Send(Success(form, signal, *outcome));
      });
}

net::Response OtlpReceiver::Refuse(const net::RequestHead& head, net::RefusalReason reason) const {
  const auto refusal = [&]() -> Refusal {
    switch (reason) {
      case net::RefusalReason::kBodyTooLarge:
        return {413, 8,
                fmt::format("body is larger than {} bytes", head.protocol == net::Protocol::kGrpc
                                                                ? options_.grpc_message_bytes_max
                                                                : options_.http_body_bytes_max)};
      case net::RefusalReason::kBodyTooSlow: return {408, 4, "the body came too slowly"};
      case net::RefusalReason::kNoBodyMemory:
        return {503, 14, "too much is being received at once", true};
      case net::RefusalReason::kMalformed: return {400, 13, "the request is not well-formed"};
      case net::RefusalReason::kHeadTooLarge:
        return {431, 8, "the request's headers are too large"};
      case net::RefusalReason::kTooManyConnections: return {503, 14, "too many connections", true};
      case net::RefusalReason::kShuttingDown: return {503, 14, "the server is stopping", true};
      case net::RefusalReason::kUnanswered: return {503, 14, "the request was not taken", true};
    }
    return {};
  }();
  return Counted(FormOf(head), refusal);
}

}  // namespace weir::receive
