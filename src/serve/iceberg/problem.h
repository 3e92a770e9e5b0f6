// SPDX-License-Identifier: Apache-2.0
#pragma once
// Failures as Iceberg's clients know them: an HTTP status and the exception that they raise.

#include <string>
#include <string_view>

#include "base/result.h"
#include "catalog/external_catalog.h"
#include "net/http.h"

namespace weir::serve::iceberg {

/// A failure with its answer. It travels as any other Status does, up to AnswerOf.
Status Problem(int http, std::string_view type, std::string message);

Status NoNamespace(const catalog::Namespace& levels);
Status NoTable(const catalog::ObjectName& name);
Status NoView(const catalog::ObjectName& name);
/// 404: the catalog has the table or view, and somebody deleted its metadata file.
Status MissingMetadata(const std::string& metadata_location);
/// `holder` has the name that an object of `wanted` kind was to get.
Status NameIsTaken(const catalog::ObjectEntry& holder, catalog::ObjectKind wanted);
std::string_view KindName(catalog::ObjectKind kind);
/// 403: Weir's own tables are written by Weir alone.
Status BelongsToWeir(const catalog::Namespace& levels);

/// What it means to one route that something is missing or in the way.
struct Meaning {
  std::string_view not_found = "NoSuchTableException";
  std::string_view conflict = "CommitFailedException";
};
/// `status` as a Problem where its kind is kNotFound or kConflict, else as it is.
Status Worded(const Status& status, Meaning meaning);

/// The answer to a request that failed with `status`.
net::Response AnswerOf(const Status& status);

}  // namespace weir::serve::iceberg
