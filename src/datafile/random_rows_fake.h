// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: random rows of any schema whose types the published tables have.

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <random>
#include <string>

namespace weir::datafile {

inline void Must(const arrow::Status& status) {
  if (!status.ok()) status.Abort();
}

/// How texts and numbers are made is chosen by the field's name, everything else by chance.
class RandomRows {
 public:
  explicit RandomRows(uint64_t seed) : random_(seed) {}

  std::shared_ptr<arrow::RecordBatch> Make(const std::shared_ptr<arrow::Schema>& schema,
                                           int64_t rows) {
    arrow::ArrayVector columns;
    for (const auto& field : schema->fields()) {
      auto builder = arrow::MakeBuilder(field->type()).ValueOrDie();
      // Some columns are null for long, or always.
      const uint64_t nulls = Below(4);
      for (int64_t row = 0; row < rows; ++row) {
        const bool is_null =
            nulls == 3 || (nulls == 2 && row % 30000 < 20000) || (nulls == 1 && Below(3) == 0);
        Add(*field, field->nullable() && is_null, *builder);
      }
      columns.push_back(builder->Finish().ValueOrDie());
    }
    return arrow::RecordBatch::Make(schema, rows, columns);
  }

 private:
  uint64_t Below(uint64_t limit) { return random_() % limit; }

  std::string Text(const std::string& name) {
    if (name.find("id") != std::string::npos) return Hex();
    if (name == "key") return std::string(1, static_cast<char>('a' + Below(20)));
    if (name == "long" && Below(2000) == 0)
      return std::string(4000 + Below(200), static_cast<char>('a' + Below(26)));
    if (name == "rare") return std::to_string(random_());
    const uint64_t number = Below(Below(2) == 0 ? 4 : 50000);
    return number == 3 ? "" : "text \xc3\xa9 " + std::to_string(number);
  }

  std::string Hex() {
    std::string hex = last_hex_;
    for (size_t i = Below(3) == 0 ? 0 : 20 + Below(12); i < hex.size(); ++i)
      hex[i] = "0123456789abcdef"[Below(16)];
    return last_hex_ = hex;
  }

  int64_t Long(const std::string& name) {
    if (name == "near") return 200 + static_cast<int64_t>(Below(5)) * 100;
    if (name == "same") return -7;
    if (name == "drifting")
      return ++drift_ < 20000 ? static_cast<int64_t>(Below(9)) : drift_ * 1000;
    if (name == "wild") {
      return Below(9) == 0 ? std::numeric_limits<int64_t>::min() + static_cast<int64_t>(Below(2))
                           : static_cast<int64_t>(random_());
    }
    return drift_ += static_cast<int64_t>(Below(100000));
  }

  double Double() {
    constexpr double kSpecial[] = {0.0, -0.0, std::numeric_limits<double>::quiet_NaN(), 1.5,
                                   -2e300};
    return Below(2) == 0 ? kSpecial[Below(5)] : static_cast<double>(random_()) / 3;
  }

  void Add(const arrow::Field& field, bool is_null, arrow::ArrayBuilder& builder) {
    if (is_null) return Must(builder.AppendNull());
    const std::string& name = field.name();
    switch (field.type()->id()) {
      case arrow::Type::STRING:
        Must(static_cast<arrow::StringBuilder&>(builder).Append(Text(name)));
        break;
      case arrow::Type::BOOL:
        Must(static_cast<arrow::BooleanBuilder&>(builder).Append(Below(2) == 0));
        break;
      case arrow::Type::INT32:
        Must(static_cast<arrow::Int32Builder&>(builder).Append(static_cast<int32_t>(Long(name))));
        break;
      case arrow::Type::DATE32:
        Must(static_cast<arrow::Date32Builder&>(builder).Append(20777));
        break;
      case arrow::Type::INT64:
        Must(static_cast<arrow::Int64Builder&>(builder).Append(Long(name)));
        break;
      case arrow::Type::TIMESTAMP:
        Must(static_cast<arrow::TimestampBuilder&>(builder).Append(Long(name)));
        break;
      case arrow::Type::DOUBLE:
        Must(static_cast<arrow::DoubleBuilder&>(builder).Append(Double()));
        break;
      default: AddNested(field, builder);
    }
  }

  void AddNested(const arrow::Field& field, arrow::ArrayBuilder& builder) {
    const auto child = [&](const arrow::Field& member, arrow::ArrayBuilder& to) {
      Add(member, member.nullable() && Below(4) == 0, to);
    };
    const uint64_t count = Below(3) == 0 ? 0 : Below(6);
    if (field.type()->id() == arrow::Type::STRUCT) {
      auto& structs = static_cast<arrow::StructBuilder&>(builder);
      Must(structs.Append());
      for (int i = 0; i < field.type()->num_fields(); ++i)
        child(*field.type()->field(i), *structs.field_builder(i));
    } else if (field.type()->id() == arrow::Type::LIST) {
      auto& lists = static_cast<arrow::ListBuilder&>(builder);
      Must(lists.Append());
      for (uint64_t i = 0; i < count; ++i) child(*field.type()->field(0), *lists.value_builder());
    } else {
      auto& maps = static_cast<arrow::MapBuilder&>(builder);
      const auto& type = static_cast<const arrow::MapType&>(*field.type());
      Must(maps.Append());
      for (uint64_t i = 0; i < count; ++i) {
        child(*type.key_field(), *maps.key_builder());
        child(*type.item_field(), *maps.item_builder());
      }
    }
  }

  std::mt19937_64 random_;
  std::string last_hex_ = std::string(32, '0');
  int64_t drift_ = 0;
};

}  // namespace weir::datafile
