// SPDX-License-Identifier: Apache-2.0
#include "query/sql/table_scan.h"

#include <fmt/format.h>

#include <duckdb/catalog/catalog.hpp>
#include <duckdb/catalog/catalog_entry/table_function_catalog_entry.hpp>
#include <duckdb/common/multi_file/multi_file_reader.hpp>
#include <duckdb/common/types/timestamp.hpp>
#include <duckdb/parser/expression/columnref_expression.hpp>
#include <duckdb/parser/expression/comparison_expression.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/expression/function_expression.hpp>
#include <duckdb/parser/parsed_data/create_table_function_info.hpp>
#include <duckdb/parser/parser.hpp>
#include <duckdb/parser/statement/select_statement.hpp>
#include <duckdb/parser/tableref/subqueryref.hpp>
#include <duckdb/parser/tableref/table_function_ref.hpp>
#include <optional>

#include "query/sql/raise.h"
#include "query/sql/session.h"
#include "query/sql/table_files.h"

namespace weir::query::sql {
namespace {

using duckdb::Value;

constexpr const char* kVersionParameter = "version";
constexpr const char* kTimestampParameter = "timestamp";

/// Of the function: DuckDB's bind of Parquet scans, which ours ends in.
struct ParquetScan final : public duckdb::TableFunctionInfo {
  explicit ParquetScan(duckdb::table_function_bind_t its_bind) : bind(its_bind) {}
  const duckdb::table_function_bind_t bind;
};

/// Of the copy of the function that one scan binds: what the reader is to read.
struct BoundScan final : public duckdb::TableFunctionInfo {
  explicit BoundScan(std::shared_ptr<const TableScan> its_scan) : scan(std::move(its_scan)) {}
  const std::shared_ptr<const TableScan> scan;
};

Session& SessionOf(duckdb::ClientContext& context) {
  Session* session = Session::Of(context);
  if (session == nullptr) Raise(Error(ErrorKind::kInternal, "a scan without a session"));
  return *session;
}

/// Knows columns and files without opening one. One thread.
class TableReader final : public duckdb::MultiFileReader {
 public:
  explicit TableReader(std::shared_ptr<const TableScan> scan) : scan_(std::move(scan)) {}

  static duckdb::unique_ptr<MultiFileReader> Make(const duckdb::TableFunction& function) {
    return duckdb::make_uniq<TableReader>(function.function_info->Cast<BoundScan>().scan);
  }

  duckdb::shared_ptr<duckdb::MultiFileList> CreateFileList(duckdb::ClientContext&,
                                                           const duckdb::vector<duckdb::string>&,
                                                           const duckdb::FileGlobInput&) override {
    return TableFiles::All(scan_);
  }

  bool Bind(duckdb::MultiFileOptions& options, duckdb::MultiFileList&,
            duckdb::vector<duckdb::LogicalType>& types, duckdb::vector<duckdb::string>& names,
            duckdb::MultiFileReaderBindData& bind) override {
    options.auto_detect_hive_partitioning = false;
    options.hive_partitioning = false;
    for (const auto& column : scan_->columns) {
      names.push_back(column.name);
      types.push_back(column.type);
    }
    bind.schema = scan_->columns;
    bind.mapping = duckdb::MultiFileColumnMappingMode::BY_FIELD_ID;
    return true;
  }

  /// Before the first file is opened: which columns the scan reads.
  duckdb::unique_ptr<duckdb::MultiFileReaderGlobalState> InitializeGlobalState(
      duckdb::ClientContext& context, const duckdb::MultiFileOptions& options,
      const duckdb::MultiFileReaderBindData& bind, const duckdb::MultiFileList& files,
      const duckdb::vector<duckdb::MultiFileColumnDefinition>& columns,
      const duckdb::vector<duckdb::ColumnIndex>& column_ids) override {
    FieldIds wanted;
    for (const duckdb::ColumnIndex& column : column_ids) {
      // Others are DuckDB's own, such as a row's number.
      if (column.GetPrimaryIndex() >= scan_->columns.size()) continue;
      wanted.insert(scan_->columns[column.GetPrimaryIndex()].GetIdentifierFieldId());
    }
    scan_->session.AddColumns(scan_->number, wanted);
    return MultiFileReader::InitializeGlobalState(context, options, bind, files, columns,
                                                  column_ids);
  }

