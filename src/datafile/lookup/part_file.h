// SPDX-License-Identifier: Apache-2.0
#pragma once
// An object of the store as a file of Arrow's, for those of the library's readers that want one.

#include <arrow/io/interfaces.h>

#include <memory>
#include <string>

#include "datafile/lookup/file_head.h"

namespace weir::datafile {

/// Borrows `parts`. Its reads are counted there.
std::shared_ptr<arrow::io::RandomAccessFile> OpenPartFile(const PartReader& parts,
                                                          std::string path);

}  // namespace weir::datafile
