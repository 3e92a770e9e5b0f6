// SPDX-License-Identifier: Apache-2.0
#include "net/http2/callbacks.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace weir::net::http2 {
namespace {

/// Resets a client may send at once, and each second after: a client that times out cancels all its
/// streams.
constexpr uint64_t kResetBurst = 1000, kResetsPerSecond = 33;
constexpr size_t kContinuationsMax = 8;
/// Answers to PING and SETTINGS that may wait for a client that does not read.
constexpr size_t kOutboundAcksMax = 100;

std::string_view View(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

ssize_t ReadAnswer(nghttp2_session* session, int32_t id, uint8_t* out, size_t size, uint32_t* flags,
                   nghttp2_data_source* source, void*) {
  Stream& stream = *static_cast<Stream*>(source->ptr);
  const size_t count = std::min(size, stream.answer.size() - stream.answer_sent);
  std::memcpy(out, stream.answer.data() + stream.answer_sent, count);
  stream.answer_sent += count;
  if (stream.answer_sent < stream.answer.size()) return static_cast<ssize_t>(count);
  *flags |= NGHTTP2_DATA_FLAG_EOF;
  if (!stream.trailers.empty()) {
    *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    const std::vector<nghttp2_nv> trailers = BorrowedHeaders(stream.trailers);
    if (nghttp2_submit_trailer(session, id, trailers.data(), trailers.size()) != 0) {
      return NGHTTP2_ERR_CALLBACK_FAILURE;
    }
  }
  return static_cast<ssize_t>(count);
}

}  // namespace

struct Callbacks {
  static Session& Of(void* user) { return *static_cast<Session*>(user); }

  static bool IsRequest(const nghttp2_frame* frame) {
    return frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST;
  }

  static int BeginHeaders(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (IsRequest(frame)) Of(user).HeadBegins(frame->hd.stream_id);
    return 0;
  }

  static int OnHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name,
                      size_t name_size, const uint8_t* value, size_t value_size, uint8_t,
                      void* user) {
    Stream* stream = Of(user).Find(frame->hd.stream_id);
    if (stream == nullptr) return 0;
    const bool is_bearable =
        Of(user).TakeHeader(*stream, View(name, name_size), View(value, value_size));
    return is_bearable ? 0 : NGHTTP2_ERR_CALLBACK_FAILURE;
  }

  static int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    Session& session = Of(user);
    const bool ends = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    const bool is_data = frame->hd.type == NGHTTP2_DATA;
    if (!is_data && frame->hd.type != NGHTTP2_HEADERS) {
      if (frame->hd.type != NGHTTP2_WINDOW_UPDATE) session.CheapFrameReceived();
      return 0;
    }
    if (is_data && frame->hd.length == 0 && !ends) session.CheapFrameReceived();
    Stream* stream = session.Find(frame->hd.stream_id);
    if (stream == nullptr) return 0;
    stream->is_request_complete |= ends;
    if (IsRequest(frame)) session.HeadComplete(*stream);
    if (ends) session.RequestComplete(*stream);
    return 0;
  }

  static int OnData(nghttp2_session*, uint8_t, int32_t id, const uint8_t* data, size_t size,
                    void* user) {
    if (Stream* stream = Of(user).Find(id)) Of(user).TakeData(*stream, View(data, size));
    return 0;
  }

  static int OnClosed(nghttp2_session*, int32_t id, uint32_t, void* user) {
    Of(user).StreamClosed(id);
    return 0;
  }

  static int OnSent(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type == NGHTTP2_RST_STREAM && frame->rst_stream.error_code != NGHTTP2_NO_ERROR) {
      Of(user).ResetSent(frame->rst_stream.error_code);
    }
    const bool can_end = frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS;
    if (!can_end || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
    if (Stream* stream = Of(user).Find(frame->hd.stream_id)) Of(user).AnswerSent(*stream);
    return 0;
  }
};

nghttp2_session* NewServerSession(Session* session) {
  nghttp2_session_callbacks* callbacks = nullptr;
  CHECK(nghttp2_session_callbacks_new(&callbacks) == 0);
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, Callbacks::BeginHeaders);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks::OnHeader);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Callbacks::OnFrame);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Callbacks::OnData);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Callbacks::OnClosed);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, Callbacks::OnSent);
  nghttp2_option* option = nullptr;
  CHECK(nghttp2_option_new(&option) == 0);
  nghttp2_option_set_stream_reset_rate_limit(option, kResetBurst, kResetsPerSecond);
  nghttp2_option_set_max_continuations(option, kContinuationsMax);
  nghttp2_option_set_max_outbound_ack(option, kOutboundAcksMax);
  nghttp2_option_set_no_closed_streams(option, 1);
  nghttp2_session* nghttp2 = nullptr;
  CHECK(nghttp2_session_server_new2(&nghttp2, callbacks, session, option) == 0);
  nghttp2_option_del(option);
  nghttp2_session_callbacks_del(callbacks);
  return nghttp2;
}

nghttp2_data_provider AnswerProvider(Stream& stream) {
  return {.source = {.ptr = &stream}, .read_callback = ReadAnswer};
}

std::vector<nghttp2_nv> BorrowedHeaders(const std::vector<Header>& headers) {
  const auto bytes = [](const std::string& text) {
    return reinterpret_cast<uint8_t*>(const_cast<char*>(text.data()));
  };
  std::vector<nghttp2_nv> borrowed;
  for (const Header& header : headers) {
    borrowed.push_back({.name = bytes(header.name),
                        .value = bytes(header.value),
                        .namelen = header.name.size(),
                        .valuelen = header.value.size(),
                        .flags = NGHTTP2_NV_FLAG_NONE});
  }
  return borrowed;
}

}  // namespace weir::net::http2
