// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a search says, as a tree: it knows no table and no SQL.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace weir::query::search {

enum class Comparison : uint8_t { kEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

/// What is before an operator: `service`, `http.route`, `"a key with spaces"`.
struct Key {
  std::string name;
  bool is_quoted = false;  // Then it is an attribute's name and nothing else.
  size_t position = 0;     // Of its first byte in the query.
};

/// What is after an operator, or a free text.
struct Value {
  std::vector<std::string> pieces;  // Between wildcards: {"a"} is `a`, {"a", ""} is `a*`.
  bool is_quoted = false;           // Without wildcards, and a text even where it looks like more.
  size_t position = 0;              // Of its first byte in the query.

  bool is_exact() const { return pieces.size() == 1; }
  /// `*`: any value at all.
  bool is_any() const;
  /// As it would be written without quotes.
  std::string ToText() const;
};

/// A node of the tree.
struct Expression {
  enum class Kind : uint8_t { kAll, kAnd, kOr, kNot, kField, kText };

  Kind kind = Kind::kAll;                      // kAll: matches everything.
  std::vector<Expression> children;            // kAnd, kOr: two or more; kNot: one.
  Key key;                                     // kField
  Comparison comparison = Comparison::kEqual;  // kField
  Value value;                                 // kField, kText
};

}  // namespace weir::query::search
