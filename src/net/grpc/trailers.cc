// SPDX-License-Identifier: Apache-2.0
#include "net/grpc/trailers.h"

#include <cstdint>

namespace weir::net::grpc {
namespace {

/// Longer messages are cut: a client gives up on trailers over its header limit, commonly 8 KiB.
constexpr size_t kMessageBytesMax = 2048;
/// Larger details are left out for the same reason; the code and message remain.
constexpr size_t kDetailsBytesMax = 4096;

}  // namespace

bool IsGrpcContentType(std::string_view content_type) {
  constexpr std::string_view kGrpc = "application/grpc";
  if (!content_type.starts_with(kGrpc)) return false;
  content_type.remove_prefix(kGrpc.size());
  return content_type.empty() || content_type[0] == '+' || content_type[0] == ';';
}

std::vector<Header> StatusTrailers(const GrpcStatus& status) {
  std::vector<Header> trailers = {{"grpc-status", std::to_string(status.code)}};
  if (!status.message.empty()) {
    const std::string_view message = status.message;
    trailers.push_back({"grpc-message", PercentEncode(message.substr(0, kMessageBytesMax))});
  }
  if (!status.details.empty() && status.details.size() <= kDetailsBytesMax) {
    trailers.push_back({"grpc-status-details-bin", Base64WithoutPadding(status.details)});
  }
  return trailers;
}

std::string PercentEncode(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (byte >= 0x20 && byte <= 0x7e && c != '%') {
      out += c;
    } else {
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

std::string Base64WithoutPadding(std::string_view bytes) {
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<uint8_t>(c);
    for (count += 8; count >= 6; count -= 6) out += kAlphabet[bits >> (count - 6) & 63];
  }
  if (count > 0) out += kAlphabet[bits << (6 - count) & 63];
  return out;
}

}  // namespace weir::net::grpc
