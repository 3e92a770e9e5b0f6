// SPDX-License-Identifier: Apache-2.0
#pragma once
// One request and its answer on an HTTP/2 connection.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/body_budget.h"
#include "net/grpc/frame.h"
#include "net/http.h"

namespace weir::net::http2 {

/// One thread. Owned by its Session from the first header to the stream's close.
struct Stream {
  enum class Phase : uint8_t {
    kHead,
    kBody,
    kHandling,
    kAnswering,  // Submitted; what still comes of the body is dropped.
    kAnswered,   // All sent, before the request was all in.
  };

  explicit Stream(BodyBudget& bodies) : body_share(bodies) {}

  int32_t id = 0;
  Phase phase = Phase::kHead;
  std::chrono::nanoseconds since{0};  // Start of the phase.
  RequestHead head;                   // While handling, AnswerableHead.
  size_t head_bytes = 0;
  size_t body_bytes_max = 0;
  std::string body;
  BodyShare body_share;
  std::optional<grpc::FrameReader> frame;  // For gRPC, takes the body's place.
  uint64_t body_bytes = 0;                 // Received, the dropped ones included.
  bool is_request_complete = false;

  uint64_t body_bytes_until_cut = 0;  // Once answered.

  std::string answer;      // The body to send.
  size_t answer_sent = 0;  // Of `answer`.
  std::vector<Header> trailers;
};

}  // namespace weir::net::http2
