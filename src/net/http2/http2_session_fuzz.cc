// SPDX-License-Identifier: Apache-2.0
// Frames of a client, after a good preface, through an HTTP/2 session. The first byte chooses the
// piece size.
#include "net/echo_fake.h"
#include "net/http2/session.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const size_t piece = data[0] == 0 ? size : data[0];
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  weir::net::SessionFake<weir::net::http2::Session> fake(
      {.head_bytes_max = 4096, .body_memory_bytes_max = 2048});
  fake.handler.body_bytes_max = 4096;
  fake.Feed(weir::net::http2::kPreface);
  while (!bytes.empty() && fake.session.ending() == weir::net::Ending::kOpen) {
    fake.Feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    fake.Output();
  }
  fake.Wait(std::chrono::hours(1));
  fake.Output();
  return 0;
}
