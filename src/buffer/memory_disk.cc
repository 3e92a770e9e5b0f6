// SPDX-License-Identifier: Apache-2.0
#include "buffer/memory_disk.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/check.h"

namespace weir::buffer {
namespace {

Status Failed(DiskCall call, const std::string& path, int error) {
  return Error(error == ENOENT ? ErrorKind::kNotFound : ErrorKind::kRetryLater,
               fmt::format("memory disk: call {} {}: {}", static_cast<int>(call), path,
                           std::strerror(error)));
}

bool IsIn(const std::string& path, const std::string& directory) {
  return ParentOf(path) == directory;
}

}  // namespace

class MemoryFile final : public File {
 public:
  MemoryFile(MemoryDisk& disk, std::shared_ptr<MemoryDisk::Inode> inode, std::string path)
      : disk_(disk), inode_(std::move(inode)), path_(std::move(path)) {}

  Result<int64_t> Write(std::span<const iovec> pieces, int64_t offset) override {
    std::string bytes;
    for (const iovec& piece : pieces) {
      bytes.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
    }
    const int error = disk_.Judge(DiskCall::kWrite, path_);
    // A write that fails may have done a part of its work, as a short one.
    const bool is_short = error != 0 || (disk_.events_ != nullptr && disk_.events_->IsShort());
    // A process that ends before it writes the rest leaves a torn tail, power or not.
    if (is_short) inode_->is_torn = true;
    if (is_short) bytes.resize(disk_.random_() % (bytes.size() + 1));
    if (error == 0 && bytes.empty()) bytes.resize(1, FirstByte(pieces));
    const auto at = static_cast<size_t>(offset);
    const bool fits = disk_.Resize(*inode_, std::max(inode_->content.size(), at + bytes.size()));
    if (fits && !bytes.empty()) {
      inode_->content.replace(at, bytes.size(), bytes);
      for (size_t i = at / MemoryDisk::kSectorBytes;
           i <= (at + bytes.size() - 1) / MemoryDisk::kSectorBytes; ++i) {
        inode_->dirty[i] = true;
      }
    }
    TRY(disk_.Finish(DiskCall::kWrite, error != 0 || fits ? error : ENOSPC, path_));
    return static_cast<int64_t>(bytes.size());
  }

  Status Allocate(int64_t bytes) override {
    int error = disk_.Judge(DiskCall::kAllocate, path_);
    const size_t wanted = std::max(inode_->content.size(), static_cast<size_t>(bytes));
    if (error == 0 && !disk_.Resize(*inode_, wanted)) error = ENOSPC;
    return disk_.Finish(DiskCall::kAllocate, error, path_);
  }

  Status Truncate(int64_t bytes) override {
    const int error = disk_.Judge(DiskCall::kTruncate, path_);
    if (error == 0) disk_.Resize(*inode_, static_cast<size_t>(bytes));
    return disk_.Finish(DiskCall::kTruncate, error, path_);
  }

  Status SyncData() override { return SyncAs(DiskCall::kSyncData); }
  Status Sync() override { return SyncAs(DiskCall::kSync); }

 private:
  Status SyncAs(DiskCall call) {
    const int error = disk_.Judge(call, path_);
    disk_.Persist(*inode_, error == 0 ? 100 : static_cast<unsigned>(disk_.random_() % 101));
    if (error != 0) Forget();
    std::fill(inode_->dirty.begin(), inode_->dirty.end(), false);
    if (error == 0) inode_->is_resized = false;
    return disk_.Finish(call, error, path_);
  }

  static char FirstByte(std::span<const iovec> pieces) {
    for (const iovec& piece : pieces) {
      if (piece.iov_len > 0) return *static_cast<const char*>(piece.iov_base);
    }
    return '\0';
  }

  /// A sync failed: the pages count as clean from now on, whether or not they are on disk; they
  /// stay readable, or what is on disk is read again.
  void Forget() {
    inode_->is_torn = true;
    if (!disk_.Chance(50)) return;
    for (size_t i = 0; i < inode_->dirty.size(); ++i) {
      if (!inode_->dirty[i]) continue;
      const size_t at = i * MemoryDisk::kSectorBytes;
      std::string sector = at < inode_->durable.size()
                               ? inode_->durable.substr(at, MemoryDisk::kSectorBytes)
                               : std::string();
      sector.resize(std::min(MemoryDisk::kSectorBytes, inode_->content.size() - at), '\0');
      inode_->content.replace(at, sector.size(), sector);
    }
  }

