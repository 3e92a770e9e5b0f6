// SPDX-License-Identifier: Apache-2.0
#pragma once
// Failure as a value: one Result type for the whole program, and the kinds a caller acts on.

#include <arrow/result.h>
#include <arrow/status.h>

#include <memory>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

namespace weir {

using arrow::Result;
using arrow::Status;

/// What the caller should do about a failure, not what broke inside.
enum class ErrorKind {
  kBadRequest,      // The input is wrong; the same input will fail again.
  kUnauthorized,    // The caller may not do this.
  kNotFound,        // The named thing does not exist.
  kConflict,        // The world moved; read again and try again.
  kUnknownOutcome,  // It may or may not have happened; look before retrying or cleaning up.
  kRetryLater,      // Full or unreachable now; the same call may succeed later.
  kInternal,        // Our bug, or a library's.
};

/// Rides inside a Status: the kind, and the line that made it.
class ErrorDetail final : public arrow::StatusDetail {
 public:
  static constexpr const char* kTypeId = "weir::ErrorDetail";

  ErrorDetail(ErrorKind kind, std::source_location where) : kind_(kind), where_(where) {}
  const char* type_id() const override { return kTypeId; }
  std::string ToString() const override {
    return std::string(where_.file_name()) + ":" + std::to_string(where_.line());
  }
  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
  std::source_location where_;
};

inline Status Error(ErrorKind kind, std::string message,
                    std::source_location where = std::source_location::current()) {
  return Status(arrow::StatusCode::UnknownError, std::move(message),
                std::make_shared<ErrorDetail>(kind, where));
}

/// The kind of a failed status; failures made by Arrow itself are read from their code.
inline ErrorKind KindOf(const Status& status) {
  const auto& detail = status.detail();
  if (detail != nullptr && std::string_view(detail->type_id()) == ErrorDetail::kTypeId) {
    return static_cast<const ErrorDetail&>(*detail).kind();
  }
  return status.IsInvalid() || status.IsSerializationError() ? ErrorKind::kBadRequest
                                                             : ErrorKind::kInternal;
}

/// Drops a failure on purpose; `why` is for the reader.
inline void Ignore(const Status& status, std::string_view why) {
  (void)status;
  (void)why;
}

namespace internal {
inline void TakeValue(Status&&) {}
template <typename T>
T TakeValue(Result<T>&& result) {
  return std::move(result).ValueUnsafe();
}
}  // namespace internal

}  // namespace weir

/// The value of a Result (nothing, for a Status), or return its failure from this function.
/// Only as a whole statement or right-hand side: inside braces g++ 12 leaks what was built before
/// it.
#define TRY(expression)                                 \
  __extension__({                                       \
    auto try_result = (expression);                     \
    if (!try_result.ok()) [[unlikely]] {                \
      return ::arrow::ToStatus(std::move(try_result));  \
    }                                                   \
    ::weir::internal::TakeValue(std::move(try_result)); \
  })
