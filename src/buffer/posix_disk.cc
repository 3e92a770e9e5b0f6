// SPDX-License-Identifier: Apache-2.0
// The machine's disk by system calls.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "buffer/disk.h"

namespace weir::buffer {
namespace {

namespace fs = std::filesystem;

Status Failed(std::string_view verb, const std::string& path, int error) {
  return Error(error == ENOENT ? ErrorKind::kNotFound : ErrorKind::kRetryLater,
               fmt::format("journal: {} {}: {}", verb, path, std::strerror(error)));
}

/// OK where a system call returned 0.
Status Check(int returned, std::string_view verb, const std::string& path) {
  return returned == 0 ? Status::OK() : Failed(verb, path, errno);
}

class PosixFile final : public File {
 public:
  PosixFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  ~PosixFile() override { ::close(fd_); }
  PosixFile(const PosixFile&) = delete;

  Result<int64_t> Write(std::span<const iovec> pieces, int64_t offset) override {
    while (true) {
      const ssize_t written =
          ::pwritev(fd_, pieces.data(), static_cast<int>(pieces.size()), offset);
      if (written >= 0) return static_cast<int64_t>(written);
      if (errno != EINTR) return Failed("write", path_, errno);
    }
  }
  Status Allocate(int64_t bytes) override {
    const int error = ::posix_fallocate(fd_, 0, bytes);
    return error == 0 ? Status::OK() : Failed("take space for", path_, error);
  }
  Status Truncate(int64_t bytes) override { return Check(::ftruncate(fd_, bytes), "cut", path_); }
  Status SyncData() override { return Check(::fdatasync(fd_), "sync", path_); }
  Status Sync() override { return Check(::fsync(fd_), "sync", path_); }

 private:
  const int fd_;
  const std::string path_;
};

class Machine final : public Disk {
 public:
  Status MakeDirectory(const std::string& path) override {
    const Status made = Check(::mkdir(path.c_str(), 0755), "make directory", path);
    return made.ok() || !fs::is_directory(path) ? made : Status::OK();
  }
  Result<std::unique_ptr<File>> Create(const std::string& path) override {
    return OpenFile(path, O_CREAT | O_EXCL, "create");
  }
  Result<std::unique_ptr<File>> Open(const std::string& path) override {
    return OpenFile(path, 0, "open");
  }
  Result<std::string> Read(const std::string& path) override {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    std::string bytes(file ? static_cast<size_t>(file.tellg()) : 0, '\0');
    file.seekg(0);
    if (file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) return bytes;
    return Failed("read", path, errno);
  }
  Result<std::string> ReadRange(const std::string& path, int64_t offset, size_t bytes) override {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return Failed("open", path, errno);
    std::string read(bytes, '\0');
    const ssize_t count = ::pread(fd, read.data(), bytes, offset);
    const int error = errno;
    ::close(fd);
    if (count < 0) return Failed("read", path, error);
    read.resize(static_cast<size_t>(count));
    return read;
  }
  Status Rename(const std::string& from, const std::string& to) override {
    return Check(::rename(from.c_str(), to.c_str()), "rename", from);
  }
  Status Remove(const std::string& path) override {
    return Check(::unlink(path.c_str()), "remove", path);
  }
  Status RemoveTree(const std::string& path) override {
    std::error_code error;
    fs::remove_all(path, error);
    return error ? Failed("remove", path, error.value()) : Status::OK();
  }
  Result<std::vector<DirectoryEntry>> List(const std::string& path) override {
    std::vector<DirectoryEntry> entries;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(path, error)) {
      entries.push_back({entry.path().filename().string(), entry.is_directory()});
    }
    if (error) return Failed("list", path, error.value());
    return entries;
  }
  Status SyncDirectory(const std::string& path) override {
    const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return Failed("sync", path, errno);
    const Status synced = Check(::fsync(fd), "sync", path);
    ::close(fd);
    return synced;
  }

 private:
  static Result<std::unique_ptr<File>> OpenFile(const std::string& path, int flags,
                                                std::string_view verb) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, 0644);
    if (fd < 0) return Failed(verb, path, errno);
    return std::make_unique<PosixFile>(fd, path);
  }
};

}  // namespace

Disk& PosixDisk() {
  static Machine machine;
  return machine;
}

}  // namespace weir::buffer
