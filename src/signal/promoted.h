// SPDX-License-Identifier: Apache-2.0
#pragma once
// Promoted columns: which attributes, under which of their names over time and dialects, feed which
// column.

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace weir::signal {

enum class PromotedType : uint8_t { kText, kInt, kLong, kDouble };

/// How an attribute's value becomes the column's.
enum class PromotedRule : uint8_t {
  kPlain,          // The value itself.
  kJsonText,       // MLflow writes JSON: a quoted text loses its quotes.
  kJsonMember,     // The number under `member` of a JSON object.
  kSpanType,       // A dialect's operation or kind, turned into our vocabulary.
  kExcludesCache,  // Claude Code counts input without cache tokens: those are added.
};

struct PromotedSource {
  std::string_view key;
  PromotedRule rule = PromotedRule::kPlain;
  std::string_view member = {};
};

/// What kExcludesCache adds to the value it has.
inline constexpr std::string_view kCacheTokenKeys[] = {"cache_read_tokens",
                                                       "cache_creation_tokens"};

/// The first source in the list that a record has, and that has a fitting value, wins.
struct PromotedColumn {
  std::string_view name;
  PromotedType type;
  std::vector<PromotedSource> sources;
};

/// In column order. Read from resource attributes, all three tables; `service.name` is not among
/// them.
std::span<const PromotedColumn> ResourceColumns();
/// Read from span attributes.
std::span<const PromotedColumn> SpanColumns();
/// Read from log record attributes.
std::span<const PromotedColumn> LogColumns();

/// Our span type for a kind or operation of MLflow, OpenInference or the GenAI conventions; empty
/// when unknown.
std::string_view SpanTypeOf(std::string_view kind_or_operation);

}  // namespace weir::signal
