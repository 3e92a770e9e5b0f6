// SPDX-License-Identifier: Apache-2.0
#include "columnar/origin_columns.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/type.h>

#include "columnar/column/slots.h"
#include "columnar/wire/wire_reader.h"
#include "signal/promoted.h"

namespace weir::columnar {
namespace {

using enum WireType;

/// Copies `service.name` out of a resource's attributes, then lets the promoted columns hear all.
class ResourceListener final : public AttributeColumns::Listener {
 public:
  ResourceListener(PromotedColumns& promoted, std::string& service_name)
      : promoted_(promoted), service_name_(service_name) {}
  bool Hears(std::string_view key) const override {
    return key == "service.name" || promoted_.Hears(key);
  }
  void OnAttribute(const AttributeColumns::Entry& entry) override {
    if (entry.key == "service.name" && !entry.value.is_empty) service_name_ = entry.value.text;
    promoted_.OnAttribute(entry);
  }

 private:
  PromotedColumns& promoted_;
  std::string& service_name_;
};

bool SetCount(NumberColumn<int32_t>& column, int64_t row, uint64_t count) {
  if (count > INT32_MAX) return false;
  column.Set(row, static_cast<int32_t>(count));
  return true;
}

bool IsTooLarge(const OriginMessage& message, const DecodeLimits& limits) {
  return message.wire.value_or("").size() + message.schema_url.size() > limits.origin_bytes;
}

const arrow::MapType& MapTypeOf(const arrow::Field& field, const char* member) {
  const auto& members = static_cast<const arrow::StructType&>(*field.type());
  return static_cast<const arrow::MapType&>(*members.GetFieldByName(member)->type());
}

}  // namespace

const OriginRef* OriginIndex::Find(const OriginMessage& message) {
  key_.assign(message.wire.has_value() ? "1" : "0");
  key_ += message.wire.value_or("");
  key_ += '\0';
  key_ += message.schema_url;
  const auto found = known_.find(key_);
  return found == known_.end() ? nullptr : &found->second;
}

const OriginRef& OriginIndex::Add(OriginRef ref) {
  byte_size_ += static_cast<int64_t>(key_.size() + sizeof(std::string) + sizeof(OriginRef));
  return known_.emplace(key_, ref).first->second;
}

ResourceColumns::ResourceColumns(const DecodeLimits& limits)
    : limits_(limits),
      attributes_(limits, TextUse::kShared),
      promoted_(signal::ResourceColumns(), attributes_.texts()) {}

const OriginRef& ResourceColumns::Intern(const OriginMessage& message) {
  if (const OriginRef* known = index_.Find(message)) return *known;
  const int32_t ordinal = size();
  DecodeError error = DecodeError::kNone;
  hashes_.push_back(0);
  if (IsTooLarge(message, limits_)) return index_.Add({ordinal, DecodeError::kTooLarge});
  if (message.wire.has_value()) {
    present_.Set(ordinal, 1);
    error = Decode(*message.wire, ordinal);
  }
  if (!schema_url_.SetUnlessEmpty(ordinal, message.schema_url)) error = DecodeError::kNotText;
  return index_.Add({ordinal, error});
}

DecodeError ResourceColumns::Decode(std::string_view wire, int32_t ordinal) {
  std::string service_name;
  ResourceListener listener(promoted_, service_name);
  promoted_.OpenRow(ordinal);
  uint64_t dropped = 0;
  DecodeError error = DecodeError::kNone;
  WireReader reader(wire);
  while (error == DecodeError::kNone && reader.Next()) {
    if (reader.tag() == Tag(1, kBytes)) error = attributes_.Add(reader.bytes(), &listener);
    if (reader.tag() == Tag(2, kVarint)) dropped = reader.number();
  }
  if (error == DecodeError::kNone && !reader.ok()) error = DecodeError::kMalformed;
  if (attributes_.open_entries() > limits_.origin_attributes) error = DecodeError::kTooLarge;
  hashes_[ordinal] = attributes_.open_hash();
  attributes_.CloseRow(ordinal);
  promoted_.CloseRow();
  const bool is_sound =
      SetCount(dropped_, ordinal, dropped) && service_name_.SetUnlessEmpty(ordinal, service_name);
  return error == DecodeError::kNone && !is_sound ? DecodeError::kMalformed : error;
}

int64_t ResourceColumns::byte_size() const {
  return index_.byte_size() + attributes_.byte_size() + promoted_.byte_size() +
         service_name_.byte_size() + schema_url_.byte_size();
}

void ResourceColumns::GatherPromotedTo(Positions ordinals,
                                       std::vector<std::shared_ptr<arrow::Array>>& out) {
  promoted_.GatherTo(ordinals, out);
}

std::shared_ptr<arrow::Array> ResourceColumns::GatherStruct(Positions ordinals,
                                                            const arrow::Field& field) {
  return MakeStruct(field,
                    {attributes_.GatherMap(ordinals, MapTypeOf(field, "attributes")),
                     attributes_.GatherTypes(ordinals), dropped_.Gather(ordinals, arrow::int32())},
                    present_.Gather(ordinals, arrow::uint8()));
}

Status ResourceColumns::WriteTo(const LeafTarget& rows) const {
  const Slots structs = StructSlots(rows.slots, present_);
  const LeafTarget members{rows.sink, structs, rows.scratch};
  TRY(attributes_.WriteTo(members));
  TRY(dropped_.WriteTo(members));
  return schema_url_.WriteTo(rows);
}

const OriginRef& ScopeColumns::Intern(const OriginMessage& message) {
  if (const OriginRef* known = index_.Find(message)) return *known;
  const int32_t ordinal = static_cast<int32_t>(hashes_.size());
  DecodeError error = DecodeError::kNone;
  hashes_.push_back(0);
  if (IsTooLarge(message, limits_)) return index_.Add({ordinal, DecodeError::kTooLarge});
  if (message.wire.has_value()) {
    present_.Set(ordinal, 1);
    error = Decode(*message.wire, ordinal);
  }
  if (!schema_url_.SetUnlessEmpty(ordinal, message.schema_url)) error = DecodeError::kNotText;
  return index_.Add({ordinal, error});
}

int64_t ScopeColumns::byte_size() const {
  return index_.byte_size() + attributes_.byte_size() + name_.byte_size() + version_.byte_size() +
         schema_url_.byte_size();
}

DecodeError ScopeColumns::Decode(std::string_view wire, int32_t ordinal) {
  std::string_view name, version;
  uint64_t dropped = 0;
  DecodeError error = DecodeError::kNone;
  WireReader reader(wire);
  while (error == DecodeError::kNone && reader.Next()) {
    switch (reader.tag()) {
      case Tag(1, kBytes): name = reader.bytes(); break;
      case Tag(2, kBytes): version = reader.bytes(); break;
      case Tag(3, kBytes): error = attributes_.Add(reader.bytes()); break;
      case Tag(4, kVarint): dropped = reader.number(); break;
      default: break;
    }
  }
  if (error == DecodeError::kNone && !reader.ok()) error = DecodeError::kMalformed;
  if (attributes_.open_entries() > limits_.origin_attributes) error = DecodeError::kTooLarge;
  hashes_[ordinal] =
      attributes_.open_hash() + TextDictionary::Hash(name) + 3 * TextDictionary::Hash(version);
  attributes_.CloseRow(ordinal);
  if (error != DecodeError::kNone) return error;
  if (!SetCount(dropped_, ordinal, dropped)) return DecodeError::kMalformed;
  const bool is_text =
      name_.SetUnlessEmpty(ordinal, name) && version_.SetUnlessEmpty(ordinal, version);
  return is_text ? DecodeError::kNone : DecodeError::kNotText;
}

std::shared_ptr<arrow::Array> ScopeColumns::GatherStruct(Positions ordinals,
                                                         const arrow::Field& field) {
  return MakeStruct(field,
                    {name_.Gather(ordinals), version_.Gather(ordinals),
                     attributes_.GatherMap(ordinals, MapTypeOf(field, "attributes")),
                     attributes_.GatherTypes(ordinals), dropped_.Gather(ordinals, arrow::int32())},
                    present_.Gather(ordinals, arrow::uint8()));
}

Status ScopeColumns::WriteTo(const LeafTarget& rows) const {
  const Slots structs = StructSlots(rows.slots, present_);
  const LeafTarget members{rows.sink, structs, rows.scratch};
  TRY(name_.WriteTo(members));
  TRY(version_.WriteTo(members));
  TRY(attributes_.WriteTo(members));
  TRY(dropped_.WriteTo(members));
  return schema_url_.WriteTo(rows);
}

std::shared_ptr<arrow::Array> MakeStruct(const arrow::Field& field,
                                         const std::vector<std::shared_ptr<arrow::Array>>& members,
                                         const std::shared_ptr<arrow::Array>& present) {
  arrow::FieldVector fields;
  for (size_t i = 0; i < members.size(); ++i) {
    fields.push_back(field.type()->field(static_cast<int>(i))->WithType(members[i]->type()));
  }
  const int64_t length = members.front()->length();
  std::shared_ptr<arrow::Buffer> validity;
  int64_t null_count = 0;
  if (present != nullptr && present->null_count() > 0) {
    validity = present->null_bitmap();
    null_count = present->null_count();
  }
  // An all-null array may come without a bitmap of its own length; then one is made of zeros.
  if (null_count > 0 && validity == nullptr) {
    validity = arrow::AllocateEmptyBitmap(length).ValueOrDie();
  }
  return std::make_shared<arrow::StructArray>(arrow::struct_(fields), length, members, validity,
                                              null_count);
}

}  // namespace weir::columnar
