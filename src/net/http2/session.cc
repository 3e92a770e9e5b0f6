// SPDX-License-Identifier: Apache-2.0
#include "net/http2/session.h"

#include <utility>

#include "base/check.h"
#include "net/growing_body.h"
#include "net/grpc/trailers.h"
#include "net/http2/callbacks.h"

namespace weir::net::http2 {
namespace {

constexpr size_t kReadBytes = 256 << 10;
/// What is taken from nghttp2 for one write.
constexpr size_t kOutputBytes = 256 << 10;
constexpr uint32_t kFrameBytesMax = 1 << 20;
/// A client may send so much of one body, and of all, before it hears from us: a message of 4 MiB
/// in one go.
constexpr uint32_t kStreamWindowBytes = 4 << 20;
constexpr int32_t kConnectionWindowBytes = 16 << 20;
/// Header bytes over the limit are dropped; past this many limits' worth, the client is up to no
/// good.
constexpr size_t kHeadBytesFactor = 8;
/// RFC 9113, section 6.5.2: what each header counts beside its text.
constexpr size_t kHeaderOverheadBytes = 32;
/// How much of a request's body, and for how long, is taken and dropped after its answer.
constexpr uint64_t kDroppedBytesMax = 4 << 20;
constexpr std::chrono::seconds kDropTime{2};
/// Frames waiting for a client that sends what must be answered but does not read.
constexpr size_t kOutboundFramesMax = 2000;
/// Errors in streams that make us reset them (MadeYouReset, CVE-2025-8671).
constexpr double kSentResetBurst = 100, kSentResetsPerSecond = 10;
/// PING, SETTINGS, PRIORITY, RST_STREAM and empty DATA. gRPC clients ping once a round trip while
/// they send.
constexpr double kCheapFrameBurst = 5000, kCheapFramesPerSecond = 1000;

}  // namespace

void Session::Deleter::operator()(nghttp2_session* session) const { nghttp2_session_del(session); }

Session::Session(SessionSetup setup)
    : setup_(std::move(setup)),
      idle_since_(now()),
      sent_resets_(kSentResetBurst, kSentResetsPerSecond),
      cheap_frames_(kCheapFrameBurst, kCheapFramesPerSecond),
      nghttp2_(NewServerSession(this)) {
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, static_cast<uint32_t>(setup_.limits.streams_max)},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kStreamWindowBytes},
      {NGHTTP2_SETTINGS_MAX_FRAME_SIZE, kFrameBytesMax},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<uint32_t>(setup_.limits.head_bytes_max)},
  };
  CHECK(nghttp2_submit_settings(nghttp2_.get(), NGHTTP2_FLAG_NONE, settings, std::size(settings)) ==
        0);
  CHECK(nghttp2_session_set_local_window_size(nghttp2_.get(), NGHTTP2_FLAG_NONE, 0,
                                              kConnectionWindowBytes) == 0);
}

Session::~Session() = default;

ReadWish Session::Wish() {
  const bool wants = !is_broken_ && nghttp2_session_want_read(nghttp2_.get()) != 0;
  return {.bytes_max = wants ? kReadBytes : 0};
}

void Session::Receive(std::string_view bytes) {
  if (is_broken_ || is_ending_) return;
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  // Failures other than a callback's have made nghttp2 queue a GOAWAY.
  if (nghttp2_session_mem_recv(nghttp2_.get(), data, bytes.size()) < 0) is_broken_ = true;
  if (nghttp2_session_get_outbound_queue_size(nghttp2_.get()) > kOutboundFramesMax) {
    EndForLimit(LimitHit::kControlFrames);
  }
}

void Session::Filled(size_t) { CHECK(false); }

void Session::TakeOutput(std::vector<std::string>& out) {
  std::string bytes;
  while (bytes.size() < kOutputBytes) {
    const uint8_t* data = nullptr;
    const ssize_t size = nghttp2_session_mem_send(nghttp2_.get(), &data);
    if (size < 0) is_broken_ = true;
    if (size <= 0) break;
    bytes.append(reinterpret_cast<const char*>(data), static_cast<size_t>(size));
  }
  if (!bytes.empty()) out.push_back(std::move(bytes));
}

Ending Session::ending() const {
  if (nghttp2_session_want_write(nghttp2_.get()) != 0) return Ending::kOpen;
  if (is_draining_ && streams_.empty()) return Ending::kClose;
  const bool is_over = is_broken_ || nghttp2_session_want_read(nghttp2_.get()) == 0;
  return is_over ? Ending::kLinger : Ending::kOpen;
}

Stream* Session::Find(int32_t id) {
  const auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : found->second.get();
}

void Session::HeadBegins(int32_t id) {
  auto stream = std::make_unique<Stream>(setup_.bodies);
  stream->id = id;
  stream->since = now();
  stream->head.protocol = Protocol::kHttp2;
  stream->head.peer = setup_.peer;
  streams_[id] = std::move(stream);
}

