// SPDX-License-Identifier: Apache-2.0
#pragma once
// The promoted columns of one table, fed by listening to attributes as they are decoded.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "columnar/attribute_columns.h"
#include "columnar/column/columns.h"
#include "signal/promoted.h"

namespace weir::columnar {

/// One thread. For each record: OpenRow, its attributes through OnAttribute, CloseRow. Values go
/// straight into their columns: a record that is refused has to be truncated away.
class PromotedColumns final : public AttributeColumns::Listener {
 public:
  /// `texts`: of the attributes listened to. Text columns are numbers of the same texts.
  PromotedColumns(std::span<const signal::PromotedColumn> columns, TextDictionary& texts);

  bool Hears(std::string_view key) const override { return !FindTargets(key).empty(); }
  /// What comes next belongs to the row `row`; rows passed over have no values.
  void OpenRow(int64_t row) { row_ = row; }
  void OnAttribute(const AttributeColumns::Entry& entry) override;
  void CloseRow() {
    if (cache_tokens_ != 0) AddCacheTokens();
  }
  void Truncate(int64_t rows);
  int64_t byte_size() const;
  /// Appends one array a column, in the order of the columns given to the constructor.
  void GatherTo(Positions order, std::vector<std::shared_ptr<arrow::Array>>& out) const;
  Status WriteTo(const LeafTarget& out) const;

 private:
  /// A column's values, in the one that its type asks for, and where the latest came from: of the
  /// sources that a record has, that with the smallest rank counts.
  struct Storage {
    signal::PromotedType type;
    TextIds texts;
    NumberColumn<int32_t> ints;
    NumberColumn<int64_t> longs;
    NumberColumn<double> doubles;
    int64_t last_row = -1;
    size_t last_rank = 0;

    /// `use` of the one in use.
    template <typename Self, typename Use>
    static decltype(auto) Visit(Self& self, Use use) {
      switch (self.type) {
        case signal::PromotedType::kText: return use(self.texts);
        case signal::PromotedType::kInt: return use(self.ints);
        case signal::PromotedType::kLong: return use(self.longs);
        default: return use(self.doubles);
      }
    }
  };

  /// What a key feeds: a column, and the source's place in that column's list.
  struct Target {
    size_t column = 0;
    size_t rank = 0;
    bool is_plain_text = false;  // The text column holds the value's text as it is.
  };
  /// The targets of a key, once they have been looked for.
  struct Targets {
    bool is_known = false;
    std::vector<Target> list;
  };

  static constexpr size_t kAddend = SIZE_MAX;  // A rank: not a value, but part of a sum.

  const std::vector<Target>& TargetsOf(int32_t key_id, std::string_view key) {
    const bool is_known =
        key_id < static_cast<int32_t>(targets_by_key_.size()) && targets_by_key_[key_id].is_known;
    return is_known ? targets_by_key_[key_id].list : FindTargets(key_id, key);
  }
  const std::vector<Target>& FindTargets(int32_t key_id, std::string_view key);
  std::vector<Target> FindTargets(std::string_view key) const;
  void AddCacheTokens();
  /// Sets the row's value from `entry`; false where `entry` has none that fits.
  bool Set(Storage& storage, const Target& target, const AttributeColumns::Entry& entry);
  bool SetConverted(Storage& storage, const Target& target, const AttributeColumns::Entry& entry);
  /// The number of the text that `entry` comes to under `source`; -1 where there is none.
  int32_t TextOf(const signal::PromotedSource& source, const AttributeColumns::Entry& entry);

  const std::span<const signal::PromotedColumn> columns_;
  TextDictionary& texts_;
  std::vector<Storage> storage_;
  std::vector<Targets> targets_by_key_;
  std::vector<Target> targets_of_other_key_;
  int64_t row_ = 0;
  // Of the record so far, under the names of a dialect that counts them apart.
  int64_t cache_tokens_ = 0;
};

}  // namespace weir::columnar
