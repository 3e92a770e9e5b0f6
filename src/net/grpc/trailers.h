// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a gRPC status is spelled in HTTP/2 trailers.

#include <string>
#include <string_view>
#include <vector>

#include "net/http.h"

namespace weir::net::grpc {

/// gRPC's INTERNAL: what the protocol asks for when framing or compression is wrong.
constexpr int kInternal = 13;

/// True for `application/grpc` and its kin with a message format (`application/grpc+proto`).
bool IsGrpcContentType(std::string_view content_type);

/// `grpc-status` and, where not empty, `grpc-message` and `grpc-status-details-bin`.
std::vector<Header> StatusTrailers(const GrpcStatus& status);

/// Bytes outside printable ASCII, and '%', become %XX.
/// Source: grpc's doc/PROTOCOL-HTTP2.md, Percent-Encoded.
std::string PercentEncode(std::string_view text);

/// Standard alphabet, no padding: how gRPC sends `-bin` headers.
std::string Base64WithoutPadding(std::string_view bytes);

}  // namespace weir::net::grpc
