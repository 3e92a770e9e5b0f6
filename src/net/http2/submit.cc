// SPDX-License-Identifier: Apache-2.0
// The half of Session that turns a Response into frames.
#include <algorithm>
#include <utility>

#include "base/compression.h"
#include "net/grpc/frame.h"
#include "net/grpc/trailers.h"
#include "net/http1/answer.h"
#include "net/http2/callbacks.h"
#include "net/http2/session.h"

namespace weir::net::http2 {
namespace {

/// Adds an answer's own headers, spelled as HTTP/2 wants them and without line ends in values.
void AddHeaders(const std::vector<Header>& from, std::vector<Header>& to) {
  for (Header header : from) {
    std::ranges::transform(header.name, header.name.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    std::ranges::replace_if(
        header.value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
    to.push_back(std::move(header));
  }
}

}  // namespace

void Session::Submit(Stream& stream, Response response) {
  stream.phase = Stream::Phase::kAnswering;
  stream.since = now();
  stream.body.clear();
  stream.body.shrink_to_fit();
  stream.frame.reset();
  stream.body_share.Release();
  if (stream.head.protocol == Protocol::kGrpc) return SubmitGrpc(stream, std::move(response));
  std::vector<Header> headers = {{":status", std::to_string(response.status)},
                                 {"date", http1::HttpDate(setup_.clock.UnixNano())}};
  if (http1::StatusHasBody(response.status)) {
    headers.push_back({"content-length", std::to_string(response.body.size())});
    if (stream.head.method != "HEAD") stream.answer = std::move(response.body);
  }
  AddHeaders(response.headers, headers);
  SubmitHeaders(stream, headers);
}

void Session::SubmitGrpc(Stream& stream, Response response) {
  std::vector<Header> headers = {{":status", "200"},
                                 {"content-type", "application/grpc"},
                                 {"grpc-accept-encoding", std::string(kCompressionNames)}};
  for (const Header& header : response.headers) {
    if (header.name != "content-type") AddHeaders({header}, headers);
  }
  std::vector<Header> trailers = grpc::StatusTrailers(response.grpc);
  if (response.grpc.code != 0) {
    headers.insert(headers.end(), trailers.begin(), trailers.end());
  } else {
    stream.answer = grpc::FramePrefix(static_cast<uint32_t>(response.body.size())) + response.body;
    stream.trailers = std::move(trailers);
  }
  SubmitHeaders(stream, headers);
}

void Session::SubmitHeaders(Stream& stream, const std::vector<Header>& headers) {
  const std::vector<nghttp2_nv> borrowed = BorrowedHeaders(headers);
  const nghttp2_data_provider provider = AnswerProvider(stream);
  const bool has_body = !stream.answer.empty();
  const int failed = nghttp2_submit_response(nghttp2_.get(), stream.id, borrowed.data(),
                                             borrowed.size(), has_body ? &provider : nullptr);
  if (failed != 0) is_broken_ = true;
}

}  // namespace weir::net::http2
