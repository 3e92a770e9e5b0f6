// SPDX-License-Identifier: Apache-2.0
#include "query/sql/span_times_function.h"

#include <array>
#include <duckdb/catalog/catalog.hpp>
#include <duckdb/common/types/vector.hpp>
#include <duckdb/function/scalar_function.hpp>
#include <duckdb/parser/parsed_data/create_scalar_function_info.hpp>
#include <duckdb/planner/expression.hpp>
#include <vector>

#include "query/trace/span_times.h"

namespace weir::query::sql {
namespace {

using duckdb::idx_t;
using duckdb::LogicalType;

LogicalType SpansType() {
  return LogicalType::LIST(LogicalType::STRUCT({{"span_id", LogicalType::VARCHAR},
                                                {"parent_span_id", LogicalType::VARCHAR},
                                                {"start_ns", LogicalType::BIGINT},
                                                {"end_ns", LogicalType::BIGINT}}));
}

LogicalType TimesType() {
  return LogicalType::LIST(LogicalType::STRUCT(
      {{"children_ns", LogicalType::BIGINT}, {"critical_ns", LogicalType::BIGINT}}));
}

/// The spans of all lists of a vector. Texts are borrowed.
class Spans {
 public:
  Spans(duckdb::Vector& spans, idx_t rows) {
    spans.ToUnifiedFormat(rows, lists_);
    duckdb::Vector& structs = duckdb::ListVector::GetEntry(spans);
    const idx_t count = duckdb::ListVector::GetListSize(spans);
    // The structs may be chosen from others: flat, their fields are at their places.
    structs.Flatten(count);
    const auto& fields = duckdb::StructVector::GetEntries(structs);
    for (size_t i = 0; i < fields_.size(); ++i) fields[i]->ToUnifiedFormat(count, fields_[i]);
  }

  std::vector<SpanInterval> Of(idx_t row) const {
    const idx_t at = lists_.sel->get_index(row);
    std::vector<SpanInterval> spans;
    if (!lists_.validity.RowIsValid(at)) return spans;
    const auto& list = duckdb::UnifiedVectorFormat::GetData<duckdb::list_entry_t>(lists_)[at];
    spans.reserve(list.length);
    for (idx_t i = list.offset; i < list.offset + list.length; ++i) {
      spans.push_back({.span_id = Text(fields_[0], i),
                       .parent_span_id = Text(fields_[1], i),
                       .start = Number(fields_[2], i),
                       .end = Number(fields_[3], i)});
    }
    return spans;
  }

 private:
  static std::string_view Text(const duckdb::UnifiedVectorFormat& field, idx_t i) {
    const idx_t at = field.sel->get_index(i);
    if (!field.validity.RowIsValid(at)) return {};
    const auto& text = duckdb::UnifiedVectorFormat::GetData<duckdb::string_t>(field)[at];
    return {text.GetData(), text.GetSize()};
  }

  static int64_t Number(const duckdb::UnifiedVectorFormat& field, idx_t i) {
    const idx_t at = field.sel->get_index(i);
    if (!field.validity.RowIsValid(at)) return 0;
    return duckdb::UnifiedVectorFormat::GetData<int64_t>(field)[at];
  }

  duckdb::UnifiedVectorFormat lists_;
  std::array<duckdb::UnifiedVectorFormat, 4> fields_;
};

void Run(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const idx_t rows = arguments.size();
  const Spans spans(arguments.data[0], rows);
  auto* lists = duckdb::FlatVector::GetData<duckdb::list_entry_t>(result);
  idx_t count = 0;
  for (idx_t row = 0; row < rows; ++row) {
    const std::vector<SpanTimes> times = TimesOf(spans.Of(row));
    lists[row] = {count, times.size()};
    duckdb::ListVector::Reserve(result, count + times.size());
    auto& fields = duckdb::StructVector::GetEntries(duckdb::ListVector::GetEntry(result));
    auto* children = duckdb::FlatVector::GetData<int64_t>(*fields[0]);
    auto* critical = duckdb::FlatVector::GetData<int64_t>(*fields[1]);
    for (const SpanTimes& one : times) {
      children[count] = one.children_ns;
      critical[count] = one.critical_ns;
      ++count;
    }
  }
  duckdb::ListVector::SetListSize(result, count);
  if (arguments.AllConstant()) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

}  // namespace

void AddSpanTimes(duckdb::Connection& connection) {
  duckdb::ClientContext& context = *connection.context;
  context.RunFunctionInTransaction([&] {
    duckdb::CreateScalarFunctionInfo info(
        duckdb::ScalarFunction("span_times", {SpansType()}, TimesType(), Run));
    info.internal = true;
    duckdb::Catalog::GetSystemCatalog(context).CreateFunction(context, info);
  });
}

}  // namespace weir::query::sql
