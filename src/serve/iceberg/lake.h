// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the REST catalog answers from: Weir's own tables, and the tables and views of engines.

#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "catalog/external_catalog.h"
#include "serve/alter_api.h"
#include "serve/iceberg/purger.h"
#include "serve/table_source.h"
#include "store/store.h"
#include "table/append/proposed_append.h"
#include "table/changes/json_object.h"

namespace weir::query {
class TraceLookup;
}

namespace weir::serve::iceberg {

/// Of a request that carries an Idempotency-Key.
struct RequestKey {
  std::string key;
  std::string asked;  // Method, target and a digest of the body.
};

/// Makes the files that a snapshot adds part of one of Weir's own tables. Errors: kBadRequest with
/// the reason where it can't be; kConflict where it must be made anew; kUnknownOutcome.
using AppendTo = std::function<Status(const catalog::TableName& table,
                                      const table::iceberg::ProposedSnapshot& proposed)>;

/// Borrowed by every route. Any thread; waits for disks.
struct Lake {
  const TableSource& own;
  catalog::ExternalCatalog& external;
  store::Store& store;
  const Clock& clock;
  Purger& purger;
  const AppendTo* append = nullptr;  // Null: Weir's tables are read only.
  query::TraceLookup* traces = nullptr;
  const RequestKey* request = nullptr;
  const AlterTable* alter = nullptr;  // Of Weir's own tables. Null: engines alter none of them.
};

/// Whether the namespace is Weir's: engines read its tables and change nothing in it.
Result<bool> IsOwn(const Lake& lake, const catalog::Namespace& levels);
/// Errors: Problems 403 for Weir's own namespace, 404 for one that does not exist.
Status CheckWritable(const Lake& lake, const catalog::Namespace& levels);

/// The object of that name. Errors: Problems 403 and, by `kind`, 404.
Result<catalog::ObjectEntry> FindWritable(const Lake& lake, const catalog::ObjectName& name,
                                          catalog::ObjectKind kind);

/// The metadata file that `entry` points at, decompressed. Errors: kNotFound where it is gone, as
/// an entry may have moved on meanwhile.
Result<std::string> ReadMetadata(const Lake& lake, const std::string& metadata_location);
/// The same, parsed. Errors: Problem 404 where the file is gone.
Result<table::changes::Json> LoadDocument(const Lake& lake, const catalog::ObjectEntry& entry);

/// A place of its own for a new table or view.
std::string NewLocation(const Lake& lake, const std::string& uuid);
/// Whether `location` is such a place, so that nothing else can lie there.
bool IsExternalLocation(const Lake& lake, const std::string& location);

/// Writes `text` as a new metadata file below `location`. Returns its URI.
Result<std::string> PutMetadata(const Lake& lake, const std::string& location,
                                const std::string& previous, const std::string& text);

/// What a change did, for its answer: a body, or the metadata file that is one.
struct Outcome {
  int status = 204;
  std::string body;
  std::string metadata_location;
};

/// Does the change and, where the request has a key, keeps its outcome. `written`: the objects
/// whose new metadata files were put for it. Where COMMIT's outcome is unknown, looks whether the
/// catalog points at them; what a change that surely failed wrote is removed again. Errors: as
/// ExternalCatalog::Apply.
Status Commit(const Lake& lake, const std::vector<catalog::Step>& steps,
              const std::vector<catalog::ObjectEntry>& written, const Outcome& outcome);

}  // namespace weir::serve::iceberg
