// SPDX-License-Identifier: Apache-2.0
#pragma once
// Appends of other engines to Weir's own tables: looked at, then committed in both formats, on top
// of whatever the table is by then.

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "commit/committer.h"
#include "commit/formats.h"
#include "signal/trace_index_builder.h"
#include "store/store.h"
#include "table/append/proposed_append.h"

namespace weir::commit {

/// Any thread; waits for disks, and for the commit under way.
class Appender {
 public:
  struct Options {
    store::Store& store;
    const catalog::Catalog& catalog;
    std::function<Status(std::vector<NamedChange>)> commit;  // Committer::Append.
    /// A builder that takes `spans_max` spans at a time.
    std::function<std::unique_ptr<signal::TraceIndexBuilder>(size_t spans_max)> new_trace_index;
    Formats formats = {};
    int64_t indexed_spans_max = 1 << 20;  // In memory at a time; each so many make an index file.
  };
  explicit Appender(Options options) : options_(std::move(options)) {}

  /// Makes the files that `proposed` adds part of `name`, in a snapshot of the proposed id. Where
  /// the table has that snapshot already, that is it: the same request, sent again.
  /// Errors: kBadRequest with the reason where it is no append that both formats can tell;
  /// kConflict where its parent is not kept any more, or the server stops; kNotFound;
  /// kUnknownOutcome where it may have happened, also once before; the store's.
  Status Append(const catalog::TableName& name, const table::iceberg::ProposedSnapshot& proposed);

 private:
  struct Work;
  Result<table::iceberg::TableState> StateOf(const catalog::TableName& name) const;
  Status ReadFiles(Work& work) const;
  Status IndexSpans(Work& work) const;
  Status PutIndexFile(const std::string& root, signal::TraceIndexBuilder& builder,
                      Work& work) const;
  /// True where the table has what the work would add, by this very snapshot.
  Result<bool> IsDone(const Work& work) const;
  Status Commit(Work& work);
  void RemoveIndexFiles(const Work& work) const;

  const Options options_;
  // From the look at what the table has to the commit: of two appends of one file the second sees
  // the first.
  std::mutex committing_;
};

}  // namespace weir::commit
