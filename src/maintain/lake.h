// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a check of tables looks at.

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "store/store.h"

namespace weir::maintain {

/// Borrowed; outlives what is given it.
struct Lake {
  const store::Store& store;
  const catalog::Catalog& catalog;
  const Clock& clock;
};

/// The store's path of `uri`; nothing where it lies outside the store.
inline std::optional<std::string> StorePath(const store::Store& store, const std::string& uri) {
  const std::string root = store.Uri("");
  if (!uri.starts_with(root) || uri.size() == root.size()) return std::nullopt;
  return uri.substr(root.size());
}

/// The same for those who can do nothing without it. Errors: kBadRequest.
inline Result<std::string> PathBelow(const store::Store& store, const std::string& uri) {
  auto path = StorePath(store, uri);
  if (!path) return Error(ErrorKind::kBadRequest, uri + " is elsewhere");
  return *std::move(path);
}

/// As findings name it: `path` of the store, relative to the table at `root`.
inline std::string InTable(const std::string& path, const std::string& root) {
  return path.starts_with(root + "/") ? path.substr(root.size() + 1) : path;
}

}  // namespace weir::maintain
