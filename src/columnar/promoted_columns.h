// SPDX-License-Identifier: Apache-2.0
#pragma once
// The promoted columns of one table, fed by listening to attributes as they are decoded.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "columnar/attribute_columns.h"
#include "columnar/columns.h"
#include "signal/promoted.h"

namespace weir::columnar {

/// One thread. For each record: its attributes come through OnAttribute, then CloseRow or Drop.
class PromotedColumns final : public AttributeColumns::Listener {
 public:
  explicit PromotedColumns(std::span<const signal::PromotedColumn> columns,
                           TextUse use = TextUse::kOwn);

  void OnAttribute(int32_t key_id, std::string_view key, const AttributeValue& value) override;
  void CloseRow(int64_t row);
  /// Forgets what was heard since the last close.
  void Drop();
  void Truncate(int64_t rows);
  int64_t byte_size() const;
  /// Appends one array a column, in the order of the columns given to the constructor.
  void GatherTo(Positions order, std::vector<std::shared_ptr<arrow::Array>>& out);

 private:
  using Value = std::variant<std::monostate, std::string, int64_t, double>;
  using Storage =
      std::variant<TextColumn, NumberColumn<int32_t>, NumberColumn<int64_t>, NumberColumn<double>>;

  /// One column's best value of the record so far; a smaller rank is a better source.
  struct Candidate {
    size_t rank = 0;
    Value value;
  };
  /// What a key feeds: a column, and the source's place in that column's list.
  struct Target {
    size_t column = 0;
    size_t rank = 0;
  };

  static constexpr size_t kAddend = SIZE_MAX;  // A rank: not a value, but part of a sum.

  const std::vector<Target>& TargetsOf(int32_t key_id, std::string_view key);
  void FindTargets(std::string_view key, std::vector<Target>& targets) const;
  void AddCacheTokens();
  static Value Convert(const signal::PromotedColumn& column, const signal::PromotedSource& source,
                       const AttributeValue& value);
  static void Store(Storage& storage, int64_t row, const Value& value);

  const std::span<const signal::PromotedColumn> columns_;
  std::vector<Storage> storage_;
  std::vector<Candidate> candidates_;
  std::vector<size_t> touched_;  // Columns with a candidate.
  std::vector<std::vector<Target>> targets_by_key_;
  std::vector<Target> targets_of_other_key_;
  int32_t known_keys_ = 0;
  int64_t cache_tokens_ =
      0;  // Of the record so far, under the names of a dialect that counts them apart.
};

}  // namespace weir::columnar
