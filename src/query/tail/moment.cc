// SPDX-License-Identifier: Apache-2.0
#include "query/tail/moment.h"

#include <cstdint>
#include <map>
#include <vector>

namespace weir::query {
namespace {

// Commits come about once a second, and the catalog answers in less than a millisecond.
constexpr int kTriesMax = 8;

using Progress = std::map<uint32_t, uint64_t>;

Result<Progress> ProgressOf(const catalog::Catalog& catalog, const std::vector<uint32_t>& writers) {
  Progress progress;
  for (const uint32_t writer : writers) {
    progress[writer] = TRY(catalog.CommittedSequence(writer));
  }
  return progress;
}

}  // namespace

Result<std::unique_ptr<signal::TailView>> TakeMoment(signal::Tail* tail,
                                                     const catalog::Catalog& catalog,
                                                     const std::function<Status()>& read_tables) {
  if (tail == nullptr) {
    TRY(read_tables());
    return std::unique_ptr<signal::TailView>();
  }
  auto view = TRY(tail->Take());
  const std::vector<uint32_t> writers = view->writers();
  Progress before = TRY(ProgressOf(catalog, writers));
  for (int tries = 1; tries <= kTriesMax; ++tries) {
    TRY(read_tables());
    // Progress moves with the tables, in one transaction, and never back: the same before and after
    // is that of the versions that were read in between.
    Progress after = TRY(ProgressOf(catalog, writers));
    if (before == after) {
      for (const auto& [writer, sequence] : after) view->LeaveOut(writer, sequence);
      return view;
    }
    before = std::move(after);
  }
  return Error(ErrorKind::kRetryLater, "the tables change too fast to be seen at one moment");
}

}  // namespace weir::query
