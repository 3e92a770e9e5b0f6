// SPDX-License-Identifier: Apache-2.0
#pragma once
// The distinct resources and scopes of a flush: decoded once each, however many records and
// requests carry them.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "columnar/attribute_columns.h"
#include "columnar/column/columns.h"
#include "columnar/promoted_columns.h"

namespace weir::columnar {

/// Where an origin stands in its columns, or why its records can't be kept.
struct OriginRef {
  int32_t ordinal = 0;
  DecodeError error = DecodeError::kNone;
};

/// A message as it came, with the schema URL of the message around it. `wire` is absent where the
/// field was.
struct OriginMessage {
  std::optional<std::string_view> wire;
  std::string_view schema_url;
};

/// Equal messages by their bytes, so that each is decoded once. One thread.
class OriginIndex {
 public:
  /// The known reference of `message`, or null; then Add is to follow.
  const OriginRef* Find(const OriginMessage& message);
  const OriginRef& Add(OriginRef ref);
  int64_t byte_size() const { return byte_size_; }

 private:
  std::string key_;
  std::unordered_map<std::string, OriginRef> known_;
  int64_t byte_size_ = 0;
};

/// Resources: attributes, service name, promoted columns. One thread.
class ResourceColumns {
 public:
  explicit ResourceColumns(const DecodeLimits& limits);

  const OriginRef& Intern(const OriginMessage& message);
  /// The service name of a resource, empty where it has none.
  std::string_view service_name(int32_t ordinal) const { return service_name_.at(ordinal); }
  /// Equal for resources with equal attributes.
  uint64_t hash(int32_t ordinal) const { return hashes_[ordinal]; }
  int32_t size() const { return static_cast<int32_t>(hashes_.size()); }
  int64_t byte_size() const;

  // `ordinals`: one a row.
  std::shared_ptr<arrow::Array> GatherServiceName(Positions ordinals) {
    return service_name_.Gather(ordinals);
  }
  void GatherPromotedTo(Positions ordinals, std::vector<std::shared_ptr<arrow::Array>>& out);
  std::shared_ptr<arrow::Array> GatherStruct(Positions ordinals, const arrow::Field& field);
  std::shared_ptr<arrow::Array> GatherSchemaUrl(Positions ordinals) {
    return schema_url_.Gather(ordinals);
  }

  // The slots of `rows` are ordinals.
  Status WriteServiceName(const LeafTarget& rows) const { return service_name_.WriteTo(rows); }
  Status WritePromoted(const LeafTarget& rows) const { return promoted_.WriteTo(rows); }
  /// The leaves of the struct, then the schema URL.
  Status WriteTo(const LeafTarget& rows) const;

 private:
  DecodeError Decode(std::string_view wire, int32_t ordinal);

  const DecodeLimits& limits_;
  OriginIndex index_;
  NumberColumn<uint8_t> present_;
  AttributeColumns attributes_;
  PromotedColumns promoted_;
  TextColumn service_name_{TextUse::kShared}, schema_url_{TextUse::kShared};
  NumberColumn<int32_t> dropped_;
  std::vector<uint64_t> hashes_;
};

/// Instrumentation scopes. One thread.
class ScopeColumns {
 public:
  explicit ScopeColumns(const DecodeLimits& limits)
      : limits_(limits), attributes_(limits, TextUse::kShared) {}

  const OriginRef& Intern(const OriginMessage& message);
  uint64_t hash(int32_t ordinal) const { return hashes_[ordinal]; }
  int32_t size() const { return static_cast<int32_t>(hashes_.size()); }
  int64_t byte_size() const;

  std::shared_ptr<arrow::Array> GatherStruct(Positions ordinals, const arrow::Field& field);
  std::shared_ptr<arrow::Array> GatherSchemaUrl(Positions ordinals) {
    return schema_url_.Gather(ordinals);
  }
  /// The leaves of the struct, then the schema URL; the slots of `rows` are ordinals.
  Status WriteTo(const LeafTarget& rows) const;

 private:
  DecodeError Decode(std::string_view wire, int32_t ordinal);

  const DecodeLimits& limits_;
  OriginIndex index_;
  NumberColumn<uint8_t> present_;
  AttributeColumns attributes_;
  TextColumn name_{TextUse::kShared}, version_{TextUse::kShared}, schema_url_{TextUse::kShared};
  NumberColumn<int32_t> dropped_;
  std::vector<uint64_t> hashes_;
};

/// A struct array from members in the order of `field`'s type; null where `present` says so.
std::shared_ptr<arrow::Array> MakeStruct(const arrow::Field& field,
                                         const std::vector<std::shared_ptr<arrow::Array>>& members,
                                         const std::shared_ptr<arrow::Array>& present);

}  // namespace weir::columnar
