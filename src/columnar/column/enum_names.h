// SPDX-License-Identifier: Apache-2.0
#pragma once
// OTLP enumerations by their names. A number that OTLP does not know (yet) is its own decimal text.

#include <array>
#include <cstdint>
#include <string>

#include "columnar/column/columns.h"

namespace weir::columnar {

/// `SPAN_KIND_SERVER` …
std::string SpanKindName(uint64_t kind);
/// `STATUS_CODE_ERROR` …
std::string StatusCodeName(uint64_t code);
/// `AGGREGATION_TEMPORALITY_DELTA` …
std::string TemporalityName(uint64_t temporality);

/// A column of such names: each is made and looked up once. One thread.
class EnumColumn {
 public:
  explicit EnumColumn(std::string (*name_of)(uint64_t), TextUse use = TextUse::kOwn)
      : name_of_(name_of), names_(use) {
    known_.fill(-1);
  }
  void Set(int64_t row, uint64_t number) {
    const bool is_small = number < known_.size();
    int32_t id = is_small ? known_[number] : -1;
    if (id < 0) id = names_.Intern(name_of_(number));
    if (is_small) known_[number] = id;
    ids_.Set(row, id);
  }
  /// True where `row` was set to `number`, which is below 8.
  bool Is(int64_t row, uint64_t number) const { return known_[number] == ids_.ids()[row]; }
  void Truncate(int64_t rows) { ids_.Truncate(rows); }
  int64_t byte_size() const { return ids_.byte_size() + names_.byte_size(); }
  std::shared_ptr<arrow::Array> Gather(Positions order) const {
    return GatherText(ids_.ids(), order, names_);
  }
  Status WriteTo(const LeafTarget& out) const;

 private:
  std::string (*name_of_)(uint64_t);
  std::array<int32_t, 8> known_;  // Numbers in `names_`.
  TextIds ids_;
  TextDictionary names_;
};

}  // namespace weir::columnar
