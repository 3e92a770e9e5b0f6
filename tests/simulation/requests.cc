// SPDX-License-Identifier: Apache-2.0
#include "simulation/requests.h"

#include <fmt/format.h>

#include <charconv>

namespace weir::simulation {
namespace {

Status Wrong(std::string what) { return Error(ErrorKind::kInternal, std::move(what)); }

}  // namespace

signal::ExportRequest Requests::Make(Random& random, size_t& index) {
  index = all_.size();
  Sent sent{.first_row = last_row_ + 1};
  signal::ExportRequest request{.signal = random.Chance(70) ? signal::Signal::kTraces
                                                            : signal::Signal::kLogs};
  // Longer requests cross sectors and fill segments.
  const size_t digits = random.Chance(10) ? 300 : 1 + random.Below(40);
  for (uint64_t left = 1 + random.Below(4); left > 0; --left) {
    request.body += fmt::format("{:0{}} ", ++last_row_, digits);
    ++sent.rows;
    if (random.Chance(10)) {
      request.body += "! ";
      ++sent.rejected;
    }
  }
  sent.is_unreadable = random.Chance(4);
  if (sent.is_unreadable) request.body += "?";
  index_by_row_[sent.first_row] = index;
  all_.push_back(sent);
  return request;
}

Status Requests::Answer(size_t index, const Result<signal::ExportOutcome>& outcome) {
  Sent& sent = all_[index];
  if (sent.fate != Fate::kUnanswered)
    return Wrong(fmt::format("request {}: answered twice", index));
  sent.fate = outcome.ok() ? Fate::kTaken : Fate::kRefused;
  if (!outcome.ok()) {
    const bool is_right = KindOf(outcome.status()) == ErrorKind::kRetryLater || sent.is_unreadable;
    return is_right ? Status::OK() : outcome.status();
  }
  if (sent.is_unreadable) return Wrong(fmt::format("request {}: unreadable, but taken", index));
  if (outcome->accepted == sent.rows && outcome->rejected == sent.rejected) return Status::OK();
  return Wrong(fmt::format("request {}: {} rows taken and {} rejected, expected {} and {}", index,
                           outcome->accepted, outcome->rejected, sent.rows, sent.rejected));
}

size_t Requests::IndexOf(const std::string& body) const {
  int64_t row = 0;
  std::from_chars(body.data(), body.data() + body.size(), row);
  return index_by_row_.at(row);
}

Status Requests::Check(const std::map<int64_t, int>& found, size_t settled) const {
  int64_t rows = 0;
  for (size_t index = 0; index < all_.size(); ++index) {
    TRY(CheckOne(index, found, index < settled));
    for (int64_t i = 0; i < all_[index].rows; ++i)
      rows += found.contains(all_[index].first_row + i);
  }
  if (rows == static_cast<int64_t>(found.size())) return Status::OK();
  return Wrong("rows in the tables that nobody sent");
}

Status Requests::CheckOne(size_t index, const std::map<int64_t, int>& found,
                          bool is_settled) const {
  const Sent& sent = all_[index];
  int64_t there = 0;
  for (int64_t row = sent.first_row; row < sent.first_row + sent.rows; ++row) {
    const auto times = found.find(row);
    if (times == found.end()) continue;
    if (times->second > 1) {
      return Wrong(fmt::format("request {}: row {} is there {} times", index, row, times->second));
    }
    ++there;
  }
  const std::string state = fmt::format("{} of {} rows are there", there, sent.rows);
  if (there != 0 && there != sent.rows) return Wrong(fmt::format("request {}: {}", index, state));
  if (sent.fate == Fate::kRefused && there > 0) {
    return Wrong(fmt::format("request {} was refused, but {}", index, state));
  }
  if (sent.fate == Fate::kTaken && is_settled && there == 0) {
    return Wrong(fmt::format("request {} was taken, but {}", index, state));
  }
  return Status::OK();
}

}  // namespace weir::simulation
