// SPDX-License-Identifier: Apache-2.0
#pragma once
// A catalog in memory: what SQLite's does, without a disk.

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "catalog/catalog.h"

namespace weir::simulation {

/// One thread.
class MemoryCatalog final : public catalog::Catalog {
 public:
  Result<std::vector<std::string>> ListSchemas() const override {
    std::vector<std::string> schemas;
    for (const auto& [name, entry] : tables_) {
      if (schemas.empty() || schemas.back() != name.schema) schemas.push_back(name.schema);
    }
    return schemas;
  }

  Result<std::vector<catalog::TableEntry>> ListTables(const std::string& schema) const override {
    std::vector<catalog::TableEntry> entries;
    for (const auto& [name, entry] : tables_) {
      if (name.schema == schema) entries.push_back(entry);
    }
    return entries;
  }

  Result<catalog::TableEntry> Load(const catalog::TableName& name) const override {
    const auto found = tables_.find(name);
    if (found != tables_.end()) return found->second;
    return Error(ErrorKind::kNotFound, "no table " + name.ToString());
  }

  Status Commit(const std::vector<catalog::TableMove>& moves,
                const std::vector<catalog::WriterProgress>& progress) override {
    for (const catalog::TableMove& move : moves) TRY(Check(move));
    for (const catalog::WriterProgress& step : progress) {
      const auto found = sequences_.find(step.writer);
      if (found == sequences_.end() || found->second > step.sequence) {
        return Error(ErrorKind::kConflict,
                     fmt::format("writer {}: progress goes backwards", step.writer));
      }
    }
    for (const catalog::TableMove& move : moves) {
      tables_[move.next.name] = move.next;
      if (!move.delta_entry.empty()) {
        pending_[{move.next.name, move.next.delta_version}] = move.delta_entry;
      }
    }
    for (const catalog::WriterProgress& step : progress) sequences_[step.writer] = step.sequence;
    return Status::OK();
  }

  Result<uint32_t> WriterId(const std::string& name) override {
    const auto [found, is_new] =
        writers_.try_emplace(name, static_cast<uint32_t>(writers_.size() + 1));
    if (is_new) sequences_[found->second] = 0;
    return found->second;
  }

  Result<uint64_t> CommittedSequence(uint32_t writer) const override {
    const auto found = sequences_.find(writer);
    return found == sequences_.end() ? 0 : found->second;
  }

  Result<std::vector<catalog::PendingDelta>> ListPendingDelta() const override {
    std::vector<catalog::PendingDelta> all;
    for (const auto& [key, entry] : pending_) all.push_back({key.first, key.second, entry});
    return all;
  }

  Status MarkDeltaPublished(const catalog::TableName& name, int64_t version) override {
    pending_.erase({name, version});
    return Status::OK();
  }

  // Nothing is compacted here.
  Result<std::vector<catalog::RetiredFile>> ListRetired(const catalog::TableName&,
                                                        int64_t) const override {
    return std::vector<catalog::RetiredFile>();
  }
  Status ForgetRetired(const catalog::TableName&, const std::vector<std::string>&) override {
    return Status::OK();
  }

 private:
  Status Check(const catalog::TableMove& move) const {
    const auto found = tables_.find(move.next.name);
    const bool is_there = found != tables_.end();
    const bool is_expected =
        move.expected_metadata_location.empty()
            ? !is_there
            : is_there && found->second.metadata_location == move.expected_metadata_location &&
                  found->second.uuid == move.next.uuid &&
                  found->second.delta_version <= move.next.delta_version;
    if (is_expected) return Status::OK();
    return Error(ErrorKind::kConflict, "commit to " + move.next.name.ToString());
  }

  std::map<catalog::TableName, catalog::TableEntry> tables_;
  std::map<std::pair<catalog::TableName, int64_t>, std::string> pending_;
  std::map<std::string, uint32_t> writers_;
  std::map<uint32_t, uint64_t> sequences_;
};

}  // namespace weir::simulation
