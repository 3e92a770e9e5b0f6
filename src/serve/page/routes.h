// SPDX-License-Identifier: Apache-2.0
#pragma once
// `/ui/…`: the web page, out of the binary.

#include <span>

#include "serve/page/files.h"
#include "serve/router.h"

namespace weir::serve::page {

/// Whether a view or a file of the page is asked for; `/` is the start page's, which is for others
/// as well.
bool IsPath(std::string_view path);

/// The page's document, for every address of a view; what is shown there the page reads from the
/// address. `files` must have `index.html`.
net::Response AnswerDocument(const Call& call, std::span<const File> files);

/// Adds `/ui`, its views and `/ui/assets/{}`; nothing where there are no files. `files` outlive the
/// router.
void AddRoutes(Router& router, std::span<const File> files);

}  // namespace weir::serve::page
