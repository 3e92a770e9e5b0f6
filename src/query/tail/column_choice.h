// SPDX-License-Identifier: Apache-2.0
#pragma once
// Some columns of rows on their way to a file.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include "base/result.h"
#include "signal/leaf_column.h"

namespace weir::query {

/// Immutable.
class ColumnChoice {
 public:
  /// `fields`, each with its id as metadata, of which those in `wanted` are chosen; where there is
  /// none, the first that is a plain number, since a file has at least one column. Errors:
  /// kInternal where a field lacks its id.
  static Result<ColumnChoice> Of(const std::vector<std::shared_ptr<arrow::Field>>& fields,
                                 const std::set<int32_t>& wanted);

  const std::shared_ptr<arrow::Schema>& schema() const { return schema_; }
  /// Whether the leaf of that number, of all fields' leaves, belongs to a chosen one.
  bool Has(size_t leaf) const { return is_chosen_[leaf]; }

 private:
  ColumnChoice() = default;

  std::shared_ptr<arrow::Schema> schema_;
  std::vector<bool> is_chosen_;
};

/// Passes the leaves of chosen columns on; the others are never filled. One thread.
class ChoosingSink final : public signal::LeafSink {
 public:
  /// Both are borrowed.
  ChoosingSink(const ColumnChoice& choice, signal::LeafSink& file) : choice_(choice), file_(file) {}

  Status Add(const signal::Leaf& leaf) override {
    return choice_.Has(leaves_++) ? file_.Add(leaf) : Status::OK();
  }

 private:
  const ColumnChoice& choice_;
  signal::LeafSink& file_;
  size_t leaves_ = 0;
};

}  // namespace weir::query