/// False when the client goes so far over the limit that the connection must end.
bool Session::TakeHeader(Stream& stream, std::string_view name, std::string_view value) {
  stream.head_bytes += name.size() + value.size() + kHeaderOverheadBytes;
  if (stream.head_bytes > setup_.limits.head_bytes_max) {
    if (stream.head_bytes <= kHeadBytesFactor * setup_.limits.head_bytes_max) return true;
    EndForLimit(LimitHit::kHeadBytes);
    return false;
  }
  if (stream.phase != Stream::Phase::kHead) return true;  // Trailers: counted, not kept.
  if (name == ":method") {
    stream.head.method = value;
  } else if (name == ":path") {
    stream.head.path = value.substr(0, value.find('?'));
    if (stream.head.path.size() < value.size()) {
      stream.head.query = value.substr(stream.head.path.size() + 1);
    }
  } else if (name == ":authority") {
    stream.head.headers.push_back({"host", std::string(value)});
  } else if (!name.starts_with(':')) {
    stream.head.headers.push_back({std::string(name), std::string(value)});
  }
  return true;
}

void Session::HeadComplete(Stream& stream) {
  RequestHead& head = stream.head;
  if (grpc::IsGrpcContentType(head.Find("content-type"))) head.protocol = Protocol::kGrpc;
  if (stream.head_bytes > setup_.limits.head_bytes_max) {
    CountLimitHit(LimitHit::kHeadBytes);
    return Refuse(stream, RefusalReason::kHeadTooLarge);
  }
  // nghttp2 lets `OPTIONS *` through, and checks that content-length is one number and holds.
  if (!head.path.starts_with('/')) return Refuse(stream, RefusalReason::kMalformed);
  if (const std::string_view length = head.Find("content-length"); !length.empty()) {
    head.content_length = std::strtoull(std::string(length).c_str(), nullptr, 10);
  }
  Admission admission = setup_.handler.Admit(head);
  if (Response* response = std::get_if<Response>(&admission)) {
    return Submit(stream, std::move(*response));
  }
  stream.body_bytes_max = std::get<TakeBody>(admission).bytes_max;
  if (head.protocol == Protocol::kGrpc) {
    stream.frame.emplace(stream.body_bytes_max);
  } else if (head.content_length.value_or(0) > stream.body_bytes_max) {
    return RefuseTooLarge(stream);
  } else if (!HasRoom(stream, head.content_length.value_or(0))) {
    return;
  }
  stream.phase = Stream::Phase::kBody;
  stream.since = now();
}

void Session::TakeData(Stream& stream, std::string_view bytes) {
  stream.body_bytes += bytes.size();
  if (stream.phase == Stream::Phase::kAnswered && stream.body_bytes > stream.body_bytes_until_cut) {
    return CutRequest(stream);
  }
  if (stream.phase != Stream::Phase::kBody) return;
  if (stream.frame) return TakeFramed(stream, bytes);
  if (bytes.size() > stream.body_bytes_max - stream.body.size()) return RefuseTooLarge(stream);
  AppendExpecting(stream.body, bytes, stream.head.content_length.value_or(0));
  HasRoom(stream, stream.body.capacity());
}

void Session::TakeFramed(Stream& stream, std::string_view bytes) {
  switch (stream.frame->Push(bytes)) {
    case grpc::FrameOutcome::kFine: HasRoom(stream, stream.frame->message_bytes()); return;
    case grpc::FrameOutcome::kTooLarge: return RefuseTooLarge(stream);
    case grpc::FrameOutcome::kBadFlag:
      return Submit(stream, {.grpc = {grpc::kInternal, "message frame: flag is neither 0 nor 1"}});
    case grpc::FrameOutcome::kSurplus:
      return Submit(stream,
                    {.grpc = {grpc::kInternal, "message frame: bytes after the one message"}});
  }
}

void Session::RequestComplete(Stream& stream) {
  if (stream.phase != Stream::Phase::kBody) return;
  if (stream.frame && !stream.frame->is_complete()) {
    return Submit(stream, {.grpc = {grpc::kInternal, "message frame: cut short"}});
  }
  const std::string_view encoding = stream.head.Find("grpc-encoding");
  if (stream.frame && stream.frame->is_compressed() &&
      (encoding.empty() || encoding == "identity")) {
    return Submit(stream, {.grpc = {grpc::kInternal, "compressed message without grpc-encoding"}});
  }
  GiveToHandler(stream);
}

void Session::GiveToHandler(Stream& stream) {
  if (is_ending_) return;
  // Streams reset by the client still cost until the handler has answered.
  if (unanswered_ >= 2 * setup_.limits.streams_max) return EndForLimit(LimitHit::kStreams);
  ++unanswered_;
  stream.phase = Stream::Phase::kHandling;
  CountRequest(stream.head.protocol);
  Request request{.head = std::exchange(stream.head, AnswerableHead(stream.head)),
                  .is_compressed_message = stream.frame && stream.frame->is_compressed()};
  request.body = stream.frame ? stream.frame->TakeMessage() : std::exchange(stream.body, {});
  stream.body_share.Release();
  setup_.handler.Handle(std::move(request), setup_.respond(stream.id));
}

