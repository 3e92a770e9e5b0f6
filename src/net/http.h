// SPDX-License-Identifier: Apache-2.0
#pragma once
// One request and one response, the same for HTTP/1.1, HTTP/2 and gRPC.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::net {

enum class Protocol : uint8_t { kHttp1, kHttp2, kGrpc };

struct Header {
  std::string name;  // Lower case.
  std::string value;
};

/// What is known of a request before its body.
struct RequestHead {
  Protocol protocol = Protocol::kHttp1;
  std::string method;  // Upper case.
  std::string path;    // Starts with '/', up to the '?'; not percent-decoded.
  std::string query;   // After the '?', without it; not decoded.
  std::vector<Header> headers;
  std::string peer;  // `ip:port` of the client.
  std::optional<uint64_t> content_length;

  /// The first header of that lower-case name; empty when absent.
  std::string_view Find(std::string_view name) const;
};

/// `body`: for gRPC the one message without its 5-byte frame, still compressed where
/// `is_compressed_message` (with the encoding that the header `grpc-encoding` names); otherwise the
/// bytes as sent, transfer coding removed.
struct Request {
  RequestHead head;
  std::string body;
  bool is_compressed_message = false;
};

/// gRPC's trailers; meaningful only in answers to gRPC requests.
struct GrpcStatus {
  int code = 0;
  std::string message;  // Any bytes; percent-encoded on the wire.
  std::string details;  // Serialized google.rpc.Status for `grpc-status-details-bin`, or empty.
};

/// To a gRPC request: `grpc` and, when its code is 0, `body` as the one message; `status` stays 200
/// then.
struct Response {
  int status = 200;
  std::vector<Header>
      headers;  // Without content-length, date, connection: the server writes those.
  std::string body;
  GrpcStatus grpc;
};

/// Why the server itself turns a request away; the handler words the answer.
enum class RefusalReason : uint8_t {
  kBodyTooLarge,
  kBodyTooSlow,
  kNoBodyMemory,  // Other bodies have all the memory there is for them.
  kMalformed,     // Not the protocol; the connection is closed after the answer.
  kHeadTooLarge,
  kTooManyConnections,
  kShuttingDown,
  kUnanswered,  // The handler dropped its Responder.
};

}  // namespace weir::net
