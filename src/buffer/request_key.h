// SPDX-License-Identifier: Apache-2.0
#pragma once
// What makes two requests the same: a sender that heard no answer sends the same bytes again.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "signal/export_request.h"

namespace weir::buffer {

/// 128 bits that stand for a request's content: tables, signal, encoding, compression, body. When
/// and from where it came is no part of it. (0, 0) stands for no request.
struct RequestKey {
  uint64_t low = 0, high = 0;
  bool operator==(const RequestKey&) const = default;
};
struct RequestKeyHash {
  size_t operator()(const RequestKey& key) const { return key.low; }
};

/// Views of a request's content.
struct RequestContent {
  signal::Signal signal = signal::Signal::kTraces;
  signal::Encoding encoding = signal::Encoding::kProtobuf;
  Compression compression = Compression::kNone;
  std::string_view schema, prefix, body;
};

RequestKey KeyOf(const RequestContent& content);
RequestKey KeyOf(const signal::ExportRequest& request);

/// What became of a request whose rows are durable: enough to give its answer again.
struct TakenRequest {
  RequestKey key;
  int64_t received_unix_nano = 0;
  uint32_t accepted = 0, rejected = 0;
};

/// What is kept of a request that could not be read, beside the beginning of its body.
struct RefusedRequest {
  std::string detail;   // What the sender was told.
  bool is_cut = false;  // Only a beginning of the body is kept.
};
inline constexpr size_t kRefusalDetailBytesMax = 4096;

}  // namespace weir::buffer
