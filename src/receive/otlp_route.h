// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which export service a request asks for, and which tables its rows go to.

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"
#include "signal/export_request.h"

namespace weir::receive {

/// The doors through which telemetry comes in.
enum class Door : uint8_t {
  kOtlp,        // `/v1/traces` and the gRPC services: the default tables.
  kDatabricks,  // `/api/2.0/otel/v1/traces`: the tables that a header names.
};

struct OtlpRoute {
  signal::Signal signal = signal::Signal::kTraces;
  Door door = Door::kOtlp;
};

/// Nothing where the path is not an export service.
std::optional<OtlpRoute> FindRoute(const net::RequestHead& head);

/// True for the paths of the gRPC services, whatever the protocol.
bool IsGrpcPath(std::string_view path);

/// The tables that `X-Databricks-UC-Table-Name: <catalog>.<schema>.<prefix>otel_spans` names,
/// lower-cased. Errors: kBadRequest where the name is missing or is not of that shape for the
/// route's signal, or names another catalog than `catalog_name`; kUnauthorized without
/// `Authorization`, kBadRequest where that is not `Bearer <token>`.
Result<signal::TableSet> ReadTableHeader(const net::RequestHead& head, signal::Signal signal,
                                         std::string_view catalog_name);

}  // namespace weir::receive
