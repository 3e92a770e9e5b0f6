// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: a server on a free loopback port that gives one connection one fixed answer.

#include <string>
#include <thread>

namespace weir::cli {

class OneAnswerFake {
 public:
  explicit OneAnswerFake(std::string answer);
  ~OneAnswerFake();
  OneAnswerFake(const OneAnswerFake&) = delete;

  std::string endpoint() const;  // `127.0.0.1:port`.
  /// What the client sent. Waits until it was answered.
  std::string Request();

 private:
  void Serve(const std::string& answer);

  int listener_ = -1;
  int port_ = 0;
  std::string request_;
  std::jthread thread_;
};

}  // namespace weir::cli
