// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: a real catalog whose calls fail when the test says so.

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/guarded.h"
#include "catalog/catalog.h"

namespace weir::commit {

enum class Call : uint8_t { kCommit, kLoad, kWriterId, kListPending, kMarkPublished, kOther };

/// Some calls that fail, as store::Fault.
struct CatalogFault {
  static constexpr int kForEver = std::numeric_limits<int>::max();

  std::optional<Call> call;  // Nothing: all calls count.
  int after = 0;
  int count = 1;
  bool is_done = false;
  ErrorKind kind = ErrorKind::kRetryLater;
};

/// Any thread.
class CatalogFake final : public catalog::Catalog {
 public:
  explicit CatalogFake(std::unique_ptr<catalog::Catalog> real) : real_(std::move(real)) {}

  void Inject(const CatalogFault& fault) { state_.Lock()->faults.push_back(fault); }
  void ClearFaults() { state_.Lock()->faults.clear(); }
  int64_t CallsOf(Call call) const { return state_.Lock()->calls[call]; }

  Result<std::vector<std::string>> ListSchemas() const override {
    return Through(Call::kOther, [&] { return real_->ListSchemas(); });
  }
  Result<std::vector<catalog::TableEntry>> ListTables(const std::string& schema) const override {
    return Through(Call::kOther, [&] { return real_->ListTables(schema); });
  }
  Result<catalog::TableEntry> Load(const catalog::TableName& name) const override {
    return Through(Call::kLoad, [&] { return real_->Load(name); });
  }
  Status Commit(const std::vector<catalog::TableMove>& moves,
                const std::vector<catalog::WriterProgress>& progress) override {
    return Through(Call::kCommit, [&] { return real_->Commit(moves, progress); });
  }
  Result<uint32_t> WriterId(const std::string& name) override {
    return Through(Call::kWriterId, [&] { return real_->WriterId(name); });
  }
  Result<uint64_t> CommittedSequence(uint32_t writer) const override {
    return Through(Call::kOther, [&] { return real_->CommittedSequence(writer); });
  }
  Result<std::vector<catalog::PendingDelta>> ListPendingDelta() const override {
    return Through(Call::kListPending, [&] { return real_->ListPendingDelta(); });
  }
  Status MarkDeltaPublished(const catalog::TableName& name, int64_t version) override {
    return Through(Call::kMarkPublished, [&] { return real_->MarkDeltaPublished(name, version); });
  }

  Result<std::vector<catalog::RetiredFile>> ListRetired(const catalog::TableName& name,
                                                        int64_t before_ms) const override {
    return Through(Call::kOther, [&] { return real_->ListRetired(name, before_ms); });
  }
  Status ForgetRetired(const catalog::TableName& name,
                       const std::vector<std::string>& paths) override {
    return Through(Call::kOther, [&] { return real_->ForgetRetired(name, paths); });
  }

 private:
  struct State {
    std::vector<CatalogFault> faults;
    std::map<Call, int64_t> calls;
  };

  /// What strikes at this call.
  std::optional<CatalogFault> Strike(Call call) const {
    auto state = state_.Lock();
    ++state->calls[call];
    for (CatalogFault& fault : state->faults) {
      if (fault.call && *fault.call != call) continue;
      if (fault.after-- > 0) continue;
      fault.after = 0;
      if (fault.count == 0) continue;
      if (fault.count != CatalogFault::kForEver) --fault.count;
      return fault;
    }
    return std::nullopt;
  }

  template <typename Real>
  auto Through(Call call, Real real) const -> decltype(real()) {
    const std::optional<CatalogFault> fault = Strike(call);
    if (!fault) return real();
    if (fault->is_done) {
      auto lost = real();
      if (!lost.ok()) return lost;
    }
    return Error(fault->kind, fault->is_done ? "catalog: answer lost" : "catalog: injected fault");
  }

  const std::unique_ptr<catalog::Catalog> real_;
  mutable Guarded<State> state_;
};

}  // namespace weir::commit
