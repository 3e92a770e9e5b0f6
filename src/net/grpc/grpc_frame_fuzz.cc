// SPDX-License-Identifier: Apache-2.0
// A gRPC body read whole and in two pieces must come out the same. The first byte chooses the cut.
#include "base/check.h"
#include "net/grpc/frame.h"

namespace {

struct Reading {
  weir::net::grpc::FrameOutcome outcome;
  bool is_complete, is_compressed;
  std::string message;

  bool operator==(const Reading&) const = default;
};

Reading Read(std::string_view first, std::string_view second) {
  using weir::net::grpc::FrameOutcome;
  weir::net::grpc::FrameReader reader(4096);
  FrameOutcome outcome = reader.Push(first);
  if (outcome == FrameOutcome::kFine) outcome = reader.Push(second);
  if (outcome != FrameOutcome::kFine) return {outcome, false, false, {}};
  return {outcome, reader.is_complete(), reader.is_compressed(), reader.TakeMessage()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const size_t cut = std::min<size_t>(data[0], bytes.size());
  CHECK(Read(bytes, {}) == Read(bytes.substr(0, cut), bytes.substr(cut)));
  return 0;
}
