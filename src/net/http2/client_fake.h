// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: an HTTP/2 client without a socket, and frames written by hand for what no client
// sends.

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "net/http.h"

namespace weir::net::http2 {

/// What a client saw of one stream. Header names that come again in trailers are joined into
/// `headers`.
struct AnswerSeen {
  std::map<std::string, std::string> headers;
  std::string body;
  bool is_closed = false;
  uint32_t error_code = 0;
};

enum class RequestEnd : uint8_t { kComplete, kStillSending };

class ClientFake {
 public:
  explicit ClientFake(std::vector<nghttp2_settings_entry> settings = {}) {
    nghttp2_session_callbacks* callbacks = nullptr;
    CHECK(nghttp2_session_callbacks_new(&callbacks) == 0);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, OnHeader);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, OnData);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, OnClosed);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, OnFrame);
    CHECK(nghttp2_session_client_new(&session_, callbacks, this) == 0);
    nghttp2_session_callbacks_del(callbacks);
    CHECK(nghttp2_submit_settings(session_, 0, settings.data(), settings.size()) == 0);
  }
  ~ClientFake() { nghttp2_session_del(session_); }
  ClientFake(const ClientFake&) = delete;

  /// Starts a request; `body` absent means that the headers end it.
  int32_t Submit(const std::vector<Header>& extra, std::optional<std::string> body,
                 RequestEnd end = RequestEnd::kComplete) {
    std::vector<Header> headers = {
        {":method", "POST"}, {":scheme", "http"}, {":authority", "h"}, {":path", "/"}};
    for (const Header& header : extra) {
      const auto same = [&](const Header& other) { return other.name == header.name; };
      std::erase_if(headers, same);
      const bool is_pseudo = header.name.starts_with(':');
      headers.insert(is_pseudo ? headers.begin() : headers.end(), header);
    }
    std::vector<nghttp2_nv> borrowed;
    for (const Header& header : headers) borrowed.push_back(Borrow(header));
    sending_.push_back({.body = body.value_or(""), .ends = end == RequestEnd::kComplete});
    nghttp2_data_provider provider = {.source = {.fd = static_cast<int>(sending_.size()) - 1},
                                      .read_callback = OnRead};
    return nghttp2_submit_request(session_, nullptr, borrowed.data(), borrowed.size(),
                                  body ? &provider : nullptr, nullptr);
  }

  std::string Output() {
    std::string bytes;
    const uint8_t* data = nullptr;
    for (ssize_t size; (size = nghttp2_session_mem_send(session_, &data)) > 0;) {
      bytes.append(reinterpret_cast<const char*>(data), static_cast<size_t>(size));
    }
    return bytes;
  }

  void Receive(std::string_view bytes) {
    const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
    CHECK(nghttp2_session_mem_recv(session_, data, bytes.size()) >= 0);
  }

  /// Carries bytes both ways until both sides are silent.
  template <typename Fake>
  void Exchange(Fake& server) {
    while (true) {
      const std::string to_server = Output();
      server.Feed(to_server);
      const std::string to_client = server.Output();
      Receive(to_client);
      if (to_server.empty() && to_client.empty()) return;
    }
  }

  nghttp2_session* session() { return session_; }

  std::map<int32_t, AnswerSeen> answers;
  std::optional<uint32_t> goaway;  // Its error code.

 private:
  struct Sending {
    std::string body;
    size_t sent = 0;
    bool ends = true;
  };

  static nghttp2_nv Borrow(const Header& header) {
    const auto bytes = [](const std::string& text) {
      return reinterpret_cast<uint8_t*>(const_cast<char*>(text.data()));
    };
    return {bytes(header.name), bytes(header.value), header.name.size(), header.value.size(), 0};
  }
  static ClientFake& Of(void* user) { return *static_cast<ClientFake*>(user); }
  static int OnHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name,
                      size_t name_size, const uint8_t* value, size_t value_size, uint8_t,
                      void* user) {
    const auto text = [](const uint8_t* data, size_t size) {
      return std::string(reinterpret_cast<const char*>(data), size);
    };
    Of(user).answers[frame->hd.stream_id].headers[text(name, name_size)] = text(value, value_size);
    return 0;
  }
  static int OnData(nghttp2_session*, uint8_t, int32_t id, const uint8_t* data, size_t size,
                    void* user) {
    Of(user).answers[id].body.append(reinterpret_cast<const char*>(data), size);
    return 0;
  }
  static int OnClosed(nghttp2_session*, int32_t id, uint32_t error_code, void* user) {
    Of(user).answers[id].is_closed = true;
    Of(user).answers[id].error_code = error_code;
    return 0;
  }
  static int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type == NGHTTP2_GOAWAY) Of(user).goaway = frame->goaway.error_code;
    return 0;
  }
  static ssize_t OnRead(nghttp2_session*, int32_t, uint8_t* out, size_t size, uint32_t* flags,
                        nghttp2_data_source* source, void* user) {
    Sending& sending = Of(user).sending_[static_cast<size_t>(source->fd)];
    const size_t count = std::min(size, sending.body.size() - sending.sent);
    if (count == 0 && !sending.ends) return NGHTTP2_ERR_DEFERRED;
    std::memcpy(out, sending.body.data() + sending.sent, count);
    sending.sent += count;
    if (sending.ends && sending.sent == sending.body.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(count);
  }

  nghttp2_session* session_ = nullptr;
  std::vector<Sending> sending_;
};

/// One frame as bytes (RFC 9113, section 4.1).
inline std::string RawFrame(uint8_t type, uint8_t flags, uint32_t stream_id,
                            std::string_view payload) {
  std::string frame;
  const auto add = [&](uint32_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) frame += static_cast<char>(value >> (8 * i));
  };
  add(static_cast<uint32_t>(payload.size()), 3);
  add(type, 1);
  add(flags, 1);
  add(stream_id, 4);
  return frame + std::string(payload);
}

}  // namespace weir::net::http2
