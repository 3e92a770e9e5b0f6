// SPDX-License-Identifier: Apache-2.0
#pragma once
// HTTP/1.1 on one connection: one request at a time, pipelined ones wait in the socket.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/growing_body.h"
#include "net/http1/chunks.h"
#include "net/http1/head.h"
#include "net/metrics.h"
#include "net/session.h"

namespace weir::net::http1 {

/// One thread.
class Session final : public net::Session {
 public:
  explicit Session(SessionSetup setup);

  /// Answers a client that must not stay, whatever it asked, and ends.
  void RefuseConnection(RefusalReason reason);

  ReadWish Wish() override;
  void Receive(std::string_view bytes) override;
  void Filled(size_t bytes) override;
  void Answer(int32_t request_id, std::optional<Response> response) override;
  void TakeOutput(std::vector<std::string>& out) override;
  void Tick() override;
  void Drain() override;
  Ending ending() const override { return ending_; }

 private:
  enum class Phase : uint8_t { kHead, kLengthBody, kChunkedBody, kHandling };

  size_t Work(std::string_view bytes);
  bool Step(std::string_view& rest);
  bool StepHead(std::string_view& rest);
  bool StepLengthBody(std::string_view& rest);
  size_t DiscardedBytesLeft() const;
  bool StepChunkedBody(std::string_view& rest);
  bool WaitForHead(std::string_view rest);
  void TakeHead(Head head, bool has_more);
  void TakeBody(size_t bytes_max, bool has_more);
  void RefuseFromHead(LimitHit hit, RefusalReason reason);
  void ReplyWithoutBody(Response response);
  void BodyComplete();
  void GiveToHandler();
  void StartBody();
  void ForgetBody();
  void NextRequest();
  void Reply(Response response, bool keeps_alive);
  void RefuseAndEnd(RefusalReason reason);
  void Limited(LimitHit hit, RefusalReason reason);
  uint64_t body_bytes() const;
  std::chrono::nanoseconds now() const { return setup_.clock.Monotonic(); }

  const SessionSetup setup_;
  Phase phase_ = Phase::kHead;
  Ending ending_ = Ending::kOpen;
  bool is_draining_ = false;
  bool is_discarding_ = false;  // The request is answered, its body still comes.
  bool is_first_ = true;
  int32_t request_id_ = 0;
  std::chrono::nanoseconds since_;  // Start of the phase, or of the head's first byte.
  std::string kept_;                // Bytes that wait: a head's beginning, pipelined requests.
  size_t scanned_ = 0;              // Of a head's beginning, known not to hold its end.
  Head head_;                       // While handling, its request is AnswerableHead.
  size_t body_bytes_max_ = 0;
  GrowingBody length_body_{0};
  ChunkDecoder chunks_{0};
  std::string chunked_body_;
  BodyShare body_share_;
  std::vector<std::string> out_;
};

}  // namespace weir::net::http1
