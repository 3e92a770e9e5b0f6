// SPDX-License-Identifier: Apache-2.0
#pragma once
// The request line and headers of an HTTP/1 request, read strictly.

#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace weir::net::http1 {

/// A request's head, and what it says of the transfer.
struct Head {
  RequestHead request;
  bool is_chunked = false;
  bool keeps_alive = true;
  bool expects_continue = false;
  bool is_version_1_0 = false;

  bool has_body() const { return is_chunked || request.content_length.value_or(0) > 0; }
};

/// Reads one head. `bytes`: from the request line to the empty line, both included.
/// What two servers could read differently is refused: bare CR or LF, NUL, folded lines, space
/// before a colon, Transfer-Encoding beside Content-Length, repeated or unusual ones of either, a
/// missing or second Host. Errors: kBadRequest. Source: RFC 9112, sections 2.2, 3, 5, 6.
Result<Head> ParseHead(std::string_view bytes);

/// True where a line ends in LF alone.
bool HasBareLineFeed(std::string_view bytes);

}  // namespace weir::net::http1