  MemoryDisk& disk_;
  const std::shared_ptr<MemoryDisk::Inode> inode_;
  const std::string path_;
};

void MemoryDisk::MakeRoot() {
  const auto root = std::make_shared<Inode>();
  root->is_directory = true;
  entries_["/"] = durable_entries_["/"] = root;
}

int MemoryDisk::Judge(DiskCall call, const std::string& path) {
  return events_ == nullptr ? 0 : events_->Before(call, path);
}

Status MemoryDisk::Finish(DiskCall call, int error, const std::string& path) const {
  if (error != 0) return Failed(call, path, error);
  if (events_ != nullptr) events_->After(call);
  return Status::OK();
}

Result<std::shared_ptr<MemoryDisk::Inode>> MemoryDisk::Find(const std::string& path,
                                                            DiskCall call) const {
  const auto found = entries_.find(path);
  if (found == entries_.end()) return Failed(call, path, ENOENT);
  return found->second;
}

/// Brings each dirty sector, and the size, to disk with a chance.
void MemoryDisk::Persist(Inode& inode, unsigned percent) {
  if (inode.is_resized && Chance(percent)) inode.durable.resize(inode.content.size());
  for (size_t i = 0; i < inode.dirty.size(); ++i) {
    const size_t at = i * kSectorBytes, end = std::min(inode.content.size(), inode.durable.size());
    if (!inode.dirty[i] || at >= end || !Chance(percent)) continue;
    const size_t bytes = std::min(kSectorBytes, end - at);
    inode.durable.replace(at, bytes, inode.content, at, bytes);
  }
}

bool MemoryDisk::Resize(Inode& inode, size_t bytes) {
  const int64_t grown = static_cast<int64_t>(bytes) - static_cast<int64_t>(inode.content.size());
  if (grown > 0 && used_ + grown > capacity_) return false;
  used_ += grown;
  if (grown != 0) inode.is_resized = true;
  inode.content.resize(bytes);
  inode.dirty.resize((bytes + kSectorBytes - 1) / kSectorBytes);
  return true;
}

void MemoryDisk::Apply(const Renaming& renaming, Entries& entries) {
  auto inode = renaming.inode;
  if (!renaming.from.empty()) {
    const auto found = entries.find(renaming.from);
    if (found == entries.end()) return;
    inode = found->second;
    entries.erase(found);
  }
  if (!renaming.to.empty()) entries[renaming.to] = inode;
}

void MemoryDisk::Change(Renaming renaming) {
  Apply(renaming, entries_);
  renamings_.push_back(std::move(renaming));
}

void MemoryDisk::LosePower() {
  const auto percent = static_cast<unsigned>(random_() % 3 * 50);  // All lost, half of it, nothing.
  for (const Renaming& renaming : renamings_) {
    if (Chance(percent)) {
      Apply(renaming, durable_entries_);
    } else if (!renaming.from.empty()) {
      const auto stays = durable_entries_.find(renaming.from);
      if (stays != durable_entries_.end()) stays->second->is_torn = true;
    }
  }
  renamings_.clear();
  std::erase_if(durable_entries_, [&](const auto& entry) {
    return entry.first != "/" && !durable_entries_.contains(ParentOf(entry.first));
  });
  entries_ = durable_entries_;
  used_ = 0;
  for (const auto& [path, inode] : entries_) {
    Persist(*inode, percent);
    if (inode->durable != inode->content) inode->is_torn = true;
    inode->content = inode->durable;
    inode->dirty.assign((inode->content.size() + kSectorBytes - 1) / kSectorBytes, false);
    inode->is_resized = false;
    used_ += static_cast<int64_t>(inode->content.size());
  }
}

bool MemoryDisk::IsTorn(const std::string& path) const { return entries_.at(path)->is_torn; }

bool MemoryDisk::IsDurable(const std::string& path) const {
  const Inode& inode = *entries_.at(path);
  return inode.content == inode.durable;
}

void MemoryDisk::FlipBit(const std::string& path, size_t bit) {
  Inode& inode = *entries_.at(path);
  for (std::string* bytes : {&inode.content, &inode.durable}) {
    bytes->at(bit / 8) = static_cast<char>(bytes->at(bit / 8) ^ (1 << bit % 8));
  }
}

std::vector<std::string> MemoryDisk::Files() const {
  std::vector<std::string> files;
  for (const auto& [path, inode] : entries_) {
    if (!inode->is_directory) files.push_back(path);
  }
  return files;
}

const std::string& MemoryDisk::ContentOf(const std::string& path) const {
  return entries_.at(path)->content;
}

Status MemoryDisk::MakeDirectory(const std::string& path) {
  int error = Judge(DiskCall::kMakeDirectory, path);
  const bool is_there = entries_.contains(path);
  if (error == 0 && !entries_.contains(ParentOf(path))) error = ENOENT;
  if (error == 0 && !is_there) {
    const auto inode = std::make_shared<Inode>();
    inode->is_directory = true;
    Change({.to = path, .inode = inode});
  }
  return Finish(DiskCall::kMakeDirectory, error, path);
}

Result<std::unique_ptr<File>> MemoryDisk::Create(const std::string& path) {
  int error = Judge(DiskCall::kCreate, path);
  if (error == 0 && !entries_.contains(ParentOf(path))) error = ENOENT;
  if (error == 0 && entries_.contains(path)) error = EEXIST;
  const auto inode = std::make_shared<Inode>();
  if (error == 0) Change({.to = path, .inode = inode});
  TRY(Finish(DiskCall::kCreate, error, path));
  return std::make_unique<MemoryFile>(*this, inode, path);
}

Result<std::unique_ptr<File>> MemoryDisk::Open(const std::string& path) {
  const int error = Judge(DiskCall::kOpen, path);
  TRY(Finish(DiskCall::kOpen, error, path));
  auto inode = TRY(Find(path, DiskCall::kOpen));
  return std::make_unique<MemoryFile>(*this, std::move(inode), path);
}

Result<std::string> MemoryDisk::Read(const std::string& path) {
  const int error = Judge(DiskCall::kRead, path);
  TRY(Finish(DiskCall::kRead, error, path));
  const auto inode = TRY(Find(path, DiskCall::kRead));
  return inode->content;
}

Result<std::string> MemoryDisk::ReadRange(const std::string& path, int64_t offset, size_t bytes) {
  const std::string whole = TRY(Read(path));
  const auto from = static_cast<size_t>(offset);
  return from < whole.size() ? whole.substr(from, bytes) : std::string();
}

Status MemoryDisk::Rename(const std::string& from, const std::string& to) {
  int error = Judge(DiskCall::kRename, from);
  if (error == 0 && !entries_.contains(from)) error = ENOENT;
  if (error == 0) Change({.from = from, .to = to});
  return Finish(DiskCall::kRename, error, from);
}

Status MemoryDisk::Remove(const std::string& path) {
  int error = Judge(DiskCall::kRemove, path);
  const auto found = entries_.find(path);
  if (error == 0 && found == entries_.end()) error = ENOENT;
  if (error == 0) {
    used_ -= static_cast<int64_t>(found->second->content.size());
    Change({.from = path});
  }
  return Finish(DiskCall::kRemove, error, path);
}

Status MemoryDisk::RemoveTree(const std::string& path) {
  if (!entries_.contains(path)) return Status::OK();
  std::vector<std::string> inside;
  for (auto it = entries_.upper_bound(path); it != entries_.end(); ++it) {
    if (it->first.starts_with(path + "/")) inside.push_back(it->first);
  }
  // What stands deeper sorts later.
  for (auto it = inside.rbegin(); it != inside.rend(); ++it) TRY(Remove(*it));
  return Remove(path);
}

Result<std::vector<DirectoryEntry>> MemoryDisk::List(const std::string& path) {
  const int error = Judge(DiskCall::kList, path);
  TRY(Finish(DiskCall::kList, error, path));
  TRY(Find(path, DiskCall::kList).status());
  std::vector<DirectoryEntry> entries;
  for (auto it = entries_.upper_bound(path); it != entries_.end(); ++it) {
    if (IsIn(it->first, path)) {
      entries.push_back(
          {it->first.substr(it->first.find_last_of('/') + 1), it->second->is_directory});
    }
  }
  return entries;
}

Status MemoryDisk::SyncDirectory(const std::string& path) {
  int error = Judge(DiskCall::kSyncDirectory, path);
  if (error == 0 && !entries_.contains(path)) error = ENOENT;
  if (error == 0) {
    std::erase_if(renamings_, [&](const Renaming& renaming) {
      const bool is_inside = IsIn(renaming.from.empty() ? renaming.to : renaming.from, path);
      if (is_inside) Apply(renaming, durable_entries_);
      return is_inside;
    });
  }
  return Finish(DiskCall::kSyncDirectory, error, path);
}

}  // namespace weir::buffer
