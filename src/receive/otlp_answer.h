// SPDX-License-Identifier: Apache-2.0
#pragma once
// What an exporter is told, in the words of its protocol and the encoding of its request.

#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"
#include "signal/export_request.h"

namespace weir::receive {

/// How to word an answer.
struct AnswerForm {
  net::Protocol protocol = net::Protocol::kHttp1;
  signal::Encoding encoding = signal::Encoding::kProtobuf;
};

/// One refusal in all protocols' codes.
struct Refusal {
  int http_status = 500;
  int grpc_code = 13;
  std::string message;
  bool is_retryable = false;  // Then the answer says when to try again.
};

/// 200 with an Export…ServiceResponse, `partial_success` filled where records were rejected.
net::Response Success(const AnswerForm& form, signal::Signal signal,
                      const signal::ExportOutcome& outcome);

/// An error with a google.rpc.Status.
net::Response Refuse(const AnswerForm& form, const Refusal& refusal);

/// The codes for a failed status. The only place where error kinds become OTLP codes.
Refusal RefusalOf(const Status& status);

}  // namespace weir::receive
