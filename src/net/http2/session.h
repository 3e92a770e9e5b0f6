// SPDX-License-Identifier: Apache-2.0
#pragma once
// HTTP/2 with prior knowledge, and gRPC on it, on one connection.

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "net/http2/stream.h"
#include "net/metrics.h"
#include "net/rate_bucket.h"
#include "net/session.h"

struct nghttp2_session;

namespace weir::net::http2 {

/// The bytes that open an HTTP/2 connection (RFC 9113, section 3.4).
constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// One thread. nghttp2 keeps the frames, windows and header tables; this keeps the requests.
class Session final : public net::Session {
 public:
  explicit Session(SessionSetup setup);
  ~Session() override;

  ReadWish Wish() override;
  void Receive(std::string_view bytes) override;
  void Filled(size_t bytes) override;
  void Answer(int32_t request_id, std::optional<Response> response) override;
  void TakeOutput(std::vector<std::string>& out) override;
  void Tick() override;
  void Drain() override;
  Ending ending() const override;

 private:
  friend struct Callbacks;

  // What nghttp2 reports; see callbacks.cc.
  void HeadBegins(int32_t id);
  bool TakeHeader(Stream& stream, std::string_view name, std::string_view value);
  void HeadComplete(Stream& stream);
  void TakeData(Stream& stream, std::string_view bytes);
  void RequestComplete(Stream& stream);
  void StreamClosed(int32_t id);
  void CheapFrameReceived();
  void AnswerSent(Stream& stream);
  void ResetSent(uint32_t error_code);

  Stream* Find(int32_t id);
  void TakeFramed(Stream& stream, std::string_view bytes);
  void GiveToHandler(Stream& stream);
  void Submit(Stream& stream, Response response);
  void SubmitGrpc(Stream& stream, Response response);
  void SubmitHeaders(Stream& stream, const std::vector<Header>& headers);
  void Refuse(Stream& stream, RefusalReason reason);
  void RefuseForLimit(Stream& stream, LimitHit hit, RefusalReason reason);
  void RefuseTooLarge(Stream& stream);
  bool HasRoom(Stream& stream, uint64_t bytes);
  void CutRequest(Stream& stream);
  void TickStream(Stream& stream);
  void EndConnection(uint32_t error_code);
  void EndForLimit(LimitHit hit);
  std::chrono::nanoseconds now() const { return setup_.clock.Monotonic(); }

  struct Deleter {
    void operator()(nghttp2_session* session) const;
  };

  const SessionSetup setup_;
  std::unordered_map<int32_t, std::unique_ptr<Stream>> streams_;
  std::chrono::nanoseconds idle_since_;  // Start, or when the last stream closed.
  size_t unanswered_ = 0;  // Requests with the handler, those of closed streams included.
  RateBucket sent_resets_;
  RateBucket cheap_frames_;
  bool is_draining_ = false;
  bool is_ending_ = false;  // A GOAWAY ends the connection once it is written.
  bool is_broken_ = false;  // nghttp2 gave up; only what it has left to say is sent.
  std::unique_ptr<nghttp2_session, Deleter> nghttp2_;  // Last: its end may report closed streams.
};

}  // namespace weir::net::http2
