// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: a folder for journals, requests, segments in memory, and a disk that is full on
// command.

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "buffer/disk.h"
#include "buffer/journal_frame.h"
#include "buffer/journal_reader.h"
#include "buffer/journal_writer.h"
#include "signal/export_request.h"

namespace weir::buffer {

/// Gone with its files when it goes.
class JournalFolder {
 public:
  JournalFolder() {
    std::string pattern = testing::TempDir() + "journal_XXXXXX";
    path_ = mkdtemp(pattern.data());
  }
  ~JournalFolder() { std::filesystem::remove_all(path_); }
  JournalFolder(const JournalFolder&) = delete;

  const std::string& path() const { return path_; }
  /// Names of the segments of writer 7, in order.
  std::vector<std::string> Segments() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(JournalDirectory(path_, 7))) {
      names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
  }
  /// Sequence and body of every frame that reading writer 7's journal gives.
  std::vector<std::pair<uint64_t, std::string>> Requests() const {
    std::vector<std::pair<uint64_t, std::string>> found;
    const auto read =
        ReadJournal({7, JournalDirectory(path_, 7)}, path_ + "/quarantine", [&](Frame frame) {
          found.emplace_back(frame.sequence, frame.request.body);
          return Status::OK();
        });
    EXPECT_TRUE(read.ok()) << read.status().ToString();
    return found;
  }

 private:
  std::string path_;
};

inline signal::ExportRequest RequestOf(std::string body) {
  return {.received_unix_nano = 1'000, .body = std::move(body)};
}

inline JournalEntry EntryOf(uint64_t sequence, const signal::ExportRequest& request) {
  return {sequence, &request, {.key = KeyOf(request)}};
}

inline std::string FrameBytes(const signal::ExportRequest& request, uint64_t sequence) {
  return EncodeFrameHead(request, sequence) + request.body;
}

/// The header of writer 7 and one frame each for `bodies`, sequences from 1.
inline std::string SegmentOf(const std::vector<std::string>& bodies) {
  const auto header = EncodeSegmentHeader({.writer = 7, .first_sequence = 1});
  std::string bytes(header.data(), header.size());
  uint64_t sequence = 0;
  for (const std::string& body : bodies) bytes += FrameBytes(RequestOf(body), ++sequence);
  return bytes;
}

/// While it lives, no file of this process grows past `bytes_max`: what a full disk does to a
/// journal.
class FullDisk {
 public:
  explicit FullDisk(uint64_t bytes_max) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes_max, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FullDisk(const FullDisk&) = delete;

 private:
  rlimit before_ = {};
};

/// The machine's disk; the test is asked at each SyncData whether it goes well.
class AskingDisk final : public Disk {
 public:
  explicit AskingDisk(std::function<bool()> may_sync) : may_sync_(std::move(may_sync)) {}

  Status MakeDirectory(const std::string& path) override { return real_.MakeDirectory(path); }
  Result<std::unique_ptr<File>> Create(const std::string& path) override {
    auto real = TRY(real_.Create(path));
    return std::make_unique<AskingFile>(std::move(real), may_sync_);
  }
  Result<std::unique_ptr<File>> Open(const std::string& path) override {
    auto real = TRY(real_.Open(path));
    return std::make_unique<AskingFile>(std::move(real), may_sync_);
  }
  Result<std::string> Read(const std::string& path) override { return real_.Read(path); }
  Result<std::string> ReadRange(const std::string& path, int64_t offset, size_t bytes) override {
    return real_.ReadRange(path, offset, bytes);
  }
  Status Rename(const std::string& from, const std::string& to) override {
    return real_.Rename(from, to);
  }
  Status Remove(const std::string& path) override { return real_.Remove(path); }
  Status RemoveTree(const std::string& path) override { return real_.RemoveTree(path); }
  Result<std::vector<DirectoryEntry>> List(const std::string& path) override {
    return real_.List(path);
  }
  Status SyncDirectory(const std::string& path) override { return real_.SyncDirectory(path); }

 private:
  class AskingFile final : public File {
   public:
    AskingFile(std::unique_ptr<File> real, const std::function<bool()>& may_sync)
        : real_(std::move(real)), may_sync_(may_sync) {}
    Result<int64_t> Write(std::span<const iovec> pieces, int64_t offset) override {
      return real_->Write(pieces, offset);
    }
    Status Allocate(int64_t bytes) override { return real_->Allocate(bytes); }
    Status Truncate(int64_t bytes) override { return real_->Truncate(bytes); }
    Status SyncData() override {
      return may_sync_() ? real_->SyncData() : Error(ErrorKind::kRetryLater, "sync: told to fail");
    }
    Status Sync() override { return real_->Sync(); }

   private:
    const std::unique_ptr<File> real_;
    const std::function<bool()>& may_sync_;
  };

  Disk& real_ = PosixDisk();
  const std::function<bool()> may_sync_;
};

/// A journal writer in a folder of its own whose next syncs may be told to fail.
class JournalFixture : public testing::Test {
 protected:
  bool Sync() {
    ++syncs_;
    if (failing_syncs_ == 0) return true;
    --failing_syncs_;
    return false;
  }
  Status Append(uint64_t sequence, const std::string& body) {
    const signal::ExportRequest request = RequestOf(body);
    return writer_->Append({EntryOf(sequence, request)});
  }

  JournalFolder folder_;
  int syncs_ = 0;
  int failing_syncs_ = 0;
  AskingDisk disk_{[this] { return Sync(); }};
  std::unique_ptr<JournalWriter> writer_;
};

}  // namespace weir::buffer