  duckdb::unique_ptr<MultiFileReader> Copy() const override {
    return duckdb::make_uniq<TableReader>(scan_);
  }

 private:
  const std::shared_ptr<const TableScan> scan_;
};

std::optional<Version> VersionOf(Session& session, duckdb::TableFunctionBindInput& input) {
  for (const auto& [name, value] : input.named_parameters) {
    const bool is_time = duckdb::StringUtil::CIEquals(name, kTimestampParameter);
    Value cast;
    const auto type = is_time ? duckdb::LogicalType::TIMESTAMP_TZ : duckdb::LogicalType::BIGINT;
    duckdb::string problem;
    if (value.IsNull() || !value.DefaultTryCastAs(type, cast, &problem)) {
      session.Fail(
          Error(ErrorKind::kBadRequest,
                fmt::format("AT ({} => {}): expected {}", is_time ? "TIMESTAMP" : "VERSION",
                            value.ToString(), is_time ? "a time" : "a snapshot's id, a number")));
    }
    if (!is_time) return SnapshotId{cast.GetValue<int64_t>()};
    return AsOf{cast.GetValue<duckdb::timestamp_tz_t>().value};
  }
  return std::nullopt;
}

catalog::TableName NameOf(const std::string& text) {
  const size_t dot = text.find('.');
  if (dot == std::string::npos) return {kDefaultSchema, text};
  return {text.substr(0, dot), text.substr(dot + 1)};
}

std::shared_ptr<const TableScan> NewScan(Session& session, duckdb::TableFunctionBindInput& input) {
  const auto version = VersionOf(session, input);
  const auto table = session.view().Table(NameOf(input.inputs[0].ToString()), version);
  if (!table.ok()) session.Fail(table.status());
  auto columns = ColumnsOf((*table)->schema);
  if (!columns.ok()) session.Fail(Error(ErrorKind::kInternal, columns.status().message()));
  return std::make_shared<const TableScan>(TableScan{.table = *table,
                                                     .columns = *std::move(columns),
                                                     .session = session,
                                                     .number = session.AddScan(**table)});
}

duckdb::unique_ptr<duckdb::FunctionData> BindScan(duckdb::ClientContext& context,
                                                  duckdb::TableFunctionBindInput& input,
                                                  duckdb::vector<duckdb::LogicalType>& types,
                                                  duckdb::vector<duckdb::string>& names) {
  duckdb::TableFunction function = input.table_function;
  function.function_info = duckdb::make_shared_ptr<BoundScan>(NewScan(SessionOf(context), input));
  duckdb::named_parameter_map_t none;
  duckdb::TableFunctionBindInput plain(input.inputs, none, input.input_table_types,
                                       input.input_table_names, nullptr, input.binder, function,
                                       input.ref);
  return input.info->Cast<ParquetScan>().bind(context, plain, types, names);
}

/// `weir_scan('telemetry.otel_spans', version => …)`, as it would be written.
duckdb::unique_ptr<duckdb::TableRef> ScanOf(const NamedTable& table) {
  duckdb::vector<duckdb::unique_ptr<duckdb::ParsedExpression>> arguments;
  arguments.push_back(duckdb::make_uniq<duckdb::ConstantExpression>(Value(table.name.ToString())));
  if (table.version != nullptr) {
    const bool is_time = table.unit == "timestamp";
    auto value = table.version->Copy();
    value->alias = is_time ? kTimestampParameter : kVersionParameter;
    arguments.push_back(duckdb::make_uniq<duckdb::ComparisonExpression>(
        duckdb::ExpressionType::COMPARE_EQUAL,
        duckdb::make_uniq<duckdb::ColumnRefExpression>(is_time ? kTimestampParameter
                                                               : kVersionParameter),
        std::move(value)));
  }
  auto scan = duckdb::make_uniq<duckdb::TableFunctionRef>();
  scan->function =
      duckdb::make_uniq<duckdb::FunctionExpression>(kScanFunction, std::move(arguments));
  scan->alias = table.name.name;
  return scan;
}

/// What stands behind the names of views.
struct Views final : public duckdb::ReplacementScanData {
  explicit Views(ViewText its_text) : text(std::move(its_text)) {}
  const ViewText text;
};

/// `(SELECT …)`, as it would be written.
duckdb::unique_ptr<duckdb::TableRef> SubqueryOf(const std::string& text) {
  duckdb::Parser parser;
  parser.ParseQuery(text);
  return duckdb::make_uniq<duckdb::SubqueryRef>(
      duckdb::unique_ptr_cast<duckdb::SQLStatement, duckdb::SelectStatement>(
          std::move(parser.statements.front())));
}

duckdb::unique_ptr<duckdb::TableRef> ReplaceName(
    duckdb::ClientContext& context, duckdb::ReplacementScanInput& input,
    duckdb::optional_ptr<duckdb::ReplacementScanData> data) {
  Session* session = Session::Of(context);
  if (session == nullptr) return nullptr;
  const ViewText& view_text = data->Cast<Views>().text;
  if (const NamedTable* kept = session->FindVersioned(input.table_name)) {
    if (!view_text || !view_text(kept->name)) return ScanOf(*kept);
    session->Fail(Error(ErrorKind::kBadRequest,
                        fmt::format("the view {} has no versions: write its query with AT behind "
                                    "the names of its tables",
                                    kept->name.name)));
  }
  std::string schema = duckdb::StringUtil::Lower(input.schema_name);
  std::string catalog = duckdb::StringUtil::Lower(input.catalog_name);
  if (schema.empty()) std::swap(schema, catalog);
  if (!catalog.empty() && catalog != session->catalog_name()) return nullptr;
  NamedTable table{.name = {schema.empty() ? kDefaultSchema : schema,
                            duckdb::StringUtil::Lower(input.table_name)},
                   .unit = {},
                   .version = nullptr};
  const auto view = view_text ? view_text(table.name) : std::nullopt;
  return view ? SubqueryOf(*view) : ScanOf(table);
}

}  // namespace

void AddScanFunction(duckdb::Connection& connection) {
  duckdb::ClientContext& context = *connection.context;
  context.RunFunctionInTransaction([&] {
    auto& system = duckdb::Catalog::GetSystemCatalog(context);
    auto& parquet =
        system.GetEntry<duckdb::TableFunctionCatalogEntry>(context, DEFAULT_SCHEMA, "parquet_scan");
    duckdb::TableFunction scan =
        parquet.functions.GetFunctionByArguments(context, {duckdb::LogicalType::VARCHAR});
    scan.function_info = duckdb::make_shared_ptr<ParquetScan>(scan.bind);
    scan.name = kScanFunction;
    scan.bind = BindScan;
    scan.get_multi_file_reader = TableReader::Make;
    scan.named_parameters.clear();
    scan.named_parameters[kVersionParameter] = duckdb::LogicalType::ANY;
    scan.named_parameters[kTimestampParameter] = duckdb::LogicalType::ANY;
    // What these look at are files that were opened while binding, and none is.
    scan.statistics = nullptr;
    scan.get_partition_stats = nullptr;
    scan.get_bind_info = nullptr;
    scan.serialize = nullptr;
    scan.deserialize = nullptr;
    scan.late_materialization = false;
    duckdb::CreateTableFunctionInfo info(scan);
    info.internal = true;
    system.CreateTableFunction(context, info);
  });
}

duckdb::ReplacementScan TableNames(ViewText view_text) {
  return duckdb::ReplacementScan(ReplaceName, duckdb::make_uniq<Views>(std::move(view_text)));
}

}  // namespace weir::query::sql
