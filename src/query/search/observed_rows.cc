// SPDX-License-Identifier: Apache-2.0
// What the catalogue of keys sees of rows that are being committed.

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "query/search/comparison.h"
#include "query/search/key_catalogue.h"

namespace weir::query::search {
namespace {

using arrow::Type;

/// A column and the key that it stands for.
struct NamedColumn {
  const char* column;
  std::string_view key;
  size_t prefix = 0;  // Of its values, which queries leave out: `STATUS_CODE_`.
  bool is_lower = false;
};

std::span<const NamedColumn> ColumnsOf(Subject subject) {
  static constexpr NamedColumn kSpans[] = {{"service_name", "service"},
                                           {"name", "name"},
                                           {"kind", "kind", 10, true},
                                           {"status_code", "status", 12, true}};
  static constexpr NamedColumn kLogs[] = {
      {"service_name", "service"}, {"severity_text", "level", 0, true}, {"event_name", "event"}};
  static constexpr NamedColumn kMetrics[] = {
      {"service_name", "service"}, {"name", "name"}, {"metric_type", "type"}, {"unit", "unit"}};
  if (subject == Subject::kLogs) return kLogs;
  if (subject == Subject::kMetrics) return kMetrics;
  return kSpans;
}

/// Nothing for a null, or what is no text.
std::optional<std::string_view> TextAt(const arrow::Array& values, int64_t row) {
  if (values.IsNull(row)) return std::nullopt;
  switch (values.type_id()) {
    case Type::STRING: return static_cast<const arrow::StringArray&>(values).GetView(row);
    case Type::LARGE_STRING:
      return static_cast<const arrow::LargeStringArray&>(values).GetView(row);
    case Type::DICTIONARY: {
      const auto& coded = static_cast<const arrow::DictionaryArray&>(values);
      return TextAt(*coded.dictionary(), coded.GetValueIndex(row));
    }
    default: return std::nullopt;
  }
}

std::optional<Subject> SubjectOfRows(const arrow::Schema& schema) {
  for (const Subject subject : {Subject::kSpans, Subject::kLogs, Subject::kMetrics}) {
    if (&schema == signal::Published(TableOf(subject)).schema.get()) return subject;
  }
  return std::nullopt;
}

/// The rows of one batch. One thread.
class Observed {
 public:
  Observed(Subject subject, const arrow::RecordBatch& batch)
      : subject_(subject),
        named_(ColumnsOf(subject)),
        attributes_(batch.GetColumnByName("attributes")) {
    for (const NamedColumn& named : named_) columns_.push_back(batch.GetColumnByName(named.column));
    const auto resource = batch.GetColumnByName("resource");
    if (resource != nullptr && resource->type_id() == Type::STRUCT) {
      resource_ = static_cast<const arrow::StructArray&>(*resource).GetFieldByName("attributes");
    }
  }

  /// Valid until the next call.
  const std::vector<KeyCatalogue::Seen>& Row(int64_t row) {
    seen_.clear();
    lower_.clear();
    lower_.reserve(named_.size());
    for (size_t i = 0; i < named_.size(); ++i) AddColumn(named_[i], columns_[i], row);
    AddMap(attributes_, row);
    AddMap(resource_, row);
    return seen_;
  }

 private:
  void AddColumn(const NamedColumn& named, const std::shared_ptr<arrow::Array>& column,
                 int64_t row) {
    auto text = column == nullptr ? std::nullopt : TextAt(*column, row);
    if (!text || text->empty()) return;
    text->remove_prefix(std::min(named.prefix, text->size()));
    if (named.is_lower) text = lower_.emplace_back(ToLower(*text));
    seen_.push_back({named.key, *text});
  }

  void AddMap(const std::shared_ptr<arrow::Array>& column, int64_t row) {
    if (column == nullptr || column->type_id() != Type::MAP || column->IsNull(row)) return;
    const auto& map = static_cast<const arrow::MapArray&>(*column);
    for (int64_t i = map.value_offset(row); i < map.value_offset(row + 1); ++i) {
      const auto key = TextAt(*map.keys(), i);
      if (!key || *key == "service.name") continue;
      const auto value = TextAt(*map.items(), i);
      seen_.push_back({QueryKey(*key), value.value_or(std::string_view()), value.has_value()});
    }
  }

  /// As queries write the attribute. Valid as long as this.
  std::string_view QueryKey(std::string_view key) {
    const auto known = query_keys_.find(key);
    if (known != query_keys_.end()) return known->second;
    const std::string_view at = IsAttributeName(subject_, key) ? "" : "@";
    return query_keys_.emplace(key, std::string(at) + std::string(key)).first->second;
  }

  const Subject subject_;
  const std::span<const NamedColumn> named_;
  std::vector<std::shared_ptr<arrow::Array>> columns_;
  const std::shared_ptr<arrow::Array> attributes_;
  std::shared_ptr<arrow::Array> resource_;
  std::vector<KeyCatalogue::Seen> seen_;
  std::map<std::string, std::string, std::less<>> query_keys_;
  std::vector<std::string> lower_;  // What `seen_` has views of.
};

}  // namespace

void KeyCatalogue::Observe(signal::RowColumns& rows) {
  const auto subject = SubjectOfRows(*rows.schema());
  const int64_t all = rows.num_rows();
  if (!subject || all == 0) return;
  const int64_t count = std::min(all, kSampledRows);
  std::vector<int32_t> sample;
  for (int64_t i = 0; i < count; ++i) sample.push_back(static_cast<int32_t>(i * all / count));
  const auto batch = rows.Gather(sample);
  Observed observed(*subject, *batch);
  for (int64_t row = 0; row < batch->num_rows(); ++row) {
    Add(*subject, observed.Row(row), all / count);
  }
}

}  // namespace weir::query::search
