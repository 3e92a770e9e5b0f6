// SPDX-License-Identifier: Apache-2.0
#pragma once
// Every request that was sent, what its sender was told, and whether the tables agree.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "signal/export_request.h"
#include "simulation/faults.h"

namespace weir::simulation {

enum class Fate : uint8_t {
  kUnanswered,  // All of its rows or none.
  kTaken,       // Every row exactly once.
  kRefused,     // No row.
  kDoubtful,    // Refused or damaged where nobody can make sure: all of its rows or none.
};

/// One thread. Rows are numbers, given once.
class Requests {
 public:
  /// A new request of random rows; `index` says which it is.
  signal::ExportRequest Make(Random& random, size_t& index);
  /// What the sender of request `index` heard. Errors: where it can't be right.
  Status Answer(size_t index, const Result<signal::ExportOutcome>& outcome);
  Fate fate(size_t index) const { return all_[index].fate; }
  void SetDoubtful(size_t index) { all_[index].fate = Fate::kDoubtful; }
  /// The request that `body` belongs to.
  size_t IndexOf(const std::string& body) const;
  size_t size() const { return all_.size(); }

  /// Compares with the tables' rows; of requests before `settled`, those taken must be there.
  /// Errors: what is lost, twice or too much.
  Status Check(const std::map<int64_t, int>& found, size_t settled) const;

 private:
  struct Sent {
    int64_t first_row = 0, rows = 0, rejected = 0;
    bool is_unreadable = false;
    Fate fate = Fate::kUnanswered;
  };
  Status CheckOne(size_t index, const std::map<int64_t, int>& found, bool is_settled) const;

  std::vector<Sent> all_;
  std::map<int64_t, size_t> index_by_row_;  // Of each request's first row.
  int64_t last_row_ = 0;
};

}  // namespace weir::simulation
