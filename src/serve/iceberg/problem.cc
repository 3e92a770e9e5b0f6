// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg/problem.h"

#include <fmt/format.h>

#include "serve/answer.h"

namespace weir::serve::iceberg {
namespace {

/// Rides inside a Status, as ErrorDetail does.
class ProblemDetail final : public arrow::StatusDetail {
 public:
  static constexpr const char* kTypeId = "weir::serve::iceberg::ProblemDetail";

  ProblemDetail(int http, std::string_view type) : http_(http), type_(type) {}
  const char* type_id() const override { return kTypeId; }
  std::string ToString() const override { return fmt::format("{} {}", http_, type_); }
  int http() const { return http_; }
  const std::string& type() const { return type_; }

 private:
  const int http_;
  const std::string type_;
};

std::string Shown(const catalog::Namespace& levels) {
  return fmt::format("{}", fmt::join(levels, "."));
}

}  // namespace

Status Problem(int http, std::string_view type, std::string message) {
  return Status(arrow::StatusCode::UnknownError, std::move(message),
                std::make_shared<ProblemDetail>(http, type));
}

Status NoNamespace(const catalog::Namespace& levels) {
  return Problem(404, "NoSuchNamespaceException",
                 fmt::format("Namespace does not exist: {}", Shown(levels)));
}

Status NoTable(const catalog::ObjectName& name) {
  return Problem(404, "NoSuchTableException",
                 fmt::format("Table does not exist: {}", name.ToString()));
}

Status NoView(const catalog::ObjectName& name) {
  return Problem(404, "NoSuchViewException",
                 fmt::format("View does not exist: {}", name.ToString()));
}

Status MissingMetadata(const std::string& metadata_location) {
  return Problem(404, "NotFoundException",
                 fmt::format("Failed to open input stream for file: {}", metadata_location));
}

std::string_view KindName(catalog::ObjectKind kind) {
  return kind == catalog::ObjectKind::kTable ? "Table" : "View";
}

Status NameIsTaken(const catalog::ObjectEntry& holder, catalog::ObjectKind wanted) {
  return Problem(
      409, "AlreadyExistsException",
      fmt::format("{}{} already exists: {}", KindName(holder.kind),
                  holder.kind == wanted ? "" : " with same name", holder.name.ToString()));
}

Status BelongsToWeir(const catalog::Namespace& levels) {
  return Problem(
      403, "ForbiddenException",
      fmt::format("namespace {} is Weir's own: Weir makes its tables, from the telemetry "
                  "it receives, and keeps a Delta log of each commit; engines may "
                  "append rows to them. Create a namespace of your own and put your "
                  "tables there",
                  Shown(levels)));
}

Status Worded(const Status& status, Meaning meaning) {
  if (status.ok() || status.detail() == nullptr ||
      std::string_view(status.detail()->type_id()) == ProblemDetail::kTypeId) {
    return status;
  }
  switch (KindOf(status)) {
    case ErrorKind::kNotFound: return Problem(404, meaning.not_found, status.message());
    case ErrorKind::kConflict: return Problem(409, meaning.conflict, status.message());
    default: return status;
  }
}

net::Response AnswerOf(const Status& status) {
  const auto& detail = status.detail();
  if (detail == nullptr || std::string_view(detail->type_id()) != ProblemDetail::kTypeId) {
    return ErrorAnswer(ErrorStyle::kIceberg, status);
  }
  const auto& problem = static_cast<const ProblemDetail&>(*detail);
  return ErrorAnswer(ErrorStyle::kIceberg, problem.http(), problem.type(), status.message());
}

}  // namespace weir::serve::iceberg
