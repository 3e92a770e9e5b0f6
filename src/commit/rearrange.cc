// SPDX-License-Identifier: Apache-2.0
// The half of Committer that takes changes of files, not of rows, from other threads.
#include <algorithm>
#include <optional>
#include <utility>

#include "base/log.h"
#include "commit/committer.h"
#include "signal/published_table.h"

namespace weir::commit {
namespace {

/// Ingest waits meanwhile; whoever wants the change plans it anew.
constexpr int kTriesMax = 3;

/// Nothing for tables that are not published ones.
std::optional<buffer::TableKey> KeyOf(const catalog::TableName& name) {
  for (int i = 0; i < signal::kTableCount; ++i) {
    const auto table = static_cast<signal::Table>(i);
    const std::string& ending = signal::Published(table).name;
    if (!name.name.ends_with(ending)) continue;
    const std::string prefix = name.name.substr(0, name.name.size() - ending.size());
    return buffer::TableKey{{name.schema, prefix}, table};
  }
  return std::nullopt;
}

}  // namespace

Status Committer::Rearrange(const catalog::TableName& name, table::TableChange change) {
  std::vector<NamedChange> changes;
  changes.push_back({name, std::move(change)});
  return Append(std::move(changes));
}

Status Committer::Append(std::vector<NamedChange> changes) {
  Rearrangement wanted;
  for (NamedChange& one : changes) {
    const auto key = KeyOf(one.name);
    if (!key) return Error(ErrorKind::kNotFound, "no published table " + one.name.ToString());
    wanted.changes.emplace_back(*key, std::move(one.change));
  }
  std::future<Status> done;
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_) return Error(ErrorKind::kConflict, "the server is stopping");
    rearrangements_.push_back(std::move(wanted));
    done = rearrangements_.back().done.get_future();
    changed_.notify_all();
  }
  return done.get();
}

void Committer::CommitRearrangements() {
  std::vector<Rearrangement> wanted;
  {
    const std::lock_guard lock(mutex_);
    wanted = std::exchange(rearrangements_, {});
  }
  for (Rearrangement& one : wanted) one.done.set_value(CommitRearrangement(one));
}

Status Committer::CommitRearrangement(Rearrangement& wanted) {
  // What was given up may yet be found committed, on top of what is known here.
  if (has_given_up_) return Error(ErrorKind::kConflict, "a commit was given up");
  pause_ = options_.retry_pause;
  const bool is_alteration = std::ranges::any_of(
      wanted.changes, [](const auto& one) { return one.second.altered.has_value(); });
  int tries = 0;
  TableCommit commit({options_.store, options_.catalog, options_.clock, heads_},
                     [&](std::string_view step, const Status& failure) {
                       // What can't be done can't be done a second time.
                       const bool may_help =
                           KindOf(failure) != ErrorKind::kBadRequest &&
                           !(is_alteration && KindOf(failure) == ErrorKind::kConflict);
                       return may_help && ++tries < kTriesMax && PauseBeforeRetry(step, failure);
                     });
  for (auto& [key, change] : wanted.changes) commit.Rearrange(key, std::move(change));
  return commit.Finish();
}

void Committer::RefuseRearrangements() {
  const std::lock_guard lock(mutex_);
  for (Rearrangement& one : rearrangements_) {
    one.done.set_value(Error(ErrorKind::kConflict, "the server is stopping"));
  }
  rearrangements_.clear();
}

}  // namespace weir::commit
