// SPDX-License-Identifier: Apache-2.0
#include "serve/error_status.h"

namespace weir::serve {

ErrorStatus ErrorStatusOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kBadRequest: return {400, "bad_request", false};
    case ErrorKind::kUnauthorized: return {401, "unauthorized", false};
    case ErrorKind::kNotFound: return {404, "not_found", false};
    case ErrorKind::kConflict: return {409, "conflict", false};
    // Iceberg's clients read 500, 502 and 504 as `state unknown` and then keep their files.
    case ErrorKind::kUnknownOutcome: return {504, "unknown_outcome", false};
    case ErrorKind::kRetryLater: return {503, "retry_later", true};
    case ErrorKind::kInternal: return {500, "internal", false};
  }
  return {500, "internal", false};
}

}  // namespace weir::serve
