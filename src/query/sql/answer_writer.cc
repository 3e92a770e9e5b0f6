// SPDX-License-Identifier: Apache-2.0
#include "query/sql/answer_writer.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/writer.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "query/sql/value_text.h"
#include "table/json_text.h"

namespace weir::query::sql {
namespace {

class JsonAnswer final : public AnswerWriter {
 public:
  explicit JsonAnswer(size_t bytes_max) : bytes_max_(bytes_max) {}

  Status Begin(const ResultColumns& columns) override {
    text_ = "{\"columns\":[";
    for (int i = 0; i < columns.schema->num_fields(); ++i) {
      table::AppendJsonComma(text_);
      text_ += "{\"name\":";
      table::AppendJsonText(text_, columns.schema->field(i)->name());
      text_ += ",\"type\":";
      table::AppendJsonText(text_, columns.types[i]);
      text_ += '}';
    }
    text_ += "],\"rows\":[";
    return Status::OK();
  }

  Result<bool> Add(const std::shared_ptr<arrow::RecordBatch>& rows) override {
    for (int64_t row = 0; row < rows->num_rows(); ++row) {
      table::AppendJsonComma(text_);
      text_ += '[';
      for (int i = 0; i < rows->num_columns(); ++i) {
        if (i > 0) text_ += ',';
        AppendJsonValue(text_, *rows->column(i), row);
      }
      text_ += ']';
    }
    return text_.size() < bytes_max_;
  }

  Result<std::string> Finish(std::string_view facts) override {
    text_ += ']';
    if (facts.size() > 2) {
      text_ += ',';
      text_ += facts.substr(1, facts.size() - 2);
    }
    text_ += '}';
    return std::move(text_);
  }

 private:
  const size_t bytes_max_;
  std::string text_;
};

class CsvAnswer final : public AnswerWriter {
 public:
  explicit CsvAnswer(size_t bytes_max) : bytes_max_(bytes_max) {}

  Status Begin(const ResultColumns& columns) override {
    for (const auto& field : columns.schema->fields()) {
      if (!text_.empty()) text_ += ',';
      AppendCsvText(text_, field->name());
    }
    text_ += "\r\n";
    return Status::OK();
  }

  Result<bool> Add(const std::shared_ptr<arrow::RecordBatch>& rows) override {
    for (int64_t row = 0; row < rows->num_rows(); ++row) {
      for (int i = 0; i < rows->num_columns(); ++i) {
        if (i > 0) text_ += ',';
        AppendCsvValue(text_, *rows->column(i), row);
      }
      text_ += "\r\n";
    }
    return text_.size() < bytes_max_;
  }

  Result<std::string> Finish(std::string_view) override { return std::move(text_); }

 private:
  const size_t bytes_max_;
  std::string text_;
};

class ArrowAnswer final : public AnswerWriter {
 public:
  explicit ArrowAnswer(size_t bytes_max) : bytes_max_(bytes_max) {}

  Status Begin(const ResultColumns& columns) override {
    sink_ = TRY(arrow::io::BufferOutputStream::Create());
    stream_ = TRY(arrow::ipc::MakeStreamWriter(sink_, columns.schema));
    return Status::OK();
  }

  Result<bool> Add(const std::shared_ptr<arrow::RecordBatch>& rows) override {
    TRY(stream_->WriteRecordBatch(*rows));
    const int64_t bytes = TRY(sink_->Tell());
    return static_cast<size_t>(bytes) < bytes_max_;
  }

  Result<std::string> Finish(std::string_view) override {
    TRY(stream_->Close());
    const auto buffer = TRY(sink_->Finish());
    return buffer->ToString();
  }

 private:
  const size_t bytes_max_;
  std::shared_ptr<arrow::io::BufferOutputStream> sink_;
  std::shared_ptr<arrow::ipc::RecordBatchWriter> stream_;
};

}  // namespace

std::unique_ptr<AnswerWriter> NewAnswerWriter(AnswerForm form, size_t bytes_max) {
  switch (form) {
    case AnswerForm::kCsv: return std::make_unique<CsvAnswer>(bytes_max);
    case AnswerForm::kArrow: return std::make_unique<ArrowAnswer>(bytes_max);
    case AnswerForm::kJson: break;
  }
  return std::make_unique<JsonAnswer>(bytes_max);
}

}  // namespace weir::query::sql
