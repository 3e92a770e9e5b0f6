// SPDX-License-Identifier: Apache-2.0
#pragma once
// Every request that was sent, what its senders were told, and whether the tables agree.

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "signal/export_request.h"
#include "simulation/faults.h"
#include "simulation/tables.h"

namespace weir::simulation {

enum class Fate : uint8_t {
  kUnanswered,  // All of its rows or none.
  kTaken,       // Every row exactly once.
  kRefused,     // No row.
  kDoubtful,    // Refused or damaged where nobody can make sure: all of its rows or none.
};

/// One thread. Rows are numbers, given once; those of rejected records are dead letters. A request
/// that is sent again has the same bytes, hence the same rows.
class Requests {
 public:
  /// A new request of random rows; `index` says which it is.
  signal::ExportRequest Make(Random& random, size_t& index);
  /// One of the last requests once more, whatever its sender heard; nothing where that one must not
  /// be sent again.
  std::optional<signal::ExportRequest> Again(Random& random, size_t& index);
  /// What a sender of request `index` heard. Errors: where it can't be right.
  Status Answer(size_t index, const Result<signal::ExportOutcome>& outcome);
  Fate fate(size_t index) const { return all_[index].fate; }
  size_t size() const { return all_.size(); }

  /// Its frame may have stayed where its sender was refused.
  void SetDoubtful(size_t index);
  /// The frame with this body was damaged: it can't be known again.
  void SetDamaged(const std::string& body);
  /// The process ended: who waits for an answer hears none, and what was taken is to be recovered.
  void EndLife();
  /// No request so far is sent again: it might not be known any more.
  void EndRetries() { first_again_ = all_.size(); }
  /// What was noted of requests taken so far may be lost: one that was sent twice may be there
  /// twice.
  void ForgetTaken();

  /// Compares with the tables' rows; what was taken in earlier lives must be there. Errors: what is
  /// lost, twice or too much.
  Status Check(const RowCounts& found) const;

 private:
  struct Sent {
    signal::ExportRequest request;
    int64_t first_row = 0, rows = 0, rejected = 0;  // `rows`: the rejected among them.
    bool is_unreadable = false, is_damaged = false;
    bool is_settled = false;        // Taken in an earlier life.
    int sendings = 0, waiting = 0;  // In all; in this life, without an answer so far.
    Fate fate = Fate::kUnanswered;
  };
  signal::ExportRequest Send(size_t index);
  Status CheckOne(size_t index, const RowCounts& found) const;

  std::vector<Sent> all_;
  std::unordered_map<int64_t, size_t> index_by_row_;  // Of each request's first row.
  int64_t last_row_ = 0;
  size_t first_again_ = 0;      // The first that may be sent again.
  size_t first_not_twice_ = 0;  // The first that is known for sure when it is sent again.
};

}  // namespace weir::simulation
