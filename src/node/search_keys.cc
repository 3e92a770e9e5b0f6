// SPDX-License-Identifier: Apache-2.0
#include "node/search_keys.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "base/log.h"

namespace weir::node {
namespace {

constexpr int64_t kSaveEverySeconds = 60;

int64_t SecondsOf(const Clock& clock) { return clock.UnixNano() / 1'000'000'000; }

}  // namespace

SearchKeys::SearchKeys(std::string path, const Clock& clock)
    : path_(std::move(path)), clock_(clock), saved_unix_s_(SecondsOf(clock)) {
  std::ifstream file(path_, std::ios::binary);
  if (!file) return;
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const Status loaded = catalogue_.Load(text);
  if (!loaded.ok()) {
    log::Warn("suggestions begin anew", {{"file", path_}, {"error", loaded.message()}});
  }
}

void SearchKeys::Observe(signal::RowColumns& rows) {
  catalogue_.Observe(rows);
  const int64_t now = SecondsOf(clock_);
  int64_t saved = saved_unix_s_;
  // One of several threads saves.
  const bool is_due = now < saved || now - saved >= kSaveEverySeconds;
  if (is_due && saved_unix_s_.compare_exchange_strong(saved, now)) Save();
}

void SearchKeys::Save() {
  catalogue_.Age(SecondsOf(clock_));
  const Status written = Write();
  if (!written.ok()) log::Warn("suggestions were not saved", {{"error", written.message()}});
}

Status SearchKeys::Forget() {
  catalogue_.Clear();
  return Write();
}

Status SearchKeys::Write() {
  const std::lock_guard lock(write_mutex_);
  const std::string next = path_ + ".new";
  std::error_code failed;
  {
    std::ofstream file(next, std::ios::binary | std::ios::trunc);
    file << catalogue_.ToText();
    file.close();
    if (!file) failed = std::make_error_code(std::errc::io_error);
  }
  if (!failed) std::filesystem::rename(next, path_, failed);
  if (!failed) return Status::OK();
  return Error(ErrorKind::kInternal, fmt::format("write {}: {}", path_, failed.message()));
}

}  // namespace weir::node
