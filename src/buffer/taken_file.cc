// SPDX-License-Identifier: Apache-2.0
#include "buffer/taken_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "base/log.h"
#include "buffer/xxh3.h"

namespace weir::buffer {
namespace {

constexpr uint64_t kMagic = 0x314e4b5452494557;  // "WEIRTKN1"
constexpr size_t kHeadBytes = 24, kRequestBytes = 32;
constexpr std::string_view kUnfinished = ".new";
static_assert(sizeof(TakenRequest) == kRequestBytes, "written as it lies in memory");

std::string Encode(std::span<const TakenRequest> taken) {
  std::string bytes(kHeadBytes + taken.size_bytes(), '\0');
  if (!taken.empty()) std::memcpy(bytes.data() + kHeadBytes, taken.data(), taken.size_bytes());
  const uint64_t head[] = {kMagic, taken.size(),
                           XXH3_64bits(bytes.data() + kHeadBytes, taken.size_bytes())};
  std::memcpy(bytes.data(), head, sizeof head);
  return bytes;
}

/// Nothing where `bytes` are not whole and sound.
std::optional<std::vector<TakenRequest>> Decode(const std::string& bytes) {
  uint64_t head[3];
  static_assert(sizeof head == kHeadBytes);
  if (bytes.size() < kHeadBytes) return std::nullopt;
  std::memcpy(head, bytes.data(), kHeadBytes);
  const size_t rest = bytes.size() - kHeadBytes;
  const bool is_sound = head[0] == kMagic && rest % kRequestBytes == 0 &&
                        head[1] == rest / kRequestBytes &&
                        head[2] == XXH3_64bits(bytes.data() + kHeadBytes, rest);
  if (!is_sound) return std::nullopt;
  std::vector<TakenRequest> taken(head[1]);
  if (rest > 0) std::memcpy(taken.data(), bytes.data() + kHeadBytes, rest);
  return taken;
}

Status WriteSynced(Disk& disk, const std::string& path, const std::string& bytes) {
  Ignore(disk.Remove(path), "one is there where an earlier attempt ended in the middle");
  const std::unique_ptr<File> file = TRY(disk.Create(path));
  int64_t end = 0;
  TRY(WriteAll(*file, {Piece(bytes)}, end));
  return file->Sync();
}

}  // namespace

std::string TakenDirectory(const std::string& journal_root) { return journal_root + "/taken"; }

std::string TakenPath(const std::string& directory, uint32_t writer, uint64_t first_sequence) {
  return fmt::format("{}/{:08}-{:016x}", directory, writer, first_sequence);
}

Status WriteTaken(Disk& disk, const std::string& path, std::span<const TakenRequest> taken) {
  TRY(MakeDirectories(disk, ParentOf(path)));
  const std::string unfinished = path + std::string(kUnfinished);
  TRY(WriteSynced(disk, unfinished, Encode(taken)));
  TRY(disk.Rename(unfinished, path));
  return disk.SyncDirectory(ParentOf(path));
}

void ReadTaken(Disk& disk, const std::string& directory, int64_t since_unix_nano,
               const std::function<void(const TakenRequest&)>& on_taken) {
  const auto is_recent = [&](const TakenRequest& request) {
    return request.received_unix_nano >= since_unix_nano;
  };
  const auto files = disk.List(directory);
  if (!files.ok()) {
    if (KindOf(files.status()) == ErrorKind::kNotFound) return;  // None was written yet.
    log::Error("files of taken requests can't be listed", {{"error", files.status().message()}});
    return;
  }
  // The names may be those of a process that died before it synced them; what is found here is not
  // noted again.
  const Status synced = disk.SyncDirectory(directory);
  if (!synced.ok()) log::Error("names of files not synced", {{"error", synced.message()}});
  for (const DirectoryEntry& entry : *files) {
    const std::string path = directory + "/" + entry.name;
    if (entry.name.ends_with(kUnfinished)) {
      Ignore(disk.Remove(path), "its requests are in a journal still");
      continue;
    }
    const auto bytes = disk.Read(path);
    const auto taken = bytes.ok() ? Decode(*bytes) : std::nullopt;
    if (!taken) {
      log::Error("file of taken requests can't be read", {{"path", path}});
      continue;
    }
    if (std::ranges::none_of(*taken, is_recent)) {
      Ignore(disk.Remove(path), "it is tried again at the next start");
    }
    for (const TakenRequest& request : *taken) {
      if (is_recent(request)) on_taken(request);
    }
  }
}

}  // namespace weir::buffer
