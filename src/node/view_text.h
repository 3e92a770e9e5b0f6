// SPDX-License-Identifier: Apache-2.0
#pragma once
// Views, as the engine of queries asks for them.

#include "query/sql/engine.h"
#include "views/views.h"

namespace weir::node {

inline std::optional<std::string> ViewText(const catalog::TableName& name) {
  return views::TextOf(name.schema, name.name);
}

}  // namespace weir::node
