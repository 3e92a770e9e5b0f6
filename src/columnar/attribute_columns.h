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
#include "columnar/column/columns.h"

namespace weir::columnar {

/// MAP<STRING,STRING> plus types. One thread. Entries of one row are added one by one, then the row
/// is closed.
class AttributeColumns {
 public:
  /// An entry as it was added.
  struct Entry {
    int32_t key_id = 0;  // Keys count from 0 in order of first appearance.
    std::string_view key;
    int32_t value_id = -1;  // The value's text in `texts()`; -1 for an empty AnyValue.
    const AttributeValue& value;
  };
  /// Told of every entry as it is added: how promoted columns listen.
  class Listener {
   public:
    virtual ~Listener() = default;
    /// Whether entries of `key` are wanted. Asked once a key, so all listeners of the same columns
    /// must say the same.
    virtual bool Hears(std::string_view key) const = 0;
    virtual void OnAttribute(const Entry& entry) = 0;
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
  /// The texts of all values. Others that rows of the same table have may be kept here too.
  TextDictionary& texts() { return values_; }

  /// Forgets rows from `rows` on, and entries not closed yet.
  void Truncate(int64_t rows);
  int64_t byte_size() const;

  /// MAP<STRING,STRING> with dictionary-encoded keys and values; `type` brings field names and ids.
  std::shared_ptr<arrow::Array> GatherMap(Positions order, const arrow::MapType& type) const;
  std::shared_ptr<arrow::Array> GatherTypes(Positions order) const { return types_.Gather(order); }
  /// The leaves of both columns.
  Status WriteTo(const LeafTarget& out) const;
  Status WriteMapTo(const LeafTarget& out) const;

 private:
  /// What is known of a key, so that most entries cost no look-up.
  struct Key {
    static constexpr size_t kWireMax = 48;
    enum class Heard : uint8_t { kNotAsked, kNo, kYes };

    uint64_t hash = 0;
    int32_t next_key = -1;  // That which followed it last.
    // The entry it had last: its bytes where they are at most kWireMax, its value, the value's
    // number and hash.
    uint8_t last_wire_size = 0;
    char last_wire[kWireMax];
    AttributeValue last;
    int32_t last_id = -1;
    uint64_t last_hash = 0;
    RepeatGuess guess;
    Heard heard = Heard::kNotAsked;
  };
  /// A whole number from 0 that has been written as a text before.
  struct SmallInt {
    int32_t value_id = -1;
    uint64_t hash = 0;
  };

  /// The key that followed the last one when it was met before; -1 where none is known.
  int32_t expected_key() const { return last_key_ < 0 ? -1 : known_keys_[last_key_].next_key; }
  /// The key whose last entry `wire` is again; -1 where it has to be read.
  int32_t FindRepeated(std::string_view wire) const;
  DecodeError AddRead(std::string_view wire, Listener* listener);
  void Push(int32_t key_id, int32_t value_id, const Key& key, char type, uint64_t value_hash);
  static void Remember(std::string_view wire, const AttributeValue& value, int32_t id,
                       uint64_t hash, Key& key);
  Key* FindKey(std::string_view text, int32_t& key_id);
  DecodeError ReadValue(std::string_view wire, AttributeValue& value);
  int32_t FindValue(AttributeValue& value, Key& key, uint64_t& hash);
  int32_t FindText(std::string_view text, Key& key, uint64_t& hash);
  void Tell(Listener& listener, Key& key, const Entry& entry);
  void ForgetOpen();
  Status WriteKeys(const LeafTarget& out) const;
  Status WriteValues(const LeafTarget& out) const;
  /// Numbers the values in use anew in out.scratch; returns how many entries have one.
  int64_t NumberValues(const LeafTarget& out) const;
  /// Turns the -1 among a page's numbers into nulls.
  static void DropEmptyValues(uint8_t null_level, uint8_t level, signal::LeafPage& page);

  /// An entry as it is kept; value -1: empty AnyValue.
  struct Numbers {
    int32_t key;
    int32_t value;
  };

  const DecodeLimits& limits_;
  ListOffsets offsets_;
  std::vector<Numbers> entries_;
  int64_t empty_values_ = 0;  // Entries whose value is or was empty.
  TextDictionary keys_, values_;
  std::vector<Key> known_keys_;  // By key id.
  Key other_key_;                // Stands for keys past TextDictionary::kDistinctMax.
  std::vector<SmallInt> small_ints_;
  TextColumn types_;
  std::vector<char> open_types_;  // The first open_entries_ of them are in use.
  bool has_open_type_ = false;    // Other than that of a text.
  int32_t last_key_ = -1;
  int open_entries_ = 0;
  uint64_t open_hash_ = 0;
  std::string scratch_, joined_;
};

}  // namespace weir::columnar
