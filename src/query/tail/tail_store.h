// SPDX-License-Identifier: Apache-2.0
#pragma once
// Files in memory beside those of the store, for who reads both.

#include <arrow/buffer.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "store/store.h"

namespace weir::query {

/// Reads only. Any thread, once all files are added.
class TailStore final : public store::Store {
 public:
  explicit TailStore(const store::Store& real) : real_(real) {}

  void Add(std::string path, std::shared_ptr<arrow::Buffer> bytes) {
    files_[std::move(path)] = std::move(bytes);
  }

  Result<std::string> Read(std::string_view path) const override {
    const auto file = files_.find(path);
    return file == files_.end() ? real_.Read(path) : Result<std::string>(file->second->ToString());
  }
  Result<std::string> ReadRange(std::string_view path, int64_t offset,
                                int64_t length) const override {
    const auto file = files_.find(path);
    if (file == files_.end()) return real_.ReadRange(path, offset, length);
    const int64_t begin = std::clamp<int64_t>(offset, 0, file->second->size());
    const int64_t count = std::clamp<int64_t>(length, 0, file->second->size() - begin);
    return std::string(reinterpret_cast<const char*>(file->second->data()) + begin,
                       static_cast<size_t>(count));
  }
  Result<std::optional<int64_t>> Head(std::string_view path) const override {
    const auto file = files_.find(path);
    if (file == files_.end()) return real_.Head(path);
    return std::optional<int64_t>(file->second->size());
  }
  Result<std::vector<std::string>> List(std::string_view prefix) const override {
    return real_.List(prefix);
  }
  std::string Uri(std::string_view path) const override { return real_.Uri(path); }

  Status Put(std::string_view, std::string_view) override { return Refuse(); }
  Status PutIfAbsent(std::string_view, std::string_view) override { return Refuse(); }
  Status Delete(std::string_view) override { return Refuse(); }

 private:
  static Status Refuse() { return Error(ErrorKind::kInternal, "a query writes nothing"); }

  const store::Store& real_;
  std::map<std::string, std::shared_ptr<arrow::Buffer>, std::less<>> files_;
};

}  // namespace weir::query
