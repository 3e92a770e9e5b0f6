// SPDX-License-Identifier: Apache-2.0
#pragma once
// What people ask of maintenance, handed to its thread, and what became of it.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "maintain/removal/forgotten_value.h"

namespace weir::maintain {

/// What `weir maintain` can ask for. Requests to forget are durable (catalog/forget_requests.h);
/// here is only what one would do.
enum class Verb : uint8_t { kCompact, kExpire, kGc, kForget };
std::string_view NameOf(Verb verb);

struct OperationRequest {
  Verb verb = Verb::kGc;
  std::optional<catalog::TableName> table;  // All, without.
  bool is_dry_run = false;                  // Says what would be done.
  // Of kExpire. Nothing given: what the configuration says.
  std::optional<int64_t> older_than_days;        // Partitions.
  std::optional<int32_t> date;                   // One partition, days since the epoch.
  std::optional<int64_t> versions_older_than_s;  // Snapshots.
  std::optional<int64_t> grace_s;           // Of kGc: how old a file that nobody names must be.
  std::optional<ForgottenValue> forgotten;  // Of kForget.
};

/// One thing that was done, or would be.
struct OperationStep {
  std::string table;
  std::string action;   // A word for programs: `drop_partition`.
  std::string subject;  // What it was done to: `date=2026-01-01`, a path, versions.
  int64_t files = 0, rows = 0, bytes = 0;
};

struct Operation {
  enum class State : uint8_t { kWaiting, kRunning, kDone, kFailed };

  int64_t id = 0;
  OperationRequest request;
  State state = State::kWaiting;
  std::string error;
  std::vector<OperationStep> steps;
  int64_t steps_beyond = 0;  // That were done and are not listed.
};
std::string_view NameOf(Operation::State state);

/// Any thread.
class Operations {
 public:
  static constexpr size_t kKeptMax = 100;  // Those that are done included.
  static constexpr size_t kWaitingMax = 16;
  static constexpr size_t kStepsMax = 1'000;

  /// Returns its number. Errors: kRetryLater when too many wait.
  Result<int64_t> Submit(OperationRequest request);
  /// Errors: kNotFound for a number that was never given, or long ago.
  Result<Operation> Find(int64_t id) const;

  /// The oldest that waits, which runs from here on.
  std::optional<Operation> Take();
  void AddStep(int64_t id, OperationStep step);
  void End(int64_t id, const Status& outcome);

 private:
  struct Kept {
    int64_t last_id = 0;
    std::deque<Operation> operations;  // By id.
  };
  static Operation* FindIn(Kept& kept, int64_t id);

  mutable Guarded<Kept> kept_;
};

}  // namespace weir::maintain
