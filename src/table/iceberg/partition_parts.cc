// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/partition_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

namespace weir::table::iceberg {
namespace {

using datafile::PartitionPart;
using datafile::Transform;

// What `weir maintain forget` takes.
constexpr std::string_view kForgettable = " trace_id session_id user_id ";
constexpr int32_t kArgumentMax = 1 << 20;
constexpr size_t kNameBytesMax = 64;

struct KnownTransform {
  Transform transform;
  std::string_view name;
  std::string_view types;  // Of the columns that it takes, in blanks.
};
constexpr std::array<KnownTransform, 7> kTransforms = {{
    {Transform::kIdentity, "identity", " string int long boolean "},
    {Transform::kBucket, "bucket", " string int long date timestamptz "},
    {Transform::kTruncate, "truncate", " string int long "},
    {Transform::kYear, "year", " date timestamptz "},
    {Transform::kMonth, "month", " date timestamptz "},
    {Transform::kDay, "day", " date timestamptz "},
    {Transform::kHour, "hour", " timestamptz "},
}};

const KnownTransform& Known(Transform transform) {
  return *std::ranges::find(kTransforms, transform, &KnownTransform::transform);
}

bool HasArgument(Transform transform) {
  return transform == Transform::kBucket || transform == Transform::kTruncate;
}

Status Refused(std::string why) { return Error(ErrorKind::kBadRequest, std::move(why)); }

std::string UsualName(const PartitionPart& part) {
  if (part.transform == Transform::kIdentity) return part.column;
  const std::string_view name = Known(part.transform).name;
  return fmt::format("{}_{}", part.column, part.transform == Transform::kTruncate ? "trunc" : name);
}

/// Files lie in folders of these names.
Result<std::string> FieldName(const PartitionPart& part) {
  if (part.name.empty()) return UsualName(part);
  const auto is_plain = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
  if (part.name.size() <= kNameBytesMax && std::ranges::all_of(part.name, is_plain)) {
    return part.name;
  }
  return Refused(fmt::format(
      "partition by {}({}): its field can't be named `{}`: letters, digits and underscores, at "
      "most {}",
      TransformText(part), part.column, part.name.substr(0, kNameBytesMax), kNameBytesMax));
}

Result<PartitionField> FieldOf(const PartitionPart& part, const std::vector<TopField>& columns) {
  const auto column = std::ranges::find(columns, part.column, &TopField::name);
  if (column == columns.end()) {
    return Refused(fmt::format("partition by {}({}): the table has no column `{}`",
                               TransformText(part), part.column, part.column));
  }
  if (Known(part.transform).types.find(" " + column->type + " ") == std::string_view::npos) {
    return Refused(
        fmt::format("partition by {}({}): the column is of type {}; it has to be one of{}",
                    TransformText(part), part.column, column->type, Known(part.transform).types));
  }
  const bool keeps_texts =
      part.transform == Transform::kIdentity || part.transform == Transform::kTruncate;
  if (keeps_texts && kForgettable.find(" " + part.column + " ") != std::string_view::npos) {
    return Refused(
        fmt::format("partition by {}({}): values that can be forgotten must not stay in "
                    "metadata; use bucket[N]({})",
                    TransformText(part), part.column, part.column));
  }
  const std::string name = TRY(FieldName(part));
  const bool is_its_column = part.transform == Transform::kIdentity && name == part.column;
  const bool is_taken =
      !is_its_column && std::ranges::find(columns, name, &TopField::name) != columns.end();
  if (is_taken) {
    return Refused(fmt::format("partition by {}({}): a column is named `{}` as the field would be",
                               TransformText(part), part.column, name));
  }
  return PartitionField{
      .source_id = column->id, .field_id = 0, .name = name, .transform = TransformText(part)};
}

/// Fields that are the same in an earlier spec have its id.
void Number(PartitionField& field, Metadata& metadata) {
  for (const PartitionSpec& spec : metadata.partition_specs) {
    for (const PartitionField& known : spec.fields) {
      const bool is_same = known.source_id == field.source_id &&
                           known.transform == field.transform && known.name == field.name;
      if (!is_same) continue;
      field.field_id = known.field_id;
      return;
    }
  }
  field.field_id = ++metadata.last_partition_id;
}

}  // namespace

Result<PartitionPart> ReadTransform(std::string_view transform, std::string column) {
  PartitionPart part{.column = std::move(column)};
  const size_t bracket = transform.find('[');
  const std::string_view name = transform.substr(0, bracket);
  const auto known = std::ranges::find(kTransforms, name, &KnownTransform::name);
  const auto refused = [&] {
    return Refused(
        fmt::format("there is no partition transform `{}`: known are identity, bucket[N], "
                    "truncate[W], year, month, day and hour",
                    transform.substr(0, 60)));
  };
  if (known == kTransforms.end()) return refused();
  part.transform = known->transform;
  if (HasArgument(part.transform) != (bracket != std::string_view::npos)) return refused();
  if (bracket == std::string_view::npos) return part;
  const std::string_view rest = transform.substr(bracket + 1);
  const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), part.argument);
  const bool is_number = read.ec == std::errc() && part.argument >= 1 &&
                         part.argument <= kArgumentMax &&
                         std::string_view(read.ptr, rest.data() + rest.size()) == "]";
  if (!is_number) return refused();
  return part;
}

