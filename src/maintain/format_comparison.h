// SPDX-License-Identifier: Apache-2.0
#pragma once
// The files that Iceberg lists against those that Delta lists: the same ones, with the same facts.

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "datafile/data_file.h"
#include "maintain/finding.h"
#include "table/delta/log_replay.h"
#include "table/delta/statistics_reader.h"
#include "table/iceberg/schema_fields.h"

namespace weir::maintain {

/// Same columns, same types, in each format's words.
void CompareSchemas(const table::iceberg::SchemaFields& iceberg,
                    const table::delta::SchemaTypes& delta, Findings& findings);

/// Takes one format's files, then the other's one by one, so that only one side's statistics are
/// in memory. One thread.
class FormatComparison {
 public:
  /// `fields`: the Iceberg schema's, borrowed.
  FormatComparison(table::delta::Snapshot delta, table::delta::SchemaTypes types,
                   const table::iceberg::SchemaFields& fields, Findings& findings)
      : delta_(std::move(delta)), types_(std::move(types)), fields_(fields), findings_(findings) {}

  /// A live file of Iceberg's.
  void Add(const datafile::DataFile& file);
  /// After the last file: what Delta lists beyond them.
  void Finish();

 private:
  void CompareFacts(const datafile::DataFile& file, const table::delta::AddAction& add);
  void CompareStatistics(const datafile::DataFile& file,
                         const table::delta::ListedStatistics& listed);
  void Expect(bool is_so, Check check, const std::string& file, std::string found,
              std::string expected);

  table::delta::Snapshot delta_;  // Without the files that Iceberg has, as they come.
  const table::delta::SchemaTypes types_;
  const table::iceberg::SchemaFields& fields_;
  Findings& findings_;
  std::set<std::string> matched_;
};

}  // namespace weir::maintain
