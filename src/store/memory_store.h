// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: objects in memory, and faults that strike when the test says so.

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/guarded.h"
#include "store/store.h"

namespace weir::store {

enum class Verb : uint8_t { kPut, kPutIfAbsent, kRead, kReadRange, kHead, kList, kDelete };

/// Some calls that fail.
struct Fault {
  static constexpr int kForEver = std::numeric_limits<int>::max();

  std::optional<Verb> verb;  // Nothing: calls of all verbs count.
  int after = 0;             // So many matching calls go well first.
  int count = 1;             // So many fail then.
  bool is_done = false;      // The call does its work before it fails: the answer is lost.
  ErrorKind kind = ErrorKind::kRetryLater;
};

/// Any thread.
class MemoryStore final : public Store {
 public:
  /// Faults add up; the first one whose turn it is strikes.
  void Inject(const Fault& fault) { state_.Lock()->faults.push_back(fault); }
  void ClearFaults() { state_.Lock()->faults.clear(); }
  /// As a disk of that size: a put that does not fit fails with kRetryLater and changes nothing.
  void SetCapacity(int64_t bytes) { state_.Lock()->capacity = bytes; }
  /// Calls of `verb` so far, failed ones included.
  int64_t CallsOf(Verb verb) const;

  Status Put(std::string_view path, std::string_view bytes) override;
  Status PutIfAbsent(std::string_view path, std::string_view bytes) override;
  Result<std::string> Read(std::string_view path) const override;
  Result<std::string> ReadRange(std::string_view path, int64_t offset,
                                int64_t length) const override;
  Result<std::optional<int64_t>> Head(std::string_view path) const override;
  Result<std::vector<std::string>> List(std::string_view prefix) const override;
  Status Delete(std::string_view path) override;
  /// `memory:///<path>`.
  std::string Uri(std::string_view path) const override;

 private:
  struct State {
    std::map<std::string, std::string, std::less<>> objects;
    std::vector<Fault> faults;
    std::map<Verb, int64_t> calls;
    int64_t used = 0;
    int64_t capacity = std::numeric_limits<int64_t>::max();
  };
  /// Counts the call. The failure that it must end with, if any, and whether it does its work all
  /// the same.
  struct Verdict {
    Status failure;
    bool goes_on = true;
  };
  static Verdict Judge(State& state, Verb verb, std::string_view path);
  static Status Write(State& state, std::string_view path, std::string_view bytes);

  mutable Guarded<State> state_;
};

}  // namespace weir::store
