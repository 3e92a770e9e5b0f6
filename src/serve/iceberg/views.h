// SPDX-License-Identifier: Apache-2.0
#pragma once
// The REST catalog's routes about views.

#include "serve/iceberg/lake.h"
#include "serve/router.h"

namespace weir::serve::iceberg {

Result<net::Response> AnswerViews(const Lake& lake, const Call& call);
Result<net::Response> AnswerView(const Lake& lake, const Call& call);
Result<net::Response> AnswerViewExists(const Lake& lake, const Call& call);
Result<net::Response> CreateView(const Lake& lake, const Call& call);
Result<net::Response> RegisterView(const Lake& lake, const Call& call);
Result<net::Response> ReplaceView(const Lake& lake, const Call& call);
Result<net::Response> DropView(const Lake& lake, const Call& call);

}  // namespace weir::serve::iceberg
