// SPDX-License-Identifier: Apache-2.0
// The only file that includes Beast, which compiles slowly.
#include "net/http1/head.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/verb.hpp>
#include <charconv>

namespace weir::net::http1 {
namespace {

namespace beast = boost::beast;
using ErrorCode = boost::system::error_code;

Status Malformed(std::string_view what) {
  return Error(ErrorKind::kBadRequest, "request head: " + std::string(what));
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::string Lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), Lower);
  return out;
}

/// Keeps what Beast finds.
class Collector final : public beast::http::basic_parser<true> {
 public:
  std::string method, target;
  int version = 0;  // 10 or 11.
  std::vector<Header> headers;

 private:
  using View = beast::string_view;
  void on_request_impl(beast::http::verb, View method_text, View target_text, int version_number,
                       ErrorCode&) override {
    method = std::string(method_text);
    target = std::string(target_text);
    version = version_number;
  }
  void on_field_impl(beast::http::field, View name, View value, ErrorCode&) override {
    headers.push_back({Lowered({name.data(), name.size()}), std::string(value)});
  }
  void on_response_impl(int, View, int, ErrorCode&) override {}
  void on_header_impl(ErrorCode&) override {}
  void on_body_init_impl(const boost::optional<uint64_t>&, ErrorCode&) override {}
  size_t on_body_impl(View text, ErrorCode&) override { return text.size(); }
  void on_chunk_header_impl(uint64_t, View, ErrorCode&) override {}
  size_t on_chunk_body_impl(uint64_t, View text, ErrorCode&) override { return text.size(); }
  void on_finish_impl(ErrorCode&) override {}
};

/// What Beast would forgive.
Status CheckLines(std::string_view bytes) {
  if (bytes.find('\0') != bytes.npos) return Malformed("NUL");
  bool is_first = true;
  while (!bytes.empty()) {
    const size_t end = bytes.find('\n');
    if (end == bytes.npos || end == 0 || bytes[end - 1] != '\r') return Malformed("bare LF");
    const std::string_view line = bytes.substr(0, end - 1);
    if (line.find('\r') != line.npos) return Malformed("bare CR");
    if (!is_first && !line.empty()) {
      if (line[0] == ' ' || line[0] == '\t') return Malformed("folded header");
      const std::string_view name = line.substr(0, line.find(':'));
      if (name.size() == line.size()) return Malformed("header without colon");
      if (name.find_first_of(" \t") != name.npos) return Malformed("space in a header's name");
    }
    bytes.remove_prefix(end + 1);
    is_first = false;
  }
  return Status::OK();
}

/// The path and query of `target`, in origin form or absolute form.
Status ReadTarget(std::string_view target, RequestHead& head) {
  const std::string scheme = Lowered(target.substr(0, 8));
  for (const std::string_view prefix : {"http://", "https://"}) {
    if (!scheme.starts_with(prefix)) continue;
    target.remove_prefix(std::min(target.find_first_of("/?", prefix.size()), target.size()));
    break;
  }
  const std::string_view path = target.substr(0, target.find('?'));
  if (!path.starts_with('/') || target.find('#') != target.npos) {
    return Malformed("target is not a path");
  }
  head.path = path;
  if (path.size() < target.size()) head.query = target.substr(path.size() + 1);
  return Status::OK();
}

/// The single value of a header that must not repeat; nothing when it is absent.
Result<std::optional<std::string_view>> FindSingle(const RequestHead& head, std::string_view name) {
  std::optional<std::string_view> value;
  for (const Header& header : head.headers) {
    if (header.name != name) continue;
    if (value) return Malformed("repeated " + std::string(name));
    value = header.value;
  }
  return value;
}

Result<uint64_t> ParseLength(std::string_view text) {
  uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  const bool is_whole = error == std::errc() && end == text.data() + text.size();
  if (!is_whole || length > INT64_MAX) return Malformed("content-length is not a length");
  return length;
}

Status ReadTransfer(Head& head) {
  const auto coding = TRY(FindSingle(head.request, "transfer-encoding"));
  const auto length = TRY(FindSingle(head.request, "content-length"));
  if (coding) {
    if (length) return Malformed("transfer-encoding beside content-length");
    if (head.is_version_1_0) return Malformed("transfer-encoding in HTTP/1.0");
    if (Lowered(*coding) != "chunked") return Malformed("transfer-encoding other than chunked");
    head.is_chunked = true;
  }
  if (length) head.request.content_length = TRY(ParseLength(*length));
  return Status::OK();
}

/// Whether `option` is among the comma-separated ones of the header `connection`.
bool HasConnectionOption(const RequestHead& head, std::string_view option) {
  for (const Header& header : head.headers) {
    if (header.name != "connection") continue;
    const std::string list = "," + Lowered(header.value) + ",";
    std::string bare;
    std::ranges::copy_if(list, std::back_inserter(bare),
                         [](char c) { return c != ' ' && c != '\t'; });
    if (bare.find("," + std::string(option) + ",") != bare.npos) return true;
  }
  return false;
}

Status ReadHost(const Head& head) {
  const auto host = TRY(FindSingle(head.request, "host"));
  if (!host && !head.is_version_1_0) return Malformed("no host");
  return Status::OK();
}

}  // namespace

bool HasBareLineFeed(std::string_view bytes) {
  for (size_t at = bytes.find('\n'); at != bytes.npos; at = bytes.find('\n', at + 1)) {
    if (at > 0 && bytes[at - 1] != '\r') return true;
  }
  return false;
}

Result<Head> ParseHead(std::string_view bytes) {
  TRY(CheckLines(bytes));
  Collector collector;
  collector.skip(true);  // The body is read elsewhere.
  collector.header_limit(static_cast<uint32_t>(bytes.size()));
  collector.body_limit(boost::none);
  ErrorCode error;
  collector.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
  if (error) return Malformed(error.message());
  if (!collector.is_done()) return Malformed("incomplete");

  Head head;
  head.is_version_1_0 = collector.version == 10;
  if (!head.is_version_1_0 && collector.version != 11) return Malformed("version");
  head.request.method = std::move(collector.method);
  head.request.headers = std::move(collector.headers);
  TRY(ReadTarget(collector.target, head.request));
  TRY(ReadHost(head));
  TRY(ReadTransfer(head));
  head.keeps_alive = head.is_version_1_0 ? HasConnectionOption(head.request, "keep-alive")
                                         : !HasConnectionOption(head.request, "close");
  head.expects_continue =
      !head.is_version_1_0 && Lowered(head.request.Find("expect")) == "100-continue";
  return head;
}

}  // namespace weir::net::http1
