// SPDX-License-Identifier: Apache-2.0
#include "store/local_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>

#include "base/ids.h"

namespace weir::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kAsideSuffix = ".tmp";

Status Failed(std::string_view verb, std::string_view path, int error) {
  const ErrorKind kind = error == ENOENT ? ErrorKind::kNotFound : ErrorKind::kRetryLater;
  return Error(kind, fmt::format("{} {}: {}", verb, path, std::strerror(error)));
}

/// Closes its descriptor when it goes.
class File {
 public:
  File(const std::string& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  const int fd_;
};

Status WriteAll(const File& file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.fd(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("write", path, errno);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return Status::OK();
}

Status SyncDirectory(const std::string& directory) {
  const File file(directory, O_RDONLY | O_DIRECTORY);
  if (!file.is_open() || ::fsync(file.fd()) != 0) return Failed("sync", directory, errno);
  return Status::OK();
}

/// Makes the directory and syncs every parent that gained an entry.
Status MakeDirectories(const fs::path& directory) {
  std::error_code error;
  if (fs::is_directory(directory, error)) return Status::OK();
  TRY(MakeDirectories(directory.parent_path()));
  if (!fs::create_directory(directory, error) && error) {
    return Failed("make directory", directory.string(), error.value());
  }
  return SyncDirectory(directory.parent_path().string());
}

/// A synced file beside `target`, of what `write` writes into it. Returns its path; where that
/// fails there is none.
Result<std::string> WriteAside(
    const std::string& target,
    const std::function<Status(const File& file, const std::string& path)>& write) {
  const fs::path path(target);
  TRY(MakeDirectories(path.parent_path()));
  // A leading dot keeps half-written files out of every engine's listing.
  std::string aside = (path.parent_path() / ("." + path.filename().string())).string() + "." +
                      NewUuid() + std::string(kAsideSuffix);
  const File file(aside, O_WRONLY | O_CREAT | O_EXCL);
  if (!file.is_open()) return Failed("create", aside, errno);
  Status written = write(file, aside);
  if (written.ok() && ::fsync(file.fd()) != 0) written = Failed("sync", aside, errno);
  if (!written.ok()) {
    ::unlink(aside.c_str());
    return written;
  }
  return aside;
}

Result<std::string> WriteAside(const std::string& target, std::string_view bytes) {
  return WriteAside(target, [bytes](const File& file, const std::string& path) {
    return WriteAll(file, bytes, path);
  });
}

/// Puts what was written aside in the place of what is there.
Status NameAside(const std::string& aside, const std::string& target) {
  if (::rename(aside.c_str(), target.c_str()) != 0) {
    const int error = errno;
    ::unlink(aside.c_str());
    return Failed("rename", target, error);
  }
  return SyncDirectory(fs::path(target).parent_path().string());
}

}  // namespace

Result<std::unique_ptr<LocalStore>> LocalStore::Open(const std::string& root) {
  std::error_code error;
  const fs::path absolute = fs::absolute(root, error).lexically_normal();
  const Status made = MakeDirectories(absolute.has_filename() ? absolute : absolute.parent_path());
  if (!made.ok()) return Error(ErrorKind::kBadRequest, "data directory " + made.message());
  return std::unique_ptr<LocalStore>(
      new LocalStore(fs::canonical(absolute).string()));  // lint-ok: private constructor
}

Result<std::string> LocalStore::Resolve(std::string_view path) const {
  const fs::path relative(path);
  const bool escapes = relative.is_absolute() ||
                       std::ranges::any_of(relative, [](const auto& part) { return part == ".."; });
  // A NUL would end the name early for the system, and name another object.
  if (escapes || path.empty() || path.find('\0') != std::string_view::npos) {
    return Error(ErrorKind::kInternal, fmt::format("object path {} leaves the store", path));
  }
  return root_ + "/" + std::string(path);
}

Status LocalStore::Put(std::string_view path, std::string_view bytes) {
  const std::string target = TRY(Resolve(path));
  const std::string aside = TRY(WriteAside(target, bytes));
  return NameAside(aside, target);
}

Status LocalStore::PutPieces(std::string_view path,
                             const std::function<Result<std::string>()>& next) {
  const std::string target = TRY(Resolve(path));
  const auto write = [&next](const File& file, const std::string& name) -> Status {
    while (true) {
      const std::string piece = TRY(next());
      if (piece.empty()) return Status::OK();
      TRY(WriteAll(file, piece, name));
    }
  };
  const std::string aside = TRY(WriteAside(target, write));
  return NameAside(aside, target);
}

Status LocalStore::PutIfAbsent(std::string_view path, std::string_view bytes) {
  const std::string target = TRY(Resolve(path));
  const std::string aside = TRY(WriteAside(target, bytes));
  // link() fails on an existing name, which rename() would replace.
  const int linked = ::link(aside.c_str(), target.c_str());
  const int error = errno;
  ::unlink(aside.c_str());
  if (linked != 0 && error == EEXIST) {
    return Error(ErrorKind::kConflict, fmt::format("put {}: it exists already", path));
  }
  if (linked != 0) return Failed("link", target, error);
  return SyncDirectory(fs::path(target).parent_path().string());
}

Result<std::string> LocalStore::Read(std::string_view path) const {
  const std::optional<int64_t> size = TRY(Head(path));
  if (!size) return Error(ErrorKind::kNotFound, fmt::format("read {}: no such object", path));
  return ReadRange(path, 0, *size);
}

Result<std::string> LocalStore::ReadRange(std::string_view path, int64_t offset,
                                          int64_t length) const {
  const std::string target = TRY(Resolve(path));
  const File file(target, O_RDONLY);
  if (!file.is_open()) return Failed("open", target, errno);
  std::string bytes(static_cast<size_t>(length), '\0');
  size_t used = 0;
  while (used < bytes.size()) {
    const ssize_t got = ::pread(file.fd(), bytes.data() + used, bytes.size() - used,
                                offset + static_cast<int64_t>(used));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failed("read", target, errno);
    if (got == 0) break;
    used += static_cast<size_t>(got);
  }
  bytes.resize(used);
  return bytes;
}

Result<std::optional<int64_t>> LocalStore::Head(std::string_view path) const {
  const std::string target = TRY(Resolve(path));
  struct stat found = {};
  if (::stat(target.c_str(), &found) == 0) return std::optional<int64_t>(found.st_size);
  if (errno == ENOENT || errno == ENOTDIR) return std::optional<int64_t>();
  return Failed("look at", target, errno);
}

Result<std::optional<int64_t>> LocalStore::ModifiedMs(std::string_view path) const {
  const std::string target = TRY(Resolve(path));
  struct stat found = {};
  if (::stat(target.c_str(), &found) != 0) return std::optional<int64_t>();
  const timespec& time = found.st_mtim;
  return std::optional<int64_t>(int64_t{time.tv_sec} * 1000 + time.tv_nsec / 1'000'000);
}

Result<std::vector<std::string>> LocalStore::List(std::string_view prefix) const {
  return ListFiles(prefix, false);
}

Result<std::vector<std::string>> LocalStore::ListUnfinished(std::string_view prefix) const {
  return ListFiles(prefix, true);
}

Result<std::vector<std::string>> LocalStore::ListFiles(std::string_view prefix,
                                                       bool unfinished) const {
  const std::string top = TRY(Resolve(prefix));
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(top, error), end; !error && entry != end;
       entry.increment(error)) {
    const bool is_aside = entry->path().extension() == kAsideSuffix;
    // An error of its own: a file deleted meanwhile must not end the listing.
    std::error_code gone;
    if (entry->is_regular_file(gone) && is_aside == unfinished) {
      paths.push_back(entry->path().string().substr(root_.size() + 1));
    }
  }
  const bool is_nothing = error.value() == ENOENT || error.value() == ENOTDIR;
  if (error && !is_nothing) return Failed("list", top, error.value());
  std::ranges::sort(paths);
  return paths;
}

Status LocalStore::Delete(std::string_view path) {
  const std::string target = TRY(Resolve(path));
  if (::unlink(target.c_str()) != 0 && errno != ENOENT) return Failed("delete", target, errno);
  return Status::OK();
}

std::string LocalStore::Uri(std::string_view path) const {
  std::string uri = "file://";
  for (unsigned char c : root_ + "/" + std::string(path)) {
    const bool plain = std::isalnum(c) || std::strchr("/-_.~=+:,@", c) != nullptr;
    uri += plain ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  }
  return uri;
}

}  // namespace weir::store
