// SPDX-License-Identifier: Apache-2.0
#pragma once
// Avro schemas as a tree, parsed from the JSON in a file's header.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir::table::iceberg::avro {

struct Type;
using TypePointer = std::shared_ptr<const Type>;  // Shared by all places that use a named type.

enum class Kind {
  kNull,
  kBool,
  kInt,
  kFloat,
  kDouble,
  kBytes,
  kFixed,
  kRecord,
  kArray,
  kMap,
  kUnion
};

struct Field {
  std::string name;
  std::optional<int32_t> id;  // Iceberg's `field-id`.
  TypePointer type;
};

/// One node. Immutable after parsing; never recursive.
struct Type {
  Kind kind = Kind::kNull;
  int64_t fixed_size = 0;             // kFixed.
  std::vector<Field> fields;          // kRecord.
  std::vector<TypePointer> branches;  // kUnion; the one item type of kArray and kMap.

  /// Position of the record's field with that Iceberg id.
  std::optional<size_t> IndexOf(int32_t field_id) const;
};

/// Errors: kBadRequest when `json` is no schema, nests deeper than 32 levels or refers to itself.
Result<TypePointer> ParseSchema(std::string_view json);

}  // namespace weir::table::iceberg::avro
