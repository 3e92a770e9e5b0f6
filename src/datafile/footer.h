// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a Parquet file in the store says of itself: its footer, read back without its pages.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "datafile/data_file.h"
#include "store/store.h"

namespace weir::datafile {

/// A group or leaf of the file's schema that has a field id.
struct FooterField {
  int32_t field_id = 0;
  std::string path;  // Names of it and those above it that have ids, with dots between.
  std::string type;  // Parquet's name of a leaf's physical type; empty for a group.
};

/// Over the row groups that have them, texts whole.
struct FooterBounds {
  std::optional<Bound> lower, upper;
};

struct Footer {
  /// Rows, column sizes, null counts and split offsets; the path, the date and the bounds are not
  /// the file's to tell.
  DataFile file;
  std::vector<FooterField> fields;
  std::map<int32_t, FooterBounds> bounds;  // By field id; columns outside maps and lists.
};

/// Reads the footer of the file at `path`, which has `file_bytes` bytes. The bytes need not be
/// trusted. Errors: kBadRequest when that is no whole Parquet file; the store's.
Result<Footer> ReadFooter(const store::Store& store, std::string_view path, int64_t file_bytes);

}  // namespace weir::datafile
