// SPDX-License-Identifier: Apache-2.0
#include "simulation/requests.h"

#include <fmt/format.h>

#include <algorithm>

#include "simulation/lines.h"

namespace weir::simulation {
namespace {

/// So many requests ago at most was the one that is sent again.
constexpr size_t kRetriesReach = 40;

Status Wrong(std::string what) { return Error(ErrorKind::kInternal, std::move(what)); }

int CountOf(const RowCounts& found, int64_t row) {
  const auto index = static_cast<size_t>(row);
  return index < found.size() ? found[index] : 0;
}

}  // namespace

signal::ExportRequest Requests::Make(Random& random, size_t& index) {
  index = all_.size();
  Sent sent{.first_row = last_row_ + 1};
  sent.request.signal = random.Chance(70) ? signal::Signal::kTraces : signal::Signal::kLogs;
  sent.is_unreadable = random.Chance(4);
  std::string& body = sent.request.body;
  if (sent.is_unreadable) body = "?";
  // Longer requests cross sectors and fill segments.
  const size_t digits = random.Chance(10) ? 300 : 1 + random.Below(40);
  for (uint64_t left = 1 + random.Below(4); left > 0; --left) {
    const bool is_rejected = !sent.is_unreadable && random.Chance(10);
    body += fmt::format("{}{:0{}} ", is_rejected ? "!" : "", ++last_row_, digits);
    ++sent.rows;
    sent.rejected += is_rejected;
  }
  if (random.Chance(10)) sent.request.tables = {"team_a", "x_"};
  index_by_row_[sent.first_row] = index;
  all_.push_back(std::move(sent));
  return Send(index);
}

std::optional<signal::ExportRequest> Requests::Again(Random& random, size_t& index) {
  const size_t reach = std::min(all_.size() - first_again_, kRetriesReach);
  if (reach == 0) return std::nullopt;
  index = all_.size() - 1 - random.Below(reach);
  // Each time that one is refused which can't be read, there is a letter of it.
  if (all_[index].is_unreadable || all_[index].is_damaged) return std::nullopt;
  if (all_[index].fate == Fate::kRefused) all_[index].fate = Fate::kUnanswered;
  return Send(index);
}

signal::ExportRequest Requests::Send(size_t index) {
  ++all_[index].sendings;
  ++all_[index].waiting;
  return all_[index].request;
}

Status Requests::Answer(size_t index, const Result<signal::ExportOutcome>& outcome) {
  Sent& sent = all_[index];
  if (--sent.waiting < 0) return Wrong(fmt::format("request {}: answered twice", index));
  if (!outcome.ok()) {
    if (sent.fate == Fate::kTaken) {
      return Wrong(fmt::format("request {}: refused after it was taken", index));
    }
    if (sent.fate == Fate::kUnanswered) sent.fate = Fate::kRefused;
    const bool is_right = KindOf(outcome.status()) == ErrorKind::kRetryLater || sent.is_unreadable;
    return is_right ? Status::OK() : outcome.status();
  }
  if (sent.is_unreadable) return Wrong(fmt::format("request {}: unreadable, but taken", index));
  sent.fate = Fate::kTaken;
  const int64_t accepted = sent.rows - sent.rejected;
  if (outcome->accepted == accepted && outcome->rejected == sent.rejected) return Status::OK();
  return Wrong(fmt::format("request {}: {} rows taken and {} rejected, expected {} and {}", index,
                           outcome->accepted, outcome->rejected, accepted, sent.rejected));
}

void Requests::SetDoubtful(size_t index) {
  if (all_[index].fate != Fate::kTaken) all_[index].fate = Fate::kDoubtful;
}

void Requests::SetDamaged(const std::string& body) {
  const size_t digits = body.find_first_of("0123456789");
  Sent& sent = all_[index_by_row_.at(NumberIn(std::string_view(body).substr(digits)))];
  sent.is_damaged = true;
  if (sent.fate == Fate::kTaken) sent.fate = Fate::kDoubtful;
}

void Requests::EndLife() {
  for (Sent& sent : all_) {
    sent.waiting = 0;
    sent.is_settled = sent.fate == Fate::kTaken;
  }
}

void Requests::ForgetTaken() {
  EndRetries();
  first_not_twice_ = all_.size();
}

Status Requests::Check(const RowCounts& found) const {
  for (size_t index = 0; index < all_.size(); ++index) TRY(CheckOne(index, found));
  for (size_t row = 0; row < found.size(); ++row) {
    const bool is_known = row > 0 && row <= static_cast<size_t>(last_row_);
    if (found[row] > 0 && !is_known) return Wrong("rows in the tables that nobody sent");
  }
  return Status::OK();
}

Status Requests::CheckOne(size_t index, const RowCounts& found) const {
  const Sent& sent = all_[index];
  const bool may_be_twice = sent.sendings > 1 && index < first_not_twice_;
  int64_t there = 0;
  for (int64_t row = sent.first_row; row < sent.first_row + sent.rows; ++row) {
    const int times = CountOf(found, row);
    if (times > 1 && !may_be_twice) {
      return Wrong(fmt::format("request {}: row {} is there {} times", index, row, times));
    }
    there += times > 0;
  }
  const auto wrong = [&](std::string_view what) {
    return Wrong(
        fmt::format("request {} {}: {} of {} rows are there", index, what, there, sent.rows));
  };
  // Its letter is its first number; its answer does not wait for it.
  if (sent.is_unreadable) {
    const bool is_letter = there == 1 && CountOf(found, sent.first_row) == 1;
    return there == 0 || is_letter ? Status::OK() : wrong("is unreadable");
  }
  if (there != 0 && there != sent.rows) return wrong("is there in part");
  if (sent.fate == Fate::kRefused && there > 0) return wrong("was refused");
  if (sent.fate == Fate::kTaken && sent.is_settled && there == 0) return wrong("was taken");
  return Status::OK();
}

}  // namespace weir::simulation
