// SPDX-License-Identifier: Apache-2.0
#pragma once
// nghttp2's C callbacks, turned into calls on a Session.

#include <nghttp2/nghttp2.h>

#include "net/http2/session.h"

namespace weir::net::http2 {

/// A server session of nghttp2 that reports to `session`, with our limits set. Not null.
nghttp2_session* NewServerSession(Session* session);

/// Reads a Stream's answer; the stream is the source's pointer.
nghttp2_data_provider AnswerProvider(Stream& stream);

/// `headers` as nghttp2 wants them, borrowed.
std::vector<nghttp2_nv> BorrowedHeaders(const std::vector<Header>& headers);

}  // namespace weir::net::http2
