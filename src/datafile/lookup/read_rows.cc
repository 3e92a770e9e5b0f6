// SPDX-License-Identifier: Apache-2.0
#include "datafile/lookup/read_rows.h"

#include <fmt/format.h>
#include <parquet/metadata.h>
#include <parquet/schema.h>
#include <parquet/types.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "datafile/lookup/leaf_rows.h"
#include "datafile/lookup/read_guarded.h"
#include "datafile/lookup/read_leaves.h"

namespace weir::datafile {
namespace {

using parquet::schema::GroupNode;
using parquet::schema::Node;
using parquet::schema::PrimitiveNode;

constexpr int kDepthMax = 32;

/// What a node of the schema is in a row.
enum class Shape : uint8_t { kValue, kStruct, kList, kMap };
enum class ValueKind : uint8_t { kBool, kNumber, kDouble, kText, kDate, kTime };

/// A leaf's entries and how far they were told.
struct Cursor {
  LeafRows leaf;
  size_t entry = 0, value = 0;
};

/// A node with the levels at which it is there. Parquet's groups of a list or map are folded into
/// it.
struct Part {
  std::string name;
  Shape shape = Shape::kValue;
  ValueKind kind = ValueKind::kText;
  int16_t present = 0;     // The definition level from which on it is not null.
  int16_t filled = 0;      // Of a list or map: that from which on it has an entry.
  int16_t repetition = 0;  // Of a list or map: that of each entry but the first.
  int first_leaf = 0, leaves = 0;
  std::vector<Part> parts;  // Members; of a list the element; of a map key and value.
};

Status Foreign(const Node& node) {
  return Error(ErrorKind::kBadRequest,
               fmt::format("column {} is of a type that no published table has", node.name()));
}

Result<ValueKind> KindOf(const PrimitiveNode& node) {
  const auto& logical = node.logical_type();
  switch (node.physical_type()) {
    case parquet::Type::BOOLEAN: return ValueKind::kBool;
    case parquet::Type::INT32: return logical->is_date() ? ValueKind::kDate : ValueKind::kNumber;
    case parquet::Type::INT64:
      return logical->is_timestamp() ? ValueKind::kTime : ValueKind::kNumber;
    case parquet::Type::DOUBLE: return ValueKind::kDouble;
    case parquet::Type::BYTE_ARRAY:
      return logical->is_string() ? Result<ValueKind>(ValueKind::kText) : Foreign(node);
    default: return Foreign(node);
  }
}

/// Makes parts of nodes; counts leaves as Parquet does.
class Parts {
 public:
  Result<Part> Of(const Node& node, int16_t definition, int16_t repetition, int depth = 0) {
    if (depth > kDepthMax || node.is_repeated()) return Foreign(node);
    if (node.is_optional()) ++definition;
    Part part{.name = node.name(), .present = definition, .first_leaf = leaves_};
    if (node.is_primitive()) {
      part.kind = TRY(KindOf(static_cast<const PrimitiveNode&>(node)));
      ++leaves_;
    } else {
      const auto& group = static_cast<const GroupNode&>(node);
      const bool is_entries = group.field_count() == 1 && group.field(0)->is_repeated();
      part.shape = !is_entries                     ? Shape::kStruct
                   : node.logical_type()->is_map() ? Shape::kMap
                                                   : Shape::kList;
      if (is_entries) {
        part.filled = ++definition;
        part.repetition = ++repetition;
      }
      const Node& parent = is_entries ? *group.field(0) : node;
      if (!parent.is_group()) return Foreign(node);
      const auto& members = static_cast<const GroupNode&>(parent);
      for (int i = 0; i < members.field_count(); ++i) {
        Part member = TRY(Of(*members.field(i), definition, repetition, depth + 1));
        part.parts.push_back(std::move(member));
      }
      const size_t wanted = part.shape == Shape::kMap ? 2 : 1;
      if (is_entries && part.parts.size() != wanted) return Foreign(node);
    }
    part.leaves = leaves_ - part.first_leaf;
    return part;
  }

 private:
  int leaves_ = 0;
};

/// Tells rows from the cursors of their leaves. One thread.
class Teller {
 public:
  Teller(std::vector<Cursor>& cursors, RowSink& sink) : cursors_(cursors), sink_(sink) {}

  /// Errors: kBadRequest where the leaves of a part have entries of different numbers.
  Status Tell(const Part& part, bool is_named) {
    if (!HasEntries(part)) {
      return Error(ErrorKind::kBadRequest,
                   fmt::format("column {}: entries are missing", part.name));
    }
    if (DefinitionAt(part) < part.present) {
      if (!is_named) sink_.Null();
      PassOver(part);
      return Status::OK();
    }
    if (is_named) sink_.Name(part.name);
    switch (part.shape) {
      case Shape::kValue: return TellValue(part);
      case Shape::kStruct:
        sink_.BeginStruct();
        for (const Part& member : part.parts) TRY(Tell(member, true));
        sink_.EndStruct();
        return Status::OK();
      case Shape::kList:
        sink_.BeginList();
        TRY(TellEntries(part, [&] { return Tell(part.parts[0], false); }));
        sink_.EndList();
        return Status::OK();
      case Shape::kMap:
        sink_.BeginStruct();
        TRY(TellEntries(part, [&] { return TellMapEntry(part); }));
        sink_.EndStruct();
        return Status::OK();
    }
    return Status::OK();
  }

