// SPDX-License-Identifier: Apache-2.0
#pragma once
// The only files there are for DuckDB: data files of the store that the running query was given.

#include <duckdb/common/file_system.hpp>

#include "store/store.h"

namespace weir::query::sql {

/// Before a store's path, it is the path that DuckDB knows the file by.
inline constexpr const char* kStoreScheme = "weir://";

/// Reads, and refuses all else. A path opens only if the query's session allows it. Any thread.
class StoreFiles final : public duckdb::FileSystem {
 public:
  /// `store` outlives it.
  explicit StoreFiles(const store::Store& store) : store_(store) {}

  duckdb::unique_ptr<duckdb::FileHandle> OpenFile(
      const duckdb::string& path, duckdb::FileOpenFlags flags,
      duckdb::optional_ptr<duckdb::FileOpener> opener) override;
  void Read(duckdb::FileHandle& handle, void* buffer, int64_t bytes,
            duckdb::idx_t location) override;
  int64_t Read(duckdb::FileHandle& handle, void* buffer, int64_t bytes) override;
  int64_t GetFileSize(duckdb::FileHandle& handle) override;
  duckdb::timestamp_t GetLastModifiedTime(duckdb::FileHandle& handle) override;
  duckdb::string GetVersionTag(duckdb::FileHandle& handle) override;
  duckdb::FileType GetFileType(duckdb::FileHandle& handle) override;
  void Seek(duckdb::FileHandle& handle, duckdb::idx_t location) override;
  void Reset(duckdb::FileHandle& handle) override { Seek(handle, 0); }
  duckdb::idx_t SeekPosition(duckdb::FileHandle& handle) override;
  bool CanSeek() override { return true; }
  /// Ranges are asked for in few, large reads then.
  bool OnDiskFile(duckdb::FileHandle&) override { return false; }
  bool FileExists(const duckdb::string&, duckdb::optional_ptr<duckdb::FileOpener>) override {
    return false;
  }
  bool DirectoryExists(const duckdb::string&, duckdb::optional_ptr<duckdb::FileOpener>) override {
    return false;
  }
  bool IsPipe(const duckdb::string&, duckdb::optional_ptr<duckdb::FileOpener>) override {
    return false;
  }
  duckdb::vector<duckdb::OpenFileInfo> Glob(const duckdb::string& path,
                                            duckdb::FileOpener* opener) override;
  duckdb::string CanonicalizePath(const duckdb::string& path,
                                  duckdb::optional_ptr<duckdb::FileOpener>) override {
    return path;
  }
  std::string GetName() const override { return "WeirStore"; }

 private:
  const store::Store& store_;
};

}  // namespace weir::query::sql
