// SPDX-License-Identifier: Apache-2.0
#include "net/metrics.h"

#include "base/check.h"

namespace weir::net {
namespace {

const char* Reason(LimitHit hit) {
  switch (hit) {
    case LimitHit::kHeadBytes: return "head_bytes";
    case LimitHit::kHeadTime: return "head_time";
    case LimitHit::kBodyBytes: return "body_bytes";
    case LimitHit::kBodyTime: return "body_time";
    case LimitHit::kBodyMemory: return "body_memory";
    case LimitHit::kWriteTime: return "write_time";
    case LimitHit::kConnections: return "connections";
    case LimitHit::kFileDescriptors: return "file_descriptors";
    case LimitHit::kStreams: return "streams";
    case LimitHit::kResets: return "resets";
    case LimitHit::kControlFrames: return "control_frames";
  }
  CHECK(false);
}

}  // namespace

void CountLimitHit(LimitHit hit) { limits_hit_total.With({Reason(hit)}).Add(); }

LimitHit HitOf(RefusalReason reason) {
  return reason == RefusalReason::kBodyTooSlow ? LimitHit::kBodyTime : LimitHit::kBodyMemory;
}

void CountRequest(Protocol protocol) {
  static metrics::Counter& http1 = http_requests_total.With({"http1"});
  static metrics::Counter& http2 = http_requests_total.With({"http2"});
  static metrics::Counter& grpc = http_requests_total.With({"grpc"});
  metrics::Counter& counter = protocol == Protocol::kHttp1   ? http1
                              : protocol == Protocol::kHttp2 ? http2
                                                             : grpc;
  counter.Add();
}

void SetConnectionsOpen(size_t count) {
  static metrics::Gauge& open = connections_open.With();
  open.Set(static_cast<double>(count));
}

}  // namespace weir::net
