// SPDX-License-Identifier: Apache-2.0
#include "net/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <cerrno>
#include <utility>

#include "base/fault_point.h"
#include "net/http1/session.h"
#include "net/http2/session.h"
#include "net/metrics.h"

namespace weir::net {
namespace {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

/// Reads of one connection before others get their turn, and bytes of each.
constexpr int kReadsPerTurn = 16;
constexpr size_t kReadBytesMax = 1 << 20;
constexpr size_t kDetectBytesMax = 16 << 10;
constexpr size_t kBuffersMax = 16;
/// How long, and for how many bytes, a client that is being turned away may go on talking before
/// the socket is closed. Closing with unread bytes would make the kernel reset the connection and
/// the client lose its answer.
constexpr std::chrono::seconds kLingerTime{2};
constexpr size_t kLingerBytesMax = 64 << 20;

bool IsWouldBlock(const ErrorCode& error) {
  return error == asio::error::would_block || error == asio::error::try_again;
}

std::string PeerOf(const Tcp::socket& socket) {
  ErrorCode error;
  const Tcp::endpoint peer = socket.remote_endpoint(error);
  if (error) return {};
  const std::string address = peer.address().to_string();
  const bool is_v6 = peer.address().is_v6();
  return (is_v6 ? "[" + address + "]" : address) + ":" + std::to_string(peer.port());
}

}  // namespace

Connection::Connection(ConnectionHome& home, uint64_t id, Tcp::socket socket)
    : home_(home),
      id_(id),
      socket_(std::move(socket)),
      peer_(PeerOf(socket_)),
      since_(home.clock.Monotonic()) {
  ErrorCode ignored;  // A socket that is already dead says so at the first read.
  socket_.non_blocking(true, ignored);
  socket_.set_option(Tcp::no_delay(true), ignored);
}

SessionSetup Connection::Setup() {
  return {.handler = home_.handler,
          .limits = home_.limits,
          .clock = home_.clock,
          .bodies = home_.bodies,
          .peer = peer_,
          .respond = [mailbox = home_.mailbox, id = id_](int32_t request_id) {
            return MakeResponder(mailbox, id, request_id);
          }};
}

void Connection::Start() { Read(); }

void Connection::StartRefused(RefusalReason reason) {
  auto session = std::make_unique<http1::Session>(Setup());
  session->RefuseConnection(reason);
  session_ = std::move(session);
  Advance();
}

void Connection::Answer(Mail mail) {
  if (is_closed_ || session_ == nullptr) return;
  session_->Answer(mail.request_id, std::move(mail.response));
}

void Connection::Advance() {
  if (is_closed_ || is_lingering_) return;
  if (session_ != nullptr) {
    Write();
    if (is_closed_) return;
    if (!has_output() && session_->ending() == Ending::kLinger) return Linger();
    if (!has_output() && session_->ending() == Ending::kClose) return Close();
    const ReadWish wish = session_->Wish();
    if (wish.room.empty() && wish.bytes_max == 0) return;
  }
  WaitToRead();
}

void Connection::WaitToRead() {
  if (std::exchange(waits_to_read_, true)) return;
  socket_.async_wait(Tcp::socket::wait_read, [self = shared_from_this()](const ErrorCode& error) {
    self->waits_to_read_ = false;
    if (self->is_closed_) return;
    if (error) return self->Close();
    self->Read();
  });
}

void Connection::Read() {
  int reads = 0;
  if (is_lingering_) {
    while (DiscardOnce() && ++reads < kReadsPerTurn) continue;
    if (!is_closed_) WaitToRead();
    return;
  }
  while (ReadOnce() && ++reads < kReadsPerTurn) continue;
  Advance();
}

/// One read, given to the session; false when there is nothing more to read or to be wanted.
bool Connection::ReadOnce() {
  const ReadWish wish =
      session_ != nullptr ? session_->Wish() : ReadWish{.bytes_max = kDetectBytesMax};
  if (wish.room.empty() && wish.bytes_max == 0) return false;
  if (wish.is_dropped) return DropOnce(wish.bytes_max);
  const auto buffer =
      wish.room.empty()
          ? asio::buffer(home_.scratch.data(), std::min(wish.bytes_max, home_.scratch.size()))
          : asio::buffer(wish.room.data(), std::min(wish.room.size(), kReadBytesMax));
  ErrorCode error;
  const size_t size = socket_.read_some(buffer, error);
  if (IsWouldBlock(error)) return false;
  if (error) {
    Close();
    return false;
  }
  // A short read took all that was there. The wait that follows looks at the socket again, so
  // nothing is missed, and the read that would only say so is saved.
  const bool may_have_more = size == buffer.size();
  if (!wish.room.empty()) {
    session_->Filled(size);
    return may_have_more;
  }
  const std::string_view bytes(home_.scratch.data(), size);
  if (session_ == nullptr) {
    Detect(bytes);
  } else {
    session_->Receive(bytes);
  }
  return may_have_more;
}

/// As ReadOnce, for bytes that nobody wants: the kernel frees them without a copy (tcp(7),
/// MSG_TRUNC). Bodies of requests that were refused are most of what comes when there is too much.
bool Connection::DropOnce(size_t bytes_max) {
  const ssize_t size = ::recv(socket_.native_handle(), nullptr, bytes_max, MSG_TRUNC);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (size <= 0) {
    Close();
    return false;
  }
  session_->Filled(static_cast<size_t>(size));
  return static_cast<size_t>(size) == bytes_max;
}

/// Collects bytes until they are HTTP/2's preface, or can't be it any more.
void Connection::Detect(std::string_view bytes) {
  first_bytes_ += bytes;
  const size_t compared = std::min(first_bytes_.size(), http2::kPreface.size());
  const bool may_be_http2 = first_bytes_.compare(0, compared, http2::kPreface, 0, compared) == 0;
  if (may_be_http2 && compared < http2::kPreface.size()) return;
  if (may_be_http2) {
    session_ = std::make_unique<http2::Session>(Setup());
  } else {
    session_ = std::make_unique<http1::Session>(Setup());
  }
  session_->Receive(std::exchange(first_bytes_, {}));
}

/// Writes until there is nothing to write or the socket is full.
void Connection::Write() {
  while (!is_closed_ && !waits_to_write_) {
    if (!has_output()) {
      out_.clear();
      first_out_ = out_offset_ = 0;
      session_->TakeOutput(out_);
      if (out_.empty()) return;
      writing_since_ = home_.clock.Monotonic();
      written_ = 0;
    }
    if (!WriteOnce()) return;
  }
}

bool Connection::WriteOnce() {
  std::array<asio::const_buffer, kBuffersMax> buffers;
  const size_t count = std::min(kBuffersMax, out_.size() - first_out_);
  for (size_t i = 0; i < count; ++i) buffers[i] = asio::buffer(out_[first_out_ + i]);
  buffers[0] += out_offset_;
  ErrorCode error;
  fault::Point("answer.write.before");
  size_t size = socket_.write_some(buffers, error);
  fault::Point("answer.write.after");
  if (IsWouldBlock(error)) {
    WaitToWrite();
    return false;
  }
  if (error) {
    Close();
    return false;
  }
  written_ += size;
  for (size += out_offset_; has_output() && size >= out_[first_out_].size(); ++first_out_) {
    size -= out_[first_out_].size();
  }
  out_offset_ = size;
  return true;
}

void Connection::WaitToWrite() {
  waits_to_write_ = true;
  socket_.async_wait(Tcp::socket::wait_write, [self = shared_from_this()](const ErrorCode& error) {
    self->waits_to_write_ = false;
    if (self->is_closed_) return;
    if (error) return self->Close();
    self->Advance();
  });
}

void Connection::Linger() {
  is_lingering_ = true;
  since_ = home_.clock.Monotonic();
  ErrorCode error;
  socket_.shutdown(Tcp::socket::shutdown_send, error);
  if (error) return Close();
  WaitToRead();
}

bool Connection::DiscardOnce() {
  ErrorCode error;
  const size_t size = socket_.read_some(asio::buffer(home_.scratch), error);
  if (IsWouldBlock(error)) return false;
  lingered_bytes_ += size;
  if (error || lingered_bytes_ > kLingerBytesMax) {
    Close();
    return false;
  }
  return true;
}

void Connection::Tick() {
  if (is_closed_) return;
  const auto now = home_.clock.Monotonic();
  if (is_lingering_) {
    if (now >= since_ + kLingerTime) Close();
    return;
  }
  if (session_ == nullptr) {
    if (now < since_ + home_.limits.head_timeout) return;
    CountLimitHit(LimitHit::kHeadTime);
    return Close();
  }
  if (has_output()) TickWrite();
  if (is_closed_) return;
  session_->Tick();
  Advance();
}

void Connection::TickWrite() {
  const auto deadline =
      TransferDeadline(writing_since_, home_.limits.write_timeout, written_, home_.limits);
  if (home_.clock.Monotonic() < deadline) return;
  CountLimitHit(LimitHit::kWriteTime);
  Close();
}

void Connection::Drain() {
  if (is_closed_ || is_lingering_) return;
  if (session_ == nullptr) return Close();
  session_->Drain();
  Advance();
}

void Connection::Close() {
  if (std::exchange(is_closed_, true)) return;
  ErrorCode ignored;  // The descriptor is gone either way.
  socket_.close(ignored);
  home_.on_gone(id_);
}

}  // namespace weir::net
