// SPDX-License-Identifier: Apache-2.0
#include "serve/page/routes.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/compression.h"

namespace weir::serve::page {
namespace {

constexpr std::string_view kDocument = "index.html";
// Larger ones would not pass the page's own limit of 600 kB for all.
constexpr size_t kFileBytesMax = 16 << 20;

// Nothing but what the binary itself serves: no inline script or style, no frame, no other origin.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const File* FindFile(std::span<const File> files, std::string_view path) {
  const auto found = std::ranges::find(files, path, &File::path);
  return found == files.end() ? nullptr : &*found;
}

/// `name` of an asset carries its contents' hash, so it may be kept for ever; the document may not.
net::Response AnswerFile(const Call& call, const File& file) {
  const net::RequestHead& head = call.request.head;
  const bool is_known = head.Find("if-none-match").find(file.etag) != std::string_view::npos;
  net::Response response = is_known ? EmptyAnswer(304) : TextAnswer(200, file.content_type, {});
  const bool is_document = file.path == kDocument;
  response.headers.push_back({"etag", std::string(file.etag)});
  response.headers.push_back({"vary", "accept-encoding, accept"});
  response.headers.push_back(
      {"cache-control", is_document ? "no-cache" : "public, max-age=31536000, immutable"});
  response.headers.push_back({"content-security-policy", std::string(kPolicy)});
  response.headers.push_back({"referrer-policy", "no-referrer"});
  response.headers.push_back({"cross-origin-opener-policy", "same-origin"});
  if (is_known) return response;
  if (head.Find("accept-encoding").find("gzip") != std::string_view::npos) {
    response.headers.push_back({"content-encoding", "gzip"});
    response.body = file.gzip;
    return response;
  }
  auto plain = Decompress(Compression::kGzip, file.gzip, kFileBytesMax);
  CHECK(plain.ok());
  response.body = *std::move(plain);
  return response;
}

Result<net::Response> AnswerAsset(const Call& call, std::span<const File> files) {
  const File* file = FindFile(files, fmt::format("assets/{}", call.arguments[0]));
  if (file != nullptr) return AnswerFile(call, *file);
  return Error(ErrorKind::kNotFound,
               "the page has no such file; reload it, it may be of an older "
               "version");
}

}  // namespace

bool IsPath(std::string_view path) { return path == "/ui" || path.starts_with("/ui/"); }

net::Response AnswerDocument(const Call& call, std::span<const File> files) {
  const File* document = FindFile(files, kDocument);
  CHECK(document != nullptr);
  return AnswerFile(call, *document);
}

void AddRoutes(Router& router, std::span<const File> files) {
  if (files.empty()) return;
  const auto add = [&router](std::string pattern,
                             std::function<Result<net::Response>(const Call&)> answer) {
    router.Add({.method = "GET",
                .pattern = std::move(pattern),
                .answer = std::move(answer),
                .is_immediate = true});
  };
  add("/ui/assets/{}", [files](const Call& call) { return AnswerAsset(call, files); });
  for (const char* pattern : {"/ui", "/ui/{}", "/ui/{}/{}", "/ui/{}/{}/{}"}) {
    add(pattern, [files](const Call& call) { return AnswerDocument(call, files); });
  }
}

}  // namespace weir::serve::page
