// SPDX-License-Identifier: Apache-2.0
#pragma once
// What is wrong with a query, and where.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir::query::search {

/// Rides inside a Status of kind kBadRequest.
class ProblemPlace final : public arrow::StatusDetail {
 public:
  static constexpr const char* kTypeId = "weir::query::search::ProblemPlace";

  explicit ProblemPlace(size_t position) : position_(position) {}
  const char* type_id() const override { return kTypeId; }
  std::string ToString() const override;
  size_t position() const { return position_; }

 private:
  const size_t position_;
};

/// A failure at the byte `offset` of `query`: `message` and ` at <position>`, which counts
/// characters from 1.
Status Problem(std::string_view query, size_t offset, std::string_view message);

/// The position that the message says; nothing where the failure has another reason.
std::optional<size_t> PositionOf(const Status& status);

}  // namespace weir::query::search
