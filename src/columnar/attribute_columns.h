// SPDX-License-Identifier: Apache-2.0
#pragma once
// A map column of attributes with its neighbour, the column of their types.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "columnar/attribute_value.h"
#include "columnar/columns.h"

namespace weir::columnar {

/// MAP<STRING,STRING> plus types. One thread. Entries of one row are added one by one, then the row
/// is closed.
class AttributeColumns {
 public:
  /// Told of every entry as it is added, by the number of its key: how promoted columns listen.
  /// `key_id` counts keys from 0 in order of first appearance.
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void OnAttribute(int32_t key_id, std::string_view key, const AttributeValue& value) = 0;
  };

  explicit AttributeColumns(const DecodeLimits& limits, TextUse use = TextUse::kOwn)
      : limits_(limits), values_(use), types_(use) {}

  /// Adds the KeyValue message `wire` to the row under construction.
  DecodeError Add(std::string_view wire, Listener* listener = nullptr);
  /// The row `row` gets the entries added since the last close; rows passed over get none.
  void CloseRow(int64_t row);
  /// Number of entries added since the last close.
  int open_entries() const { return open_entries_; }
  /// A hash of the entries added since the last close that does not depend on their order.
  uint64_t open_hash() const { return open_hash_; }

  /// Forgets rows from `rows` on, and entries not closed yet.
  void Truncate(int64_t rows);
  int64_t byte_size() const;

  /// MAP<STRING,STRING> with dictionary-encoded keys and values; `type` brings field names and ids.
  std::shared_ptr<arrow::Array> GatherMap(Positions order, const arrow::MapType& type);
  std::shared_ptr<arrow::Array> GatherTypes(Positions order) { return types_.Gather(order); }

 private:
  const DecodeLimits& limits_;
  ListOffsets offsets_;
  std::vector<int32_t> key_ids_, value_ids_;  // An entry each; value -1: empty AnyValue.
  TextDictionary keys_, values_;
  TextColumn types_;
  std::string open_types_;
  bool open_all_text_ = true;
  int open_entries_ = 0;
  uint64_t open_hash_ = 0;
  std::string scratch_;
};

}  // namespace weir::columnar
