// SPDX-License-Identifier: Apache-2.0
#include "query/sql/store_files.h"

#include <arrow/buffer.h>
#include <fmt/format.h>

#include <cstring>
#include <string_view>

#include "query/sql/raise.h"
#include "query/sql/session.h"

#include <duckdb/common/file_opener.hpp>

namespace weir::query::sql {
namespace {

constexpr std::string_view kScheme = kStoreScheme;

[[noreturn]] void Refuse(const std::string& path) {
  Raise(Error(ErrorKind::kBadRequest,
              fmt::format("{} can't be read here: queries read Weir's tables alone", path)));
}

/// One open file. One thread.
class StoreFile final : public duckdb::FileHandle {
 public:
  StoreFile(StoreFiles& files, const duckdb::string& its_path, duckdb::FileOpenFlags its_flags,
            Session& its_session, Session::Opened opened)
      : FileHandle(files, its_path, its_flags),
        session(its_session),
        bytes(opened.bytes),
        content(std::move(opened.content)) {}
  void Close() override {}

  std::string_view store_path() const { return std::string_view(path).substr(kScheme.size()); }

  Session& session;  // Outlives the query's handles.
  const int64_t bytes;
  const TailFiles::Bytes content;  // Null: it is in the store.
  int64_t position = 0;
};

StoreFile& Of(duckdb::FileHandle& handle) { return static_cast<StoreFile&>(handle); }

void ReadContent(const StoreFile& file, void* buffer, int64_t bytes, duckdb::idx_t location) {
  const auto begin = static_cast<int64_t>(location);
  if (begin > file.bytes || bytes > file.bytes - begin) {
    file.session.Fail(
        Error(ErrorKind::kInternal, fmt::format("read {} bytes of {} from {}: it has but {}", bytes,
                                                file.store_path(), begin, file.bytes)));
  }
  std::memcpy(buffer, file.content->data() + begin, static_cast<size_t>(bytes));
}

}  // namespace

duckdb::unique_ptr<duckdb::FileHandle> StoreFiles::OpenFile(
    const duckdb::string& path, duckdb::FileOpenFlags flags,
    duckdb::optional_ptr<duckdb::FileOpener> opener) {
  auto context = duckdb::FileOpener::TryGetClientContext(opener);
  Session* session = context == nullptr ? nullptr : Session::Of(*context);
  if (session == nullptr || !path.starts_with(kScheme) || flags.OpenForWriting()) Refuse(path);
  auto opened = session->Open(path.substr(kScheme.size()));
  if (!opened.ok()) session->Fail(opened.status());
  if (!*opened) Refuse(path);
  return duckdb::make_uniq<StoreFile>(*this, path, flags, *session, **std::move(opened));
}

void StoreFiles::Read(duckdb::FileHandle& handle, void* buffer, int64_t bytes,
                      duckdb::idx_t location) {
  StoreFile& file = Of(handle);
  if (file.content != nullptr) return ReadContent(file, buffer, bytes, location);
  const auto part = store_.ReadRange(file.store_path(), static_cast<int64_t>(location), bytes);
  if (!part.ok()) {
    const bool is_gone = KindOf(part.status()) == ErrorKind::kNotFound;
    file.session.Fail(
        Error(is_gone ? ErrorKind::kRetryLater : KindOf(part.status()),
              fmt::format("{}{}", part.status().message(),
                          is_gone ? "; it was deleted while the query ran: ask again" : "")));
  }
  if (std::ssize(*part) != bytes) {
    file.session.Fail(
        Error(ErrorKind::kInternal, fmt::format("read {} bytes of {} from {}: it has but {}", bytes,
                                                file.store_path(), location, part->size())));
  }
  std::memcpy(buffer, part->data(), part->size());
  file.session.CountRead(bytes);
}

int64_t StoreFiles::Read(duckdb::FileHandle& handle, void* buffer, int64_t bytes) {
  StoreFile& file = Of(handle);
  const int64_t count = std::min(bytes, file.bytes - file.position);
  if (count <= 0) return 0;
  Read(handle, buffer, count, static_cast<duckdb::idx_t>(file.position));
  file.position += count;
  return count;
}

int64_t StoreFiles::GetFileSize(duckdb::FileHandle& handle) { return Of(handle).bytes; }

// Files never change under their path.
duckdb::timestamp_t StoreFiles::GetLastModifiedTime(duckdb::FileHandle&) {
  return duckdb::timestamp_t(0);
}
duckdb::string StoreFiles::GetVersionTag(duckdb::FileHandle& handle) { return Of(handle).path; }

duckdb::FileType StoreFiles::GetFileType(duckdb::FileHandle&) {
  return duckdb::FileType::FILE_TYPE_REGULAR;
}

void StoreFiles::Seek(duckdb::FileHandle& handle, duckdb::idx_t location) {
  Of(handle).position = static_cast<int64_t>(location);
}

duckdb::idx_t StoreFiles::SeekPosition(duckdb::FileHandle& handle) {
  return static_cast<duckdb::idx_t>(Of(handle).position);
}

duckdb::vector<duckdb::OpenFileInfo> StoreFiles::Glob(const duckdb::string& path,
                                                      duckdb::FileOpener*) {
  Refuse(path);
}

}  // namespace weir::query::sql
