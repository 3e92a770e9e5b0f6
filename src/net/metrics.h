// SPDX-License-Identifier: Apache-2.0
#pragma once
// What this room counts.

#include "base/metrics.h"
#include "net/http.h"

namespace weir::net {

/// Which bound a client ran into.
enum class LimitHit : uint8_t {
  kHeadBytes,
  kHeadTime,
  kBodyBytes,
  kBodyTime,
  kBodyMemory,
  kWriteTime,
  kConnections,
  kFileDescriptors,
  kStreams,
  kResets,
  kControlFrames,
};

/// Named by `reason`, one for each LimitHit.
inline metrics::Family<metrics::Counter> limits_hit_total("weir_limits_hit_total",
                                                          "Times a client ran into a limit",
                                                          {"reason"});

/// Connections open now, over all ports and workers.
inline metrics::Family<metrics::Gauge> connections_open("weir_connections_open",
                                                        "Connections open now");

/// Requests given to a handler whole, by `protocol`: http1, http2, grpc.
inline metrics::Family<metrics::Counter> http_requests_total("weir_http_requests_total",
                                                             "Requests received whole, by protocol",
                                                             {"protocol"});

/// Any thread.
void CountLimitHit(LimitHit hit);
/// Of a body that is waited for no longer.
LimitHit HitOf(RefusalReason reason);
void CountRequest(Protocol protocol);
void SetConnectionsOpen(size_t count);

}  // namespace weir::net