std::string TransformText(const PartitionPart& part) {
  const std::string_view name = Known(part.transform).name;
  return HasArgument(part.transform) ? fmt::format("{}[{}]", name, part.argument)
                                     : std::string(name);
}

Status SetPartition(const std::vector<PartitionPart>& parts, Metadata& metadata) {
  if (parts.size() > kPartitionPartsMax) {
    return Refused(
        fmt::format("partition by {} fields behind the date: at most {}, since every "
                    "commit writes a file for each of their values",
                    parts.size(), kPartitionPartsMax));
  }
  const std::vector<TopField> columns = TRY(TopFieldsOf(*metadata.CurrentSchema()));
  PartitionSpec spec{.spec_id = 0, .fields = {metadata.partition_specs.front().fields.front()}};
  for (const PartitionPart& part : parts) {
    PartitionField field = TRY(FieldOf(part, columns));
    if (std::ranges::find(spec.fields, field.name, &PartitionField::name) != spec.fields.end()) {
      return Refused(fmt::format("partition by {} twice", field.name));
    }
    Number(field, metadata);
    spec.fields.push_back(std::move(field));
  }
  for (const PartitionSpec& known : metadata.partition_specs) {
    spec.spec_id = std::max(spec.spec_id, known.spec_id + 1);
    if (known.fields != spec.fields) continue;
    metadata.default_spec_id = known.spec_id;
    return Status::OK();
  }
  metadata.default_spec_id = spec.spec_id;
  metadata.partition_specs.push_back(std::move(spec));
  return Status::OK();
}

Result<std::vector<PartitionPart>> PartsOf(const Metadata& metadata,
                                           const std::vector<TopField>& columns) {
  std::vector<PartitionPart> parts;
  const PartitionSpec& spec = *metadata.DefaultSpec();
  if (spec.fields != metadata.partition_specs.front().fields && spec.fields.size() < 2) {
    return Refused(fmt::format("partition spec {} does not begin with the date", spec.spec_id));
  }
  for (size_t i = 1; i < spec.fields.size(); ++i) {
    const auto column = std::ranges::find(columns, spec.fields[i].source_id, &TopField::id);
    if (column == columns.end()) {
      return Refused(fmt::format("partition spec {} names field {}, which is no column",
                                 spec.spec_id, spec.fields[i].source_id));
    }
    auto part = TRY(ReadTransform(spec.fields[i].transform, column->name));
    if (spec.fields[i].name != UsualName(part)) part.name = spec.fields[i].name;
    parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace weir::table::iceberg