 private:
  Cursor& FirstOf(const Part& part) { return cursors_[static_cast<size_t>(part.first_leaf)]; }
  bool HasEntries(const Part& part) {
    for (int leaf = part.first_leaf; leaf < part.first_leaf + part.leaves; ++leaf) {
      const Cursor& cursor = cursors_[static_cast<size_t>(leaf)];
      const size_t entries =
          cursor.leaf.definition_max > 0 ? cursor.leaf.definition.size() : ValuesOf(cursor.leaf);
      if (cursor.entry >= entries) return false;
    }
    return true;
  }
  static size_t ValuesOf(const LeafRows& leaf) {
    return leaf.longs.size() + leaf.doubles.size() + leaf.ends.size();
  }
  int16_t DefinitionAt(const Part& part) {
    const Cursor& cursor = FirstOf(part);
    return cursor.leaf.definition_max > 0 ? cursor.leaf.definition[cursor.entry] : int16_t{0};
  }
  void PassOver(const Part& part) {
    for (int leaf = part.first_leaf; leaf < part.first_leaf + part.leaves; ++leaf) {
      ++cursors_[static_cast<size_t>(leaf)].entry;
    }
  }

  template <typename TellOne>
  Status TellEntries(const Part& part, const TellOne& tell_one) {
    if (DefinitionAt(part) < part.filled) {
      PassOver(part);
      return Status::OK();
    }
    const Cursor& first = FirstOf(part);
    do {
      TRY(tell_one());
    } while (first.entry < first.leaf.repetition.size() &&
             first.leaf.repetition[first.entry] == part.repetition);
    return Status::OK();
  }

  /// A key without a value is told as null.
  Status TellMapEntry(const Part& part) {
    const Part &key = part.parts[0], &value = part.parts[1];
    if (!HasEntries(part) || key.shape != Shape::kValue || key.kind != ValueKind::kText) {
      return Error(ErrorKind::kBadRequest, fmt::format("column {}: no map of texts", part.name));
    }
    Cursor& keys = FirstOf(key);
    if (DefinitionAt(key) < key.present || keys.value >= keys.leaf.ends.size()) {
      return Error(ErrorKind::kBadRequest, fmt::format("column {}: a key is missing", part.name));
    }
    sink_.Name(keys.leaf.text(keys.value++));
    ++keys.entry;
    return Tell(value, false);
  }

  Status TellValue(const Part& part) {
    Cursor& cursor = FirstOf(part);
    const LeafRows& leaf = cursor.leaf;
    if (cursor.value >= ValuesOf(leaf)) {
      return Error(ErrorKind::kBadRequest, fmt::format("column {}: a value is missing", part.name));
    }
    const size_t at = cursor.value++;
    ++cursor.entry;
    switch (part.kind) {
      case ValueKind::kBool: sink_.Bool(leaf.longs[at] != 0); break;
      case ValueKind::kNumber: sink_.Number(leaf.longs[at]); break;
      case ValueKind::kDouble: sink_.Double(leaf.doubles[at]); break;
      case ValueKind::kText: sink_.Text(leaf.text(at)); break;
      case ValueKind::kDate: sink_.Date(static_cast<int32_t>(leaf.longs[at])); break;
      case ValueKind::kTime: sink_.Time(leaf.longs[at]); break;
    }
    return Status::OK();
  }

  std::vector<Cursor>& cursors_;
  RowSink& sink_;
};

/// The top-level columns of the file that are chosen. Others are not looked into.
Result<std::vector<Part>> ChooseColumns(const FileHead& head, const RowChoice& choice) {
  const GroupNode& root = *head.metadata().schema()->group_node();
  Parts parts;
  std::vector<Part> chosen;
  for (int i = 0; i < root.field_count(); ++i) {
    Part part = TRY(parts.Of(*root.field(i), 0, 0));
    const bool is_chosen =
        choice.columns.empty() || std::ranges::count(choice.columns, part.name) > 0;
    if (is_chosen) chosen.push_back(std::move(part));
  }
  return chosen;
}

Status Run(const PartReader& parts, const FileHead& head, const RowChoice& choice, RowSink& sink,
           const std::function<Status(size_t)>& on_row) {
  const std::vector<Part> columns = TRY(ChooseColumns(head, choice));
  std::vector<int> numbers;
  for (const Part& column : columns) {
    for (int leaf = 0; leaf < column.leaves; ++leaf) numbers.push_back(column.first_leaf + leaf);
  }
  std::vector<LeafRows> leaves = TRY(ReadLeaves(parts, head, choice.group, numbers, choice.rows));
  std::vector<Cursor> cursors(static_cast<size_t>(head.metadata().num_columns()));
  for (size_t i = 0; i < numbers.size(); ++i) {
    cursors[static_cast<size_t>(numbers[i])].leaf = std::move(leaves[i]);
  }
  Teller teller(cursors, sink);
  for (size_t row = 0; row < choice.rows.size(); ++row) {
    sink.BeginStruct();
    for (const Part& column : columns) TRY(teller.Tell(column, true));
    sink.EndStruct();
    TRY(on_row(row));
  }
  return Status::OK();
}

}  // namespace

Status ReadRows(const PartReader& parts, const FileHead& head, const RowChoice& choice,
                RowSink& sink, const std::function<Status(size_t)>& on_row) {
  return ReadGuarded(head.path(), [&] { return Run(parts, head, choice, sink, on_row); });
}

}  // namespace weir::datafile
