// SPDX-License-Identifier: Apache-2.0
#pragma once
// The status line and headers of an HTTP/1.1 answer.

#include <cstdint>
#include <string>

#include "net/http.h"

namespace weir::net::http1 {

struct AnswerShape {
  bool keeps_alive = true;
  bool is_to_version_1_0 = false;
  int64_t unix_nano = 0;  // For the date.
};

/// Everything before the body, the empty line included. Line ends inside values become spaces.
std::string AnswerHead(const Response& response, const AnswerShape& shape);

/// Whether an answer of that status has a body at all (RFC 9110, section 6.4.1).
bool StatusHasBody(int status);

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
std::string HttpDate(int64_t unix_nano);

}  // namespace weir::net::http1