void Session::Answer(int32_t request_id, std::optional<Response> response) {
  --unanswered_;
  Stream* stream = Find(request_id);
  if (stream == nullptr || stream->phase != Stream::Phase::kHandling) return;
  if (!response) return Refuse(*stream, RefusalReason::kUnanswered);
  Submit(*stream, *std::move(response));
}

/// An answer that is out before its request is all in ends the request too (RFC 9113, section
/// 8.1), but not at once: some clients (curl 7.88) then lose the answer; seeing it, they stop.
void Session::AnswerSent(Stream& stream) {
  if (stream.is_request_complete) return;
  stream.phase = Stream::Phase::kAnswered;
  stream.since = now();
  stream.body_bytes_until_cut = stream.body_bytes + kDroppedBytesMax;
}

void Session::CutRequest(Stream& stream) {
  stream.phase = Stream::Phase::kAnswering;  // Until the reset is written and the stream closes.
  stream.since = now();
  const int failed =
      nghttp2_submit_rst_stream(nghttp2_.get(), NGHTTP2_FLAG_NONE, stream.id, NGHTTP2_NO_ERROR);
  if (failed != 0) is_broken_ = true;
}

void Session::StreamClosed(int32_t id) {
  streams_.erase(id);
  if (streams_.empty()) idle_since_ = now();
}

void Session::Refuse(Stream& stream, RefusalReason reason) {
  Submit(stream, setup_.handler.Refuse(stream.head, reason));
}

void Session::RefuseForLimit(Stream& stream, LimitHit hit, RefusalReason reason) {
  CountLimitHit(hit);
  Refuse(stream, reason);
}

void Session::RefuseTooLarge(Stream& stream) {
  RefuseForLimit(stream, LimitHit::kBodyBytes, RefusalReason::kBodyTooLarge);
}

/// Whether `bytes` of this body may be kept; refuses it where not.
bool Session::HasRoom(Stream& stream, uint64_t bytes) {
  if (stream.body_share.Reserve(bytes)) return true;
  RefuseForLimit(stream, LimitHit::kBodyMemory, RefusalReason::kNoBodyMemory);
  return false;
}

void Session::CheapFrameReceived() {
  if (!cheap_frames_.Take(now())) EndForLimit(LimitHit::kControlFrames);
}

void Session::ResetSent(uint32_t error_code) {
  if (error_code == NGHTTP2_REFUSED_STREAM) {
    CountLimitHit(LimitHit::kStreams);
    return CheapFrameReceived();
  }
  if (!sent_resets_.Take(now())) EndForLimit(LimitHit::kResets);
}

void Session::EndForLimit(LimitHit hit) {
  if (is_ending_) return;
  CountLimitHit(hit);
  EndConnection(NGHTTP2_ENHANCE_YOUR_CALM);
}

void Session::EndConnection(uint32_t error_code) {
  is_ending_ = true;
  // Fails only without memory, and then there is nothing left to say.
  if (nghttp2_session_terminate_session(nghttp2_.get(), error_code) != 0) is_broken_ = true;
}

void Session::Tick() {
  if (is_broken_ || is_ending_) return;
  if (streams_.empty()) {
    if (now() >= idle_since_ + setup_.limits.idle_timeout) EndConnection(NGHTTP2_NO_ERROR);
    return;
  }
  for (auto& [id, stream] : streams_) TickStream(*stream);
}

void Session::TickStream(Stream& stream) {
  const Limits& limits = setup_.limits;
  switch (stream.phase) {
    case Stream::Phase::kHead:
      if (now() >= stream.since + limits.head_timeout) EndForLimit(LimitHit::kHeadTime);
      return;
    case Stream::Phase::kBody:
      if (const auto why =
              WhyBodyIsLate(now(), stream.since, stream.body_bytes, stream.body_share, limits)) {
        RefuseForLimit(stream, HitOf(*why), *why);
      }
      return;
    case Stream::Phase::kHandling: return;
    case Stream::Phase::kAnswering:
      if (now() <
          TransferDeadline(stream.since, limits.write_timeout, stream.answer_sent, limits)) {
        return;
      }
      return EndForLimit(LimitHit::kWriteTime);
    case Stream::Phase::kAnswered:
      if (now() >= stream.since + kDropTime) CutRequest(stream);
      return;
  }
}

void Session::Drain() {
  is_draining_ = true;
  if (is_broken_) return;
  const int32_t last = nghttp2_session_get_last_proc_stream_id(nghttp2_.get());
  if (nghttp2_submit_goaway(nghttp2_.get(), NGHTTP2_FLAG_NONE, last, NGHTTP2_NO_ERROR, nullptr,
                            0) != 0) {
    is_broken_ = true;
  }
}

}  // namespace weir::net::http2
