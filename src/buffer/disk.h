// SPDX-License-Identifier: Apache-2.0
#pragma once
// The file operations of a journal behind few verbs, so that tests can take the power away at any
// of them.

#include <sys/uio.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir::buffer {

/// An open file; closed when it goes. One thread.
class File {
 public:
  virtual ~File() = default;

  /// Writes what the disk takes of `pieces` at `offset`, as pwritev; returns how many bytes.
  virtual Result<int64_t> Write(std::span<const iovec> pieces, int64_t offset) = 0;
  /// Takes space, so that the file has at least `bytes`; zeros where nothing was written.
  virtual Status Allocate(int64_t bytes) = 0;
  virtual Status Truncate(int64_t bytes) = 0;
  /// Makes content and size durable. A failure may come with any part of them on disk, and says
  /// nothing about a later call.
  virtual Status SyncData() = 0;
  /// As SyncData, and the file's attributes with it.
  virtual Status Sync() = 0;
};

struct DirectoryEntry {
  std::string name;
  bool is_directory = false;
};

/// Files and directories by path; names are durable after SyncDirectory of the directory that they
/// stand in. Any thread.
/// Errors of all verbs, and of File's: kNotFound where there is no such file, else kRetryLater.
class Disk {
 public:
  virtual ~Disk() = default;

  /// One level; success where it is there already.
  virtual Status MakeDirectory(const std::string& path) = 0;
  /// Opens a new file for writing. Fails where the name is taken.
  virtual Result<std::unique_ptr<File>> Create(const std::string& path) = 0;
  /// Opens a file that is there for writing.
  virtual Result<std::unique_ptr<File>> Open(const std::string& path) = 0;
  virtual Result<std::string> Read(const std::string& path) = 0;
  /// At most `bytes` from `offset`; fewer, or none, at the file's end.
  virtual Result<std::string> ReadRange(const std::string& path, int64_t offset, size_t bytes) = 0;
  virtual Status Rename(const std::string& from, const std::string& to) = 0;
  virtual Status Remove(const std::string& path) = 0;
  /// Removes a directory and all in it; success where it does not exist.
  virtual Status RemoveTree(const std::string& path) = 0;
  /// In no order.
  virtual Result<std::vector<DirectoryEntry>> List(const std::string& path) = 0;
  virtual Status SyncDirectory(const std::string& path) = 0;
};

/// The machine's own.
Disk& PosixDisk();

/// Writes all of `pieces` at `offset`, which moves on.
Status WriteAll(File& file, std::vector<iovec> pieces, int64_t& offset);

inline iovec Piece(std::string_view bytes) {
  return {const_cast<char*>(bytes.data()), bytes.size()};
}

/// Everything before the last `/`.
std::string ParentOf(const std::string& path);

/// Makes `path` and what is missing above it. Its name and its parent's are durable then, also
/// where they were there already: whoever made them may not have come to syncing them.
Status MakeDirectories(Disk& disk, const std::string& path);

}  // namespace weir::buffer
