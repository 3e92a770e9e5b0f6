// SPDX-License-Identifier: Apache-2.0
#include "base/fault_point.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <thread>

#include "base/guarded.h"

namespace weir::fault {
namespace {

Result<Fault> ParseFault(std::string_view text) {
  const size_t colon = text.find(':'), at = text.find('@');
  if (colon == 0 || colon == std::string_view::npos || at == std::string_view::npos || at < colon) {
    return Error(ErrorKind::kBadRequest, fmt::format("fault {}: expected name:action@N", text));
  }
  Fault fault{.point = std::string(text.substr(0, colon))};
  const std::string_view action = text.substr(colon + 1, at - colon - 1);
  const std::string_view number = text.substr(at + 1);
  if (action == "fail") fault.action = Action::kFail;
  if (action == "pause") fault.action = Action::kPause;
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), fault.passage);
  const bool is_number = parsed.ec == std::errc() && parsed.ptr == number.data() + number.size();
  const bool is_action = action == "kill" || fault.action != Action::kKill;
  if (is_action && is_number && fault.passage > 0) return fault;
  return Error(ErrorKind::kBadRequest,
               fmt::format("fault {}: expected kill, fail or pause, @ and a number from 1", text));
}

}  // namespace

Result<std::vector<Fault>> ParseFaults(std::string_view text) {
  std::vector<Fault> faults;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    Fault fault = TRY(ParseFault(text.substr(0, comma)));
    faults.push_back(std::move(fault));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return faults;
}

#ifdef WEIR_FAULT_POINTS
namespace {

// A test that forgets to open the gate ends with a server that goes on, not with one that hangs.
constexpr std::chrono::seconds kPauseMax{60};
constexpr std::chrono::milliseconds kGatePoll{1};

std::string FromEnvironment(const char* variable) {
  const char* value = std::getenv(variable);
  return value == nullptr ? "" : value;
}

std::vector<Fault> WantedFaults() {
  Result<std::vector<Fault>> faults = ParseFaults(FromEnvironment("WEIR_FAULT"));
  if (faults.ok()) return *std::move(faults);
  fmt::print(stderr, "{}\n", faults.status().message());
  std::abort();
}

void WaitAtGate() {
  const std::string gate = FromEnvironment("WEIR_FAULT_GATE");
  std::ofstream(gate + ".reached").flush();
  const auto deadline = std::chrono::steady_clock::now() + kPauseMax;
  while (!std::filesystem::exists(gate) && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(kGatePoll);
  }
}

/// What to do at this passage of `name`, if anything.
std::optional<Action> Pass(std::string_view name) {
  static const std::vector<Fault> wanted = WantedFaults();
  static const std::string list = FromEnvironment("WEIR_FAULT_LIST");
  static Guarded<std::map<std::string, int64_t, std::less<>>> passages;
  int64_t passage = 0;
  {
    auto counts = passages.Lock();
    passage = ++counts->try_emplace(std::string(name)).first->second;
    if (passage == 1 && !list.empty()) std::ofstream(list, std::ios::app) << name << '\n';
  }
  for (const Fault& fault : wanted) {
    if (fault.point != name || fault.passage != passage) continue;
    fmt::print(stderr, "fault point {} reached, passage {}\n", name, passage);
    return fault.action;
  }
  return std::nullopt;
}

void KillOrPause(std::optional<Action> action) {
  if (action == Action::kKill) ::kill(::getpid(), SIGKILL);
  if (action == Action::kPause) WaitAtGate();
}

}  // namespace

void Point(std::string_view name) { KillOrPause(Pass(name)); }

Status MayFail(std::string_view name, ErrorKind kind) {
  const std::optional<Action> action = Pass(name);
  KillOrPause(action);
  if (action != Action::kFail) return Status::OK();
  return Error(kind, fmt::format("fault point {}", name));
}

int64_t Number(const char* variable, int64_t usual) {
  const std::string text = FromEnvironment(variable);
  return text.empty() ? usual : std::strtoll(text.c_str(), nullptr, 10);
}
#endif

}  // namespace weir::fault
