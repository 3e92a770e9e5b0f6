// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which files of a table have rows that are to be forgotten: by statistics first, then by reading
// the column.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "datafile/data_file.h"
#include "maintain/removal/forgotten_value.h"
#include "store/store.h"
#include "table/iceberg/table_state.h"

namespace weir::maintain {

/// A file with such rows.
struct FileWithRows {
  datafile::DataFile file;    // Path, date, rows and bytes.
  int64_t added_version = 0;  // The first that has the file.
  int64_t rows = 0;           // To be forgotten, by any of the values.
  std::vector<int64_t> rows_by_value;
};

/// Searches one table for some values. One thread.
class RowSearch {
 public:
  /// `state`: borrowed. `is_cancelled`: asked before each file; true ends a search with kConflict.
  /// Errors: kBadRequest when its schema can't be read.
  static Result<RowSearch> Open(
      const store::Store& store, const table::iceberg::TableState& state,
      const std::vector<ForgottenValue>& values,
      std::function<bool()> is_cancelled = [] { return false; });

  /// False where no column of the table could hold any of the values.
  bool is_possible() const { return !conditions_.empty(); }
  /// One for each value and column.
  const std::vector<datafile::RowCondition>& conditions() const { return conditions_; }

  /// Live files that have such rows. Errors: the store's; of files that are not sound.
  Result<std::vector<FileWithRows>> InLiveFiles() const;
  /// Those of `retired`, of data and still on disk, that have such rows; of their facts only the
  /// path is known. Errors: as InLiveFiles.
  Result<std::vector<FileWithRows>> InRetiredFiles(
      const std::vector<catalog::RetiredFile>& retired) const;
  /// The same of one file. `path`: relative to the table. Errors: kNotFound; as InLiveFiles.
  Result<FileWithRows> InFile(const std::string& path) const;

 private:
  RowSearch(const store::Store& store, const table::iceberg::TableState& state)
      : store_(store), state_(state) {}
  bool MayHaveRows(const datafile::DataFile& file) const;

  /// A value, and where a table has it.
  struct Sought {
    ForgottenValue value;
    std::vector<datafile::RowCondition> conditions;
    int32_t field_id = 0;  // Of the column; 0 where statistics tell nothing.
  };

  const store::Store& store_;
  const table::iceberg::TableState& state_;
  std::vector<Sought> sought_;
  std::vector<datafile::RowCondition> conditions_;
  std::vector<datafile::AnyOf> groups_;  // By value.
  std::function<bool()> is_cancelled_;
};

}  // namespace weir::maintain
