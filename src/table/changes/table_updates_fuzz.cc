// SPDX-License-Identifier: Apache-2.0
// Any request is applied to any document or refused; what comes out is a sound document again.

#include "table/changes/table_updates.h"

#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "table/changes/new_table.h"
#include "table/changes/table_document.h"
#include "table/changes/view_updates.h"

namespace {

using namespace weir::table::changes;

const Birth kBirth{.uuid = "u", .location = "file:///t", .now_ms = 1};

void CheckSound(const weir::Result<Json>& table) {
  if (!table.ok()) return;
  CHECK(ParseObject(JsonText(*table)).ok());
  CHECK(CheckedTable(*table).ok());
}

/// `request`: {"base": document, "requirements": [...], "updates": [...]}, or a new table or view.
void Apply(const Json& request) {
  const auto table = NewTable(request, kBirth);
  CheckSound(table);
  const auto view = NewView(request, kBirth);
  if (view.ok()) CHECK(CheckView(*view).ok());
  const auto updates = List(request, "updates");
  if (!updates.ok()) return;
  CheckSound(TableFrom(**updates, 1));
  if (table.ok()) CheckSound(UpdatedTable({*table, "m"}, **updates, 2));
  if (view.ok()) {
    const auto next = UpdatedView(*view, **updates, 2);
    if (next.ok()) CHECK(CheckView(*next).ok());
  }
  const auto base = Object(request, "base");
  if (!base.ok()) return;
  CheckSound(UpdatedTable({**base, "m"}, **updates, 2));
  const auto requirements = List(request, "requirements");
  if (!requirements.ok()) return;
  weir::Ignore(CheckTableRequirements(*base, **requirements), "failing is fine");
  weir::Ignore(CheckViewRequirements(**base, **requirements), "failing is fine");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto request = ParseObject({reinterpret_cast<const char*>(data), size});
  if (request.ok()) Apply(*request);
  return 0;
}
