// SPDX-License-Identifier: Apache-2.0
#include "datafile/lookup/read_leaves.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <utility>

#include "base/threads.h"
#include "datafile/lookup/read_guarded.h"

namespace weir::datafile {
namespace {

// A thread costs about as much as a few leaves of a trace.
constexpr size_t kLeavesAThread = 16;

size_t ThreadsFor(size_t leaves) {
  const auto cores = static_cast<size_t>(UsableCores());
  return std::clamp<size_t>(leaves / kLeavesAThread, 1, std::min(cores, kLeafThreadsMax));
}

/// What the threads of a call share.
struct Work {
  const FileHead& head;
  const int group;
  const std::span<const int> columns;
  const std::span<const int64_t> rows;
  std::vector<LeafRows> leaves;
  std::atomic<size_t> next = 0;
};

/// Takes one leaf after the other until all are taken, or one fails, which ends it for all.
Status TakeLeaves(const PartReader& parts, Work& work) {
  Status status = ReadGuarded(work.head.path(), [&]() -> Status {
    for (size_t at = work.next++; at < work.columns.size(); at = work.next++) {
      work.leaves[at] = TRY(ReadLeaf(parts, {work.head, work.group, work.columns[at]}, work.rows));
    }
    return Status::OK();
  });
  if (!status.ok()) work.next = work.columns.size();
  return status;
}

/// A thread beside the caller's; counts and unpacks for itself.
struct LeafTaker {
  explicit LeafTaker(const store::Store& store) : parts(store, counters) {}

  ReadCounters counters;
  PartReader parts;
  Status status;
  std::jthread thread;  // Last: joined before what it uses goes.
};

}  // namespace

Result<std::vector<LeafRows>> ReadLeaves(const PartReader& parts, const FileHead& head, int group,
                                         std::span<const int> columns,
                                         std::span<const int64_t> rows) {
  Work work{.head = head, .group = group, .columns = columns, .rows = rows};
  work.leaves.resize(columns.size());
  std::vector<std::unique_ptr<LeafTaker>> takers;
  for (size_t i = 1; i < ThreadsFor(columns.size()); ++i) {
    takers.push_back(std::make_unique<LeafTaker>(parts.store()));
    LeafTaker& taker = *takers.back();
    taker.thread = std::jthread([&] { taker.status = TakeLeaves(taker.parts, work); });
  }
  Status status = TakeLeaves(parts, work);
  for (const auto& taker : takers) {
    taker->thread.join();
    parts.counters() += taker->counters;
    if (status.ok()) status = taker->status;
  }
  TRY(status);
  return std::move(work.leaves);
}

}  // namespace weir::datafile
