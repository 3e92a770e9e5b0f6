// SPDX-License-Identifier: Apache-2.0
#pragma once
// `<data>/server.json`: how the command line finds the server that runs on a data folder.

#include <string>

#include "base/result.h"

namespace weir::cli {

struct ServerFile {
  int64_t pid = 0;
  std::string grpc;  // `ip:port`.
  std::string http;
  std::string version;
};

/// Replaces the file whole. Errors: kRetryLater when it can't be written.
Status WriteServerFile(const std::string& data_dir, const ServerFile& file);
/// Errors: kNotFound when there is none: no server was started there; kBadRequest when it is
/// malformed.
Result<ServerFile> ReadServerFile(const std::string& data_dir);
/// For a server that stops in good order.
void RemoveServerFile(const std::string& data_dir);

}  // namespace weir::cli
