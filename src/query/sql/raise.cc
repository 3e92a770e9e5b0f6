// SPDX-License-Identifier: Apache-2.0
#include "query/sql/raise.h"

#include <duckdb/common/exception.hpp>
#include <duckdb/common/exception/binder_exception.hpp>

namespace weir::query::sql {

void Raise(const Status& failure) {
  switch (KindOf(failure)) {
    case ErrorKind::kBadRequest:
    case ErrorKind::kUnauthorized:
    case ErrorKind::kNotFound:
      throw duckdb::BinderException(failure.message());     // lint-ok: DuckDB takes no other answer
    default: throw duckdb::IOException(failure.message());  // lint-ok: likewise
  }
}

}  // namespace weir::query::sql
