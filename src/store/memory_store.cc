// SPDX-License-Identifier: Apache-2.0
#include "store/memory_store.h"

#include <fmt/format.h>

namespace weir::store {
namespace {

std::string_view NameOf(Verb verb) {
  switch (verb) {
    case Verb::kPut: return "put";
    case Verb::kPutIfAbsent: return "put if absent";
    case Verb::kRead: return "read";
    case Verb::kReadRange: return "read range";
    case Verb::kHead: return "head";
    case Verb::kList: return "list";
    case Verb::kDelete: return "delete";
  }
  return "";
}

}  // namespace

MemoryStore::Verdict MemoryStore::Judge(State& state, Verb verb, std::string_view path) {
  ++state.calls[verb];
  for (Fault& fault : state.faults) {
    if (fault.verb && *fault.verb != verb) continue;
    if (fault.after > 0) {
      --fault.after;
      continue;
    }
    if (fault.count == 0) continue;
    if (fault.count != Fault::kForEver) --fault.count;
    const std::string_view what = fault.is_done ? "answer lost" : "injected fault";
    return {Error(fault.kind, fmt::format("{} {}: {}", NameOf(verb), path, what)), fault.is_done};
  }
  return {};
}

Status MemoryStore::Write(State& state, std::string_view path, std::string_view bytes) {
  const auto old = state.objects.find(path);
  const size_t old_bytes = old == state.objects.end() ? 0 : old->second.size();
  const int64_t used = state.used + static_cast<int64_t>(bytes.size() - old_bytes);
  if (used > state.capacity) {
    return Error(ErrorKind::kRetryLater, fmt::format("write {}: no space left on device", path));
  }
  state.used = used;
  state.objects.insert_or_assign(std::string(path), std::string(bytes));
  return Status::OK();
}

int64_t MemoryStore::CallsOf(Verb verb) const { return state_.Lock()->calls[verb]; }

Status MemoryStore::Put(std::string_view path, std::string_view bytes) {
  auto state = state_.Lock();
  const Verdict verdict = Judge(*state, Verb::kPut, path);
  if (verdict.goes_on) TRY(Write(*state, path, bytes));
  return verdict.failure;
}

Status MemoryStore::PutIfAbsent(std::string_view path, std::string_view bytes) {
  auto state = state_.Lock();
  const Verdict verdict = Judge(*state, Verb::kPutIfAbsent, path);
  if (!verdict.goes_on) return verdict.failure;
  if (state->objects.contains(path)) {
    return Error(ErrorKind::kConflict, fmt::format("put {}: it exists already", path));
  }
  TRY(Write(*state, path, bytes));
  return verdict.failure;
}

Result<std::string> MemoryStore::Read(std::string_view path) const {
  auto state = state_.Lock();
  TRY(Judge(*state, Verb::kRead, path).failure);
  const auto found = state->objects.find(path);
  if (found != state->objects.end()) return found->second;
  return Error(ErrorKind::kNotFound, fmt::format("read {}: no such object", path));
}

Result<std::string> MemoryStore::ReadRange(std::string_view path, int64_t offset,
                                           int64_t length) const {
  auto state = state_.Lock();
  TRY(Judge(*state, Verb::kReadRange, path).failure);
  const auto found = state->objects.find(path);
  if (found == state->objects.end()) {
    return Error(ErrorKind::kNotFound, fmt::format("read {}: no such object", path));
  }
  if (offset >= static_cast<int64_t>(found->second.size())) return std::string();
  return found->second.substr(static_cast<size_t>(offset), static_cast<size_t>(length));
}

Result<std::optional<int64_t>> MemoryStore::Head(std::string_view path) const {
  auto state = state_.Lock();
  TRY(Judge(*state, Verb::kHead, path).failure);
  const auto found = state->objects.find(path);
  if (found == state->objects.end()) return std::optional<int64_t>();
  return std::optional<int64_t>(found->second.size());
}

Result<std::vector<std::string>> MemoryStore::List(std::string_view prefix) const {
  auto state = state_.Lock();
  TRY(Judge(*state, Verb::kList, prefix).failure);
  const std::string folder = std::string(prefix) + "/";
  std::vector<std::string> paths;
  for (const auto& [path, object] : state->objects) {
    if (path.starts_with(folder)) paths.push_back(path);
  }
  return paths;
}

Status MemoryStore::Delete(std::string_view path) {
  auto state = state_.Lock();
  const Verdict verdict = Judge(*state, Verb::kDelete, path);
  if (!verdict.goes_on) return verdict.failure;
  const auto found = state->objects.find(path);
  if (found == state->objects.end()) return verdict.failure;
  state->used -= static_cast<int64_t>(found->second.size());
  state->objects.erase(found);
  return verdict.failure;
}

std::string MemoryStore::Uri(std::string_view path) const {
  return "memory:///" + std::string(path);
}

}  // namespace weir::store
