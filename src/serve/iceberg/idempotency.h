// SPDX-License-Identifier: Apache-2.0
#pragma once
// Requests with an Idempotency-Key: a second one with the same key gets the first one's answer.

#include "serve/iceberg/lake.h"
#include "serve/router.h"

namespace weir::serve::iceberg {

/// For how long an answer is kept, as `config` advertises it (ISO 8601).
constexpr std::string_view kKeyLifetime = "PT30M";

/// Runs `answer` with a Lake that knows the key, or replays what was answered to that key. A 2xx is
/// kept in the transaction that did what was asked; a 4xx afterwards, as it did nothing; a 5xx
/// never, so that it can be tried again. Errors: Problem 422 where the key was used for something
/// else; kBadRequest for a key that is no UUID.
Result<net::Response> AnswerOnce(const Lake& lake, const Call& call,
                                 Result<net::Response> (*answer)(const Lake&, const Call&));

}  // namespace weir::serve::iceberg
