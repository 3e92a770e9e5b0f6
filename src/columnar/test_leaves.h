// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: leaves as text, an entry a line, both as rows hand them to a file and as Arrow arrays
// imply them.

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "columnar/test_rows.h"
#include "signal/leaf_column.h"

namespace weir::columnar {

/// The entries of one leaf: `repetition definition value`.
using LeafLines = std::vector<std::string>;

inline std::string LeafLine(int repetition, int definition, const std::string& value) {
  return fmt::format("{} {} {}", repetition, definition, value);
}

/// The leaves of a record batch, found by walking its arrays value by value.
class LeafShredder {
 public:
  static std::vector<LeafLines> Shred(const arrow::RecordBatch& batch) {
    LeafShredder shredder;
    for (int i = 0; i < batch.num_columns(); ++i) {
      const size_t first = shredder.leaves_.size();
      shredder.leaves_.resize(first + CountLeaves(*batch.schema()->field(i)->type()));
      for (int64_t row = 0; row < batch.num_rows(); ++row) {
        shredder.Walk(*batch.schema()->field(i), *batch.column(i), row, first, {});
      }
    }
    return shredder.leaves_;
  }

 private:
  struct Level {
    int repetition = 0, definition = 0, depth = 0;  // depth: lists around.
  };

  static size_t CountLeaves(const arrow::DataType& type) {
    if (type.id() == arrow::Type::DICTIONARY || type.num_fields() == 0) return 1;
    size_t leaves = 0;
    for (const auto& field : type.fields()) leaves += CountLeaves(*field->type());
    return leaves;
  }

  void AddNull(const arrow::DataType& type, size_t first, const Level& level) {
    for (size_t leaf = first; leaf < first + CountLeaves(type); ++leaf) {
      leaves_[leaf].push_back(LeafLine(level.repetition, level.definition, "null"));
    }
  }

  void Walk(const arrow::Field& field, const arrow::Array& array, int64_t row, size_t first,
            Level level) {
    if (array.IsNull(row)) return AddNull(*array.type(), first, level);
    level.definition += field.nullable();
    switch (array.type_id()) {
      case arrow::Type::STRUCT: {
        const auto& structs = static_cast<const arrow::StructArray&>(array);
        for (int i = 0; i < structs.num_fields(); ++i) {
          Walk(*array.type()->field(i), *structs.field(i), row, first, level);
          first += CountLeaves(*array.type()->field(i)->type());
        }
        break;
      }
      case arrow::Type::LIST:
      case arrow::Type::MAP: {
        const auto& list = static_cast<const arrow::ListArray&>(array);
        if (list.value_length(row) == 0) return AddNull(*array.type(), first, level);
        ++level.definition;
        ++level.depth;
        for (int64_t i = list.value_offset(row); i < list.value_offset(row + 1); ++i) {
          if (i > list.value_offset(row)) level.repetition = level.depth;
          Walk(*array.type()->field(0), *list.values(), i, first, level);
        }
        break;
      }
      default:
        leaves_[first].push_back(
            LeafLine(level.repetition, level.definition, CellText(array, row)));
    }
  }

  std::vector<LeafLines> leaves_;
};

/// Takes leaves as a file would, in pages of random sizes, some of them asked for twice.
class LeafRecorder final : public signal::LeafSink {
 public:
  LeafRecorder(const arrow::Schema& schema, int64_t rows, uint32_t seed)
      : rows_(rows), random_(seed) {
    for (const auto& field : schema.fields()) CollectLevels(*field, 0);
  }

  Status Add(const signal::Leaf& leaf) override {
    const int level_max = level_max_.at(leaves.size());
    leaves.emplace_back();
    if (!leaf.fill) {
      EXPECT_EQ(leaf.kind, signal::LeafKind::kNone);
      leaves.back().assign(static_cast<size_t>(rows_), LeafLine(0, leaf.level, "null"));
      return Status::OK();
    }
    signal::LeafPage page;
    for (int64_t begin = 0; begin < rows_;) {
      const int64_t end = std::min<int64_t>(rows_, begin + 1 + static_cast<int64_t>(random_() % 7));
      page.Clear();
      if (random_() % 4 == 0) {
        leaf.fill(begin, rows_, page);
        page.Clear();
      }
      leaf.fill(begin, end, page);
      Append(leaf, page, level_max);
      begin = end;
    }
    return Status::OK();
  }

