// SPDX-License-Identifier: Apache-2.0
#pragma once
// The web page's files, as the build put them into the binary.

#include <span>
#include <string_view>

namespace weir::serve::page {

/// One file of `ui/`'s build. Views of the binary's own constants.
struct File {
  std::string_view path;  // Below `/ui/`: `index.html`, `assets/<name>-<hash>.js`.
  std::string_view content_type;
  std::string_view etag;  // Of the bytes, in quotes.
  std::string_view gzip;  // The contents, compressed.
};

/// All of them; `index.html` is among them. Empty in a build without the page (fuzzers,
/// sanitizers). Defined by tools/embed_page.py's output.
std::span<const File> Files();

}  // namespace weir::serve::page
