// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: a disk in memory that loses what was not synced when the power goes, and fails when
// the test says so.

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "buffer/disk.h"

namespace weir::buffer {

enum class DiskCall : uint8_t {
  kMakeDirectory,
  kCreate,
  kOpen,
  kRead,
  kRename,
  kRemove,
  kList,
  kSyncDirectory,
  kWrite,
  kAllocate,
  kTruncate,
  kSyncData,
  kSync,
};

/// Is told of every call, and decides about it; what it throws goes through.
class DiskEvents {
 public:
  virtual ~DiskEvents() = default;
  /// Before the call does its work: 0, or the errno to fail with.
  virtual int Before(DiskCall call, const std::string& path) = 0;
  /// After its work, where it did it.
  virtual void After(DiskCall call) = 0;
  /// Whether this write takes fewer bytes than it was given.
  virtual bool IsShort() = 0;
};

/// One thread. What a crash leaves is decided by `random`, sector by sector and name by name; a
/// rename happened or did not.
class MemoryDisk final : public Disk {
 public:
  static constexpr size_t kSectorBytes = 512;

  explicit MemoryDisk(std::mt19937_64& random) : random_(random) { MakeRoot(); }

  void SetEvents(DiskEvents* events) { events_ = events; }
  /// Files take at most this much together; what does not fit fails with ENOSPC.
  void SetCapacity(int64_t bytes) { capacity_ = bytes; }
  int64_t used() const { return used_; }

  /// Of what was not synced, some is lost. Open files are gone.
  void LosePower();
  /// True where a sector, the size, the name or a part of a write of this file was ever lost.
  bool IsTorn(const std::string& path) const;
  /// True where power loss would take nothing of this file's content.
  bool IsDurable(const std::string& path) const;
  /// Inverts one bit of what is on disk.
  void FlipBit(const std::string& path, size_t bit);
  /// Paths of all files, sorted.
  std::vector<std::string> Files() const;
  /// A file's content, without any event.
  const std::string& ContentOf(const std::string& path) const;

  Status MakeDirectory(const std::string& path) override;
  Result<std::unique_ptr<File>> Create(const std::string& path) override;
  Result<std::unique_ptr<File>> Open(const std::string& path) override;
  Result<std::string> Read(const std::string& path) override;
  Result<std::string> ReadRange(const std::string& path, int64_t offset, size_t bytes) override;
  Status Rename(const std::string& from, const std::string& to) override;
  Status Remove(const std::string& path) override;
  Status RemoveTree(const std::string& path) override;
  Result<std::vector<DirectoryEntry>> List(const std::string& path) override;
  Status SyncDirectory(const std::string& path) override;

 private:
  friend class MemoryFile;
  struct Inode {
    bool is_directory = false;
    std::string content, durable;
    std::vector<bool> dirty;  // By sector: written since the last sync.
    bool is_resized = false;  // Since the last sync.
    bool is_torn = false;
  };
  using Entries = std::map<std::string, std::shared_ptr<Inode>>;
  /// A change of names that is not synced.
  struct Renaming {
    std::string from, to;          // Only `from`: removed. Only `to`: made.
    std::shared_ptr<Inode> inode;  // Of a file that was made.
  };

  void MakeRoot();
  bool Chance(unsigned percent) { return random_() % 100 < percent; }
  int Judge(DiskCall call, const std::string& path);
  Status Finish(DiskCall call, int error, const std::string& path) const;
  Result<std::shared_ptr<Inode>> Find(const std::string& path, DiskCall call) const;
  void Persist(Inode& inode, unsigned percent);
  bool Resize(Inode& inode, size_t bytes);
  static void Apply(const Renaming& renaming, Entries& entries);
  void Change(Renaming renaming);

  std::mt19937_64& random_;
  DiskEvents* events_ = nullptr;
  int64_t capacity_ = std::numeric_limits<int64_t>::max();
  int64_t used_ = 0;
  Entries entries_, durable_entries_;
  std::vector<Renaming> renamings_;
};

}  // namespace weir::buffer
