// SPDX-License-Identifier: Apache-2.0
#pragma once
// Objects as files below one directory.

#include <functional>
#include <memory>
#include <string>

#include "store/store.h"

namespace weir::store {

/// Any thread. A reader sees an object whole or not at all: files are written aside, synced, then
/// named.
class LocalStore final : public Store {
 public:
  /// Makes `root` when missing. Errors: kBadRequest when it can't be made or is not a directory.
  static Result<std::unique_ptr<LocalStore>> Open(const std::string& root);

  Status Put(std::string_view path, std::string_view bytes) override;
  Status PutPieces(std::string_view path,
                   const std::function<Result<std::string>()>& next) override;
  Status PutIfAbsent(std::string_view path, std::string_view bytes) override;
  Result<std::string> Read(std::string_view path) const override;
  Result<std::string> ReadRange(std::string_view path, int64_t offset,
                                int64_t length) const override;
  Result<std::optional<int64_t>> Head(std::string_view path) const override;
  Result<std::optional<int64_t>> ModifiedMs(std::string_view path) const override;
  Result<std::vector<std::string>> List(std::string_view prefix) const override;
  Result<std::vector<std::string>> ListUnfinished(std::string_view prefix) const override;
  Status Delete(std::string_view path) override;
  std::string Uri(std::string_view path) const override;

 private:
  explicit LocalStore(std::string root) : root_(std::move(root)) {}
  Result<std::string> Resolve(std::string_view path) const;
  Result<std::vector<std::string>> ListFiles(std::string_view prefix, bool unfinished) const;

  const std::string root_;  // Absolute, without a trailing slash.
};

}  // namespace weir::store
