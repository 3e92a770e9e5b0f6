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

/// One of the caller's helpers; counts and unpacks for itself.
struct Helper {
  explicit Helper(const store::Store& store) : parts(store, counters) {}

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
  std::vector<std::unique_ptr<Helper>> helpers;
  for (size_t i = 1; i < ThreadsFor(columns.size()); ++i) {
    helpers.push_back(std::make_unique<Helper>(parts.store()));
    Helper& helper = *helpers.back();
    helper.thread = std::jthread([&] { helper.status = TakeLeaves(helper.parts, work); });
  }
  Status status = TakeLeaves(parts, work);
  for (const auto& helper : helpers) {
    helper->thread.join();
    parts.counters() += helper->counters;
    if (status.ok()) status = helper->status;
  }
  TRY(status);
  return std::move(work.leaves);
}

}  // namespace weir::datafile
