// SPDX-License-Identifier: Apache-2.0
#pragma once
// The views, each from its file.

#include "views/views.h"

namespace weir::views {

View ServiceMap();
View ServiceSummary();
View SpanLatency();
View TokenUsage();
View TraceUnified();

}  // namespace weir::views
