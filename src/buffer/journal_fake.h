// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: a folder for journals, requests, segments in memory, and a disk that is full on
// command.

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

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
    const Status read =
        ReadJournal({7, JournalDirectory(path_, 7)}, path_ + "/quarantine", [&](Frame frame) {
          found.emplace_back(frame.sequence, frame.request.body);
          return Status::OK();
        });
    EXPECT_TRUE(read.ok()) << read.ToString();
    return found;
  }

 private:
  std::string path_;
};

inline signal::ExportRequest RequestOf(std::string body) {
  return {.received_unix_nano = 1'000, .body = std::move(body)};
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

/// A journal writer in a folder of its own whose next syncs may be told to fail.
class JournalFixture : public testing::Test {
 protected:
  int Sync(int fd) {
    ++syncs_;
    if (failing_syncs_ == 0) return ::fdatasync(fd);
    --failing_syncs_;
    errno = EIO;
    return -1;
  }
  Status Append(uint64_t sequence, const std::string& body) {
    const signal::ExportRequest request = RequestOf(body);
    return writer_->Append({{sequence, &request}});
  }

  JournalFolder folder_;
  int syncs_ = 0;
  int failing_syncs_ = 0;
  std::unique_ptr<JournalWriter> writer_;
};

}  // namespace weir::buffer