  std::vector<LeafLines> leaves;

 private:
  void CollectLevels(const arrow::Field& field, int level) {
    level += field.nullable();
    const auto id = field.type()->id();
    level += id == arrow::Type::LIST || id == arrow::Type::MAP;
    for (const auto& member : field.type()->fields()) CollectLevels(*member, level);
    if (field.type()->num_fields() > 0) return;
    level_max_.push_back(level);
    are_bytes_.push_back(id == arrow::Type::BINARY);
  }

  std::string Value(const signal::Leaf& leaf, const signal::LeafPage& page, size_t i) const {
    const auto id_bytes = static_cast<size_t>(leaf.id_bytes);
    switch (leaf.kind) {
      case signal::LeafKind::kNone: return "a value where there is none";
      case signal::LeafKind::kBool: return page.bools.at(i) != 0 ? "true" : "false";
      case signal::LeafKind::kInt: return fmt::to_string(page.ints.at(i));
      case signal::LeafKind::kLong: return fmt::to_string(page.longs.at(i));
      case signal::LeafKind::kDouble: return fmt::format("{}", page.doubles.at(i));
      case signal::LeafKind::kText: {
        const std::string_view text = leaf.texts.at(page.ints.at(i));
        return are_bytes_.at(leaves.size() - 1) ? HexEncode(text) : std::string(text);
      }
      case signal::LeafKind::kDictionary:
        return std::string(leaf.texts.at(leaf.dictionary[page.ints.at(i)]));
      case signal::LeafKind::kHexId: return HexEncode(page.bytes.substr(i * id_bytes, id_bytes));
      case signal::LeafKind::kHexDictionary:
        return HexEncode(leaf.id_dictionary.substr(page.ints.at(i) * id_bytes, id_bytes));
    }
    return "";
  }

  static size_t CountValues(const signal::Leaf& leaf, const signal::LeafPage& page) {
    const size_t ids = leaf.kind == signal::LeafKind::kHexId ? page.bytes.size() / leaf.id_bytes
                                                             : page.bytes.size();
    return std::max(
        {page.ints.size(), page.longs.size(), page.doubles.size(), page.bools.size(), ids});
  }

  void Append(const signal::Leaf& leaf, const signal::LeafPage& page, int level_max) {
    const size_t values = CountValues(leaf, page);
    const size_t entries = !page.definition.empty()   ? page.definition.size()
                           : !page.repetition.empty() ? page.repetition.size()
                                                      : values;
    size_t next = 0;
    for (size_t entry = 0; entry < entries; ++entry) {
      const int definition = page.definition.empty() ? level_max : page.definition.at(entry);
      const int repetition = page.repetition.empty() ? 0 : page.repetition.at(entry);
      const bool has_value = definition == level_max;
      leaves.back().push_back(
          LeafLine(repetition, definition, has_value ? Value(leaf, page, next++) : "null"));
    }
    EXPECT_EQ(next, values) << "values without an entry";
  }

  const int64_t rows_;
  std::mt19937 random_;
  std::vector<int> level_max_;   // By leaf, as the next.
  std::vector<bool> are_bytes_;  // No texts: they are compared as hex.
};

/// What leaves `columns` for a file is what its arrays imply.
inline void ExpectSameLeaves(signal::RowColumns& columns, std::span<const int32_t> rows,
                             uint32_t seed) {
  const auto expected = LeafShredder::Shred(*columns.Gather(rows));
  LeafRecorder recorder(*columns.schema(), static_cast<int64_t>(rows.size()), seed);
  const Status written = columns.WriteTo(rows, recorder);
  ASSERT_TRUE(written.ok()) << written.ToString();
  ASSERT_EQ(recorder.leaves.size(), expected.size());
  for (size_t leaf = 0; leaf < expected.size(); ++leaf) {
    ASSERT_EQ(recorder.leaves[leaf], expected[leaf]) << "leaf " << leaf;
  }
}

}  // namespace weir::columnar
