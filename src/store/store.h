// SPDX-License-Identifier: Apache-2.0
#pragma once
// Object storage behind few verbs. Paths are relative, '/'-separated, made by the server alone.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir::store {

/// Whole immutable objects under paths. Any thread.
/// Errors of all verbs: kRetryLater when the storage is full or failing; kInternal on a path that
/// leaves the root.
class Store {
 public:
  virtual ~Store() = default;

  /// Writes the object durably (content and name synced), replacing an older one whole.
  virtual Status Put(std::string_view path, std::string_view bytes) = 0;
  /// As Put, of the pieces that `next` gives one after the other until an empty one: for objects
  /// that nobody wants in memory whole. Where `next` fails, that is the answer and nothing is
  /// there.
  virtual Status PutPieces(std::string_view path,
                           const std::function<Result<std::string>()>& next) {
    std::string bytes;  // For stores that do no better.
    while (true) {
      const std::string piece = TRY(next());
      if (piece.empty()) return Put(path, bytes);
      bytes += piece;
    }
  }
  /// As Put, but kConflict when the object exists; of several racers exactly one wins.
  virtual Status PutIfAbsent(std::string_view path, std::string_view bytes) = 0;
  /// Errors: kNotFound.
  virtual Result<std::string> Read(std::string_view path) const = 0;
  /// At most `length` bytes from `offset`. Errors: kNotFound.
  virtual Result<std::string> ReadRange(std::string_view path, int64_t offset,
                                        int64_t length) const = 0;
  /// The object's size, or nothing where there is none.
  virtual Result<std::optional<int64_t>> Head(std::string_view path) const = 0;
  /// When the object was last written, ms since the epoch; nothing where that is not known.
  virtual Result<std::optional<int64_t>> ModifiedMs(std::string_view path) const {
    (void)path;
    return std::nullopt;
  }
  /// Paths of all objects below `prefix`, at any depth, sorted.
  virtual Result<std::vector<std::string>> List(std::string_view prefix) const = 0;
  /// Paths below `prefix` that writes which did not end left, sorted; no object is among them, and
  /// Delete takes them. Those of writes under way are there too.
  virtual Result<std::vector<std::string>> ListUnfinished(std::string_view prefix) const {
    (void)prefix;
    return std::vector<std::string>();
  }
  /// Deleting what does not exist is success.
  virtual Status Delete(std::string_view path) = 0;

  /// The URI by which engines open `path`: `file:///…`.
  virtual std::string Uri(std::string_view path) const = 0;
};

}  // namespace weir::store
