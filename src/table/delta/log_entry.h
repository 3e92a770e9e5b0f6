// SPDX-License-Identifier: Apache-2.0
#pragma once
// Entries of the Delta log, derived from commits: the same commit gives the same bytes, whoever
// writes them.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "table/table_change.h"

namespace weir::table::delta {

/// Facts of the table's birth, which entry 0 tells.
struct Creation {
  std::string table_uuid;
  int64_t timestamp_ms = 0;
  std::string engine_version;
};

/// Facts of the commit that an entry tells.
struct Commit {
  std::string table_uuid;
  CommitIdentity identity;
  int64_t version = 0;  // Of the entry; equal to the snapshot's sequence number, from 1.
  std::string engine_version;
};

/// RFC 2396 as the protocol asks: unreserved characters, '/' and '=' stay, the rest is %XX.
std::string UriEncoded(std::string_view path);

/// The Delta table's own folder is `<root>/data`. `root`: the table's folder in the store.
std::string EntryPath(std::string_view root, int64_t version);

/// Entry 0: protocol, schema, partitioning.
/// Errors: kBadRequest when Delta cannot hold the schema.
Result<std::string> FirstEntryBytes(const TableDefinition& definition, const Creation& creation);

/// Entry `commit.version`: what was added and removed, and the schema where columns came to it.
/// `definition`: that of the table after the change. Every file's path starts with `data/`.
/// Errors: kBadRequest when one does not, or its date is no date.
Result<std::string> EntryBytes(const TableDefinition& definition, const TableChange& change,
                               const Commit& commit);

}  // namespace weir::table::delta
