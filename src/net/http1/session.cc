// SPDX-License-Identifier: Apache-2.0
#include "net/http1/session.h"

#include <algorithm>
#include <utility>

#include "net/http1/answer.h"

namespace weir::net::http1 {
namespace {

/// Small while a head is awaited, so that little of the body passes through memory twice.
constexpr size_t kHeadReadBytes = 16 << 10;
constexpr size_t kBodyReadBytes = 256 << 10;
/// Bodies of refused requests up to here are read and dropped, to keep the connection.
constexpr size_t kDiscardedBytesMax = 1 << 20;
constexpr std::string_view kHeadEnd = "\r\n\r\n";

}  // namespace

Session::Session(SessionSetup setup)
    : setup_(std::move(setup)), since_(now()), body_share_(setup_.bodies) {
  head_.request.peer = setup_.peer;
}

void Session::RefuseConnection(RefusalReason reason) { RefuseAndEnd(reason); }

ReadWish Session::Wish() {
  if (ending_ != Ending::kOpen || phase_ == Phase::kHandling) return {};
  // The client reads its answers before it is read from again.
  if (!out_.empty()) return {};
  switch (phase_) {
    case Phase::kLengthBody:
      if (is_discarding_) return {.bytes_max = DiscardedBytesLeft(), .is_dropped = true};
      return {.room = length_body_.Room()};
    case Phase::kChunkedBody: return {.bytes_max = kBodyReadBytes};
    default: return {.bytes_max = kHeadReadBytes};
  }
}

void Session::Receive(std::string_view bytes) {
  if (kept_.empty()) {
    kept_ = bytes.substr(Work(bytes));
  } else {
    kept_ += bytes;
    kept_.erase(0, Work(kept_));
  }
}

void Session::Filled(size_t bytes) {
  length_body_.Filled(bytes);
  if (length_body_.is_complete()) BodyComplete();
}

/// Returns how many of `bytes` are done with.
size_t Session::Work(std::string_view bytes) {
  std::string_view rest = bytes;
  while (ending_ == Ending::kOpen && Step(rest)) continue;
  return bytes.size() - rest.size();
}

/// One step of a request; false when more bytes or an answer must come first.
bool Session::Step(std::string_view& rest) {
  switch (phase_) {
    case Phase::kHead: return StepHead(rest);
    case Phase::kLengthBody: return StepLengthBody(rest);
    case Phase::kChunkedBody: return StepChunkedBody(rest);
    case Phase::kHandling: return false;
  }
  return false;
}

bool Session::StepHead(std::string_view& rest) {
  // RFC 9112, section 2.2: an empty line before a request is to be ignored.
  while (rest.starts_with("\r\n")) rest.remove_prefix(2);
  if (rest.empty()) return false;
  if (scanned_ == 0 && !is_first_) since_ = now();
  const size_t end = rest.find(kHeadEnd, scanned_ < 3 ? 0 : scanned_ - 3);
  const size_t size = end == rest.npos ? rest.size() : end + kHeadEnd.size();
  if (size > setup_.limits.head_bytes_max) {
    Limited(LimitHit::kHeadBytes, RefusalReason::kHeadTooLarge);
    return false;
  }
  if (end == rest.npos) return WaitForHead(rest);

  auto head = ParseHead(rest.substr(0, size));
  rest.remove_prefix(size);
  if (!head.ok()) {
    RefuseAndEnd(RefusalReason::kMalformed);
    return false;
  }
  TakeHead(std::move(*head), !rest.empty());
  return true;
}

bool Session::WaitForHead(std::string_view rest) {
  if (HasBareLineFeed(rest.substr(scanned_ < 1 ? 0 : scanned_ - 1))) {
    RefuseAndEnd(RefusalReason::kMalformed);
  }
  scanned_ = rest.size();
  return false;
}

void Session::TakeHead(Head head, bool has_more) {
  is_first_ = false;
  head_ = std::move(head);
  head_.request.peer = setup_.peer;
  if (is_draining_) return RefuseAndEnd(RefusalReason::kShuttingDown);
  Admission admission = setup_.handler.Admit(head_.request);
  if (Response* response = std::get_if<Response>(&admission)) {
    return ReplyWithoutBody(std::move(*response));
  }
  TakeBody(std::get<net::TakeBody>(admission).bytes_max, has_more);
}

void Session::TakeBody(size_t bytes_max, bool has_more) {
  body_bytes_max_ = bytes_max;
  if (head_.request.content_length.value_or(0) > bytes_max) {
    return RefuseFromHead(LimitHit::kBodyBytes, RefusalReason::kBodyTooLarge);
  }
  if (!head_.has_body()) return GiveToHandler();
  if (!body_share_.Reserve(head_.request.content_length.value_or(0))) {
    return RefuseFromHead(LimitHit::kBodyMemory, RefusalReason::kNoBodyMemory);
  }
  if (head_.expects_continue && !has_more) out_.push_back("HTTP/1.1 100 Continue\r\n\r\n");
  StartBody();
}

void Session::RefuseFromHead(LimitHit hit, RefusalReason reason) {
  CountLimitHit(hit);
  ReplyWithoutBody(setup_.handler.Refuse(head_.request, reason));
}

void Session::StartBody() {
  since_ = now();
  phase_ = head_.is_chunked ? Phase::kChunkedBody : Phase::kLengthBody;
  length_body_ = GrowingBody(head_.request.content_length.value_or(0));
  chunks_ = ChunkDecoder(is_discarding_ ? kDiscardedBytesMax : body_bytes_max_);
}

/// Answers from the head alone. The body is dropped as it comes, or, where it is long or may never
/// come (the client waits for 100 Continue), the connection ends.
void Session::ReplyWithoutBody(Response response) {
  const bool discards = head_.has_body() && !head_.expects_continue &&
                        head_.request.content_length.value_or(0) <= kDiscardedBytesMax;
  Reply(std::move(response), discards || !head_.has_body());
  if (ending_ != Ending::kOpen) return;
  if (!discards) return NextRequest();
  is_discarding_ = true;
  StartBody();
}

bool Session::StepLengthBody(std::string_view& rest) {
  if (rest.empty()) return false;
  if (is_discarding_) {
    const size_t count = std::min(DiscardedBytesLeft(), rest.size());
    length_body_.Filled(count);
    rest.remove_prefix(count);
  } else {
    rest.remove_prefix(length_body_.Append(rest));
  }
  if (!length_body_.is_complete()) return false;
  BodyComplete();
  return true;
}

size_t Session::DiscardedBytesLeft() const {
  return *head_.request.content_length - length_body_.received();
}

bool Session::StepChunkedBody(std::string_view& rest) {
  const auto [outcome, consumed] = chunks_.Decode(rest, is_discarding_ ? nullptr : &chunked_body_);
  rest.remove_prefix(consumed);
  if (outcome == ChunkOutcome::kNeedsMore) {
    if (!body_share_.Reserve(chunked_body_.capacity())) {
      Limited(LimitHit::kBodyMemory, RefusalReason::kNoBodyMemory);
    }
    return false;
  }
  if (outcome == ChunkOutcome::kDone) {
    BodyComplete();
    return true;
  }
  if (is_discarding_) {
    ending_ = Ending::kLinger;
  } else if (outcome == ChunkOutcome::kTooLarge) {
    Limited(LimitHit::kBodyBytes, RefusalReason::kBodyTooLarge);
  } else {
    RefuseAndEnd(RefusalReason::kMalformed);
  }
  return false;
}

void Session::BodyComplete() { is_discarding_ ? NextRequest() : GiveToHandler(); }

void Session::GiveToHandler() {
  phase_ = Phase::kHandling;
  CountRequest(Protocol::kHttp1);
  Request request{
      .head = std::exchange(head_.request, AnswerableHead(head_.request)),
      .body = head_.is_chunked ? std::exchange(chunked_body_, {}) : length_body_.Take()};
  body_share_.Release();
  setup_.handler.Handle(std::move(request), setup_.respond(++request_id_));
}

void Session::Answer(int32_t request_id, std::optional<Response> response) {
  if (phase_ != Phase::kHandling || request_id != request_id_ || ending_ != Ending::kOpen) return;
  if (!response) {
    response = setup_.handler.Refuse(head_.request, RefusalReason::kUnanswered);
  }
  Reply(*std::move(response), true);
  if (ending_ != Ending::kOpen) {
    if (kept_.empty()) ending_ = Ending::kClose;
    return;
  }
  NextRequest();
  kept_.erase(0, Work(kept_));
}

void Session::NextRequest() {
  phase_ = Phase::kHead;
  since_ = now();
  scanned_ = 0;
  is_discarding_ = false;
  chunked_body_.clear();
  head_ = Head{.request = {.peer = setup_.peer}};
  if (is_draining_) ending_ = Ending::kLinger;
}

/// Writes the answer; without `keeps_alive`, or where the client or a drain wants it, the
/// connection ends.
void Session::Reply(Response response, bool keeps_alive) {
  keeps_alive = keeps_alive && head_.keeps_alive && !is_draining_;
  out_.push_back(AnswerHead(response, {.keeps_alive = keeps_alive,
                                       .is_to_version_1_0 = head_.is_version_1_0,
                                       .unix_nano = setup_.clock.UnixNano()}));
  if (head_.request.method != "HEAD" && StatusHasBody(response.status) && !response.body.empty()) {
    out_.push_back(std::move(response.body));
  }
  if (!keeps_alive) ending_ = Ending::kLinger;
}

void Session::RefuseAndEnd(RefusalReason reason) {
  ForgetBody();
  Reply(setup_.handler.Refuse(head_.request, reason), false);
}

void Session::ForgetBody() {
  length_body_ = GrowingBody(0);
  chunked_body_ = {};
  body_share_.Release();
}

void Session::Limited(LimitHit hit, RefusalReason reason) {
  CountLimitHit(hit);
  RefuseAndEnd(reason);
}

void Session::TakeOutput(std::vector<std::string>& out) {
  std::ranges::move(out_, std::back_inserter(out));
  out_.clear();
}

uint64_t Session::body_bytes() const {
  return head_.is_chunked ? chunks_.body_bytes() : length_body_.received();
}

void Session::Tick() {
  if (ending_ != Ending::kOpen || phase_ == Phase::kHandling) return;
  const Limits& limits = setup_.limits;
  if (phase_ != Phase::kHead) {
    const auto why = WhyBodyIsLate(now(), since_, body_bytes(), body_share_, limits);
    if (!why) return;
    if (!is_discarding_) return Limited(HitOf(*why), *why);
    CountLimitHit(LimitHit::kBodyTime);
    ending_ = Ending::kClose;
    return;
  }
  const bool is_idle = kept_.empty() && !is_first_;
  if (now() < since_ + (is_idle ? limits.idle_timeout : limits.head_timeout)) return;
  if (!is_idle) CountLimitHit(LimitHit::kHeadTime);
  ending_ = Ending::kClose;
}

void Session::Drain() {
  is_draining_ = true;
  if (phase_ == Phase::kHead && kept_.empty()) ending_ = Ending::kClose;
}

}  // namespace weir::net::http1
