// SPDX-License-Identifier: Apache-2.0
#pragma once
// A store and a catalog in memory whose calls fail, lose their answers and see other things happen
// meanwhile.

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "catalog/catalog.h"
#include "simulation/faults.h"
#include "store/memory_store.h"

namespace weir::simulation {

/// Asks before every call, and lets others work while it is under way.
class Gate {
 public:
  Gate(Faults& faults, Room room) : faults_(faults), room_(room) {}

  /// What other threads of a server do meanwhile.
  std::function<void()> meanwhile;

  template <typename Call>
  auto Through(std::string_view name, std::string_view path, const Call& call,
               ErrorKind kind = ErrorKind::kRetryLater) const -> decltype(call()) {
    if (meanwhile) meanwhile();
    const Verdict verdict = faults_.Judge(room_, name, path);
    if (verdict == Verdict::kFailed) return Error(kind, "injected fault");
    auto result = call();
    faults_.Done();
    if (verdict == Verdict::kAnswerLost && result.ok()) return Error(kind, "answer lost");
    return result;
  }

 private:
  Faults& faults_;
  const Room room_;
};

/// One thread.
class FaultyStore final : public store::Store {
 public:
  explicit FaultyStore(Faults& faults) : gate(faults, Room::kStore) {}

  Gate gate;
  bool is_full = false;
  /// Without faults.
  store::MemoryStore objects;

  Status Put(std::string_view path, std::string_view bytes) override {
    return gate.Through("put", path, [&] { return is_full ? Full() : objects.Put(path, bytes); });
  }
  Status PutIfAbsent(std::string_view path, std::string_view bytes) override {
    return gate.Through("put if absent", path,
                        [&] { return is_full ? Full() : objects.PutIfAbsent(path, bytes); });
  }
  Result<std::string> Read(std::string_view path) const override {
    return gate.Through("read", path, [&] { return objects.Read(path); });
  }
  Result<std::string> ReadRange(std::string_view path, int64_t offset,
                                int64_t length) const override {
    return gate.Through("read range", path,
                        [&] { return objects.ReadRange(path, offset, length); });
  }
  Result<std::optional<int64_t>> Head(std::string_view path) const override {
    return gate.Through("head", path, [&] { return objects.Head(path); });
  }
  Result<std::vector<std::string>> List(std::string_view prefix) const override {
    return gate.Through("list", prefix, [&] { return objects.List(prefix); });
  }
  Status Delete(std::string_view path) override {
    return gate.Through("delete", path, [&] { return objects.Delete(path); });
  }
  std::string Uri(std::string_view path) const override { return objects.Uri(path); }

 private:
  static Status Full() { return Error(ErrorKind::kRetryLater, "no space left on device"); }
};

/// One thread. Borrows the catalog that it stands before.
class FaultyCatalog final : public catalog::Catalog {
 public:
  FaultyCatalog(catalog::Catalog& real, Faults& faults)
      : gate(faults, Room::kCatalog), real_(real) {}

  Gate gate;

  Result<std::vector<std::string>> ListSchemas() const override {
    return gate.Through("list schemas", "", [&] { return real_.ListSchemas(); });
  }
  Result<std::vector<catalog::TableEntry>> ListTables(const std::string& schema) const override {
    return gate.Through("list tables", schema, [&] { return real_.ListTables(schema); });
  }
  Result<catalog::TableEntry> Load(const catalog::TableName& name) const override {
    return gate.Through("load", name.name, [&] { return real_.Load(name); });
  }
  Status Commit(const std::vector<catalog::TableMove>& moves,
                const std::vector<catalog::WriterProgress>& progress) override {
    return gate.Through(
        "commit", "", [&] { return real_.Commit(moves, progress); }, ErrorKind::kUnknownOutcome);
  }
  Result<uint32_t> WriterId(const std::string& name) override {
    return gate.Through("writer id", name, [&] { return real_.WriterId(name); });
  }
  Result<uint64_t> CommittedSequence(uint32_t writer) const override {
    return gate.Through("committed sequence", "", [&] { return real_.CommittedSequence(writer); });
  }
  Result<std::vector<catalog::PendingDelta>> ListPendingDelta() const override {
    return gate.Through("list pending", "", [&] { return real_.ListPendingDelta(); });
  }
  Status MarkDeltaPublished(const catalog::TableName& name, int64_t version) override {
    return gate.Through("mark published", name.name,
                        [&] { return real_.MarkDeltaPublished(name, version); });
  }
  Result<std::vector<catalog::RetiredFile>> ListRetired(const catalog::TableName& name,
                                                        int64_t before_ms) const override {
    return real_.ListRetired(name, before_ms);
  }
  Status ForgetRetired(const catalog::TableName& name,
                       const std::vector<std::string>& paths) override {
    return real_.ForgetRetired(name, paths);
  }

 private:
  catalog::Catalog& real_;
};

}  // namespace weir::simulation
