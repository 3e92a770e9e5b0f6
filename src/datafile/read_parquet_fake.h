// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests of other rooms: a Parquet file's texts, so that they need not know Parquet.

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/chunked_array.h>
#include <arrow/io/memory.h>
#include <arrow/memory_pool.h>
#include <arrow/table.h>
#include <parquet/arrow/reader.h>

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace weir::datafile {

/// The column `name` of the file `bytes`, in row order. Errors: of the library.
inline Result<std::vector<std::string>> ReadTexts(const std::string& bytes,
                                                  const std::string& name) {
  const auto file = std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes));
  const auto reader = TRY(parquet::arrow::OpenFile(file, arrow::default_memory_pool()));
  const std::shared_ptr<arrow::Table> table = TRY(reader->ReadTable());
  const auto column = table->GetColumnByName(name);
  if (column == nullptr) return Error(ErrorKind::kNotFound, "no column " + name);
  std::vector<std::string> texts;
  for (const auto& chunk : column->chunks()) {
    const auto& array = static_cast<const arrow::StringArray&>(*chunk);
    for (int64_t row = 0; row < array.length(); ++row) texts.push_back(array.GetString(row));
  }
  return texts;
}

}  // namespace weir::datafile
