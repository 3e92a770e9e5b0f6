// SPDX-License-Identifier: Apache-2.0
#pragma once
// Requests to forget: what is to go, and what became of it, so that a crash in the middle goes on
// at the next start.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"

namespace weir::catalog {

/// What went from one table.
struct ForgottenRows {
  TableName table;
  int64_t rows = 0;
  int64_t files = 0;     // That had them, and were written anew or removed.
  int64_t versions = 0;  // Dropped since they had them.
};

/// A request to forget all rows with `value` in `column`.
struct ForgetRequest {
  int64_t id = 0;  // From 1, ascending.
  std::string column;
  std::string value;  // Empty once it is done: what is forgotten is not kept here either.
  int64_t requested_ms = 0;
  int64_t done_ms = 0;  // 0 while it is open.
  std::vector<ForgottenRows> tables;

  bool is_done() const { return done_ms != 0; }
};

/// In the catalog's database, by a connection of its own. Any thread.
class ForgetRequests {
 public:
  /// `path`: a database that Catalog::Open has opened before. Errors: as its.
  static Result<std::unique_ptr<ForgetRequests>> Open(const std::string& path);
  virtual ~ForgetRequests() = default;

  /// Durable when it returns. The id of the request that is open for the same rows, where there is
  /// one.
  virtual Result<int64_t> Add(const std::string& column, const std::string& value,
                              int64_t requested_ms) = 0;
  /// Newest first; at most `count_max`.
  virtual Result<std::vector<ForgetRequest>> List(int64_t count_max) const = 0;
  /// Those that are not done, oldest first.
  virtual Result<std::vector<ForgetRequest>> ListOpen() const = 0;
  /// Errors: kNotFound.
  virtual Result<ForgetRequest> Load(int64_t id) const = 0;
  /// Adds to what is known to have gone.
  virtual Status Note(int64_t id, const ForgottenRows& rows) = 0;
  /// Done: the value goes too, from the database's free pages and its log as well.
  virtual Status Finish(int64_t id, int64_t done_ms) = 0;
};

}  // namespace weir::catalog
