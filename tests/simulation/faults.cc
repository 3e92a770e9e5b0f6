// SPDX-License-Identifier: Apache-2.0
#include "simulation/faults.h"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

namespace weir::simulation {
namespace {

constexpr uint64_t kCallsOfALife = 500;

std::string_view NameOf(buffer::DiskCall call) {
  using enum buffer::DiskCall;
  switch (call) {
    case kMakeDirectory: return "make directory";
    case kCreate: return "create";
    case kOpen: return "open";
    case kRead: return "read";
    case kRename: return "rename";
    case kRemove: return "remove";
    case kList: return "list";
    case kSyncDirectory: return "sync directory";
    case kWrite: return "write";
    case kAllocate: return "allocate";
    case kTruncate: return "truncate";
    case kSyncData: return "sync data";
    case kSync: return "sync";
  }
  return "";
}

}  // namespace

void Trace::Note(std::string_view event, std::string_view subject, int64_t number) {
  const auto mix = [&](uint64_t value) { hash_ = (hash_ ^ value) * 0x100000001b3; };
  for (const std::string_view text : {event, subject}) {
    for (const char c : text) mix(static_cast<unsigned char>(c));
  }
  mix(static_cast<uint64_t>(number));
  if (is_printed_) fmt::print("{} {} {}\n", event, subject, number);
}

void Faults::BeginLife() {
  is_calm_ = false;
  calls_ = 0;
  constexpr uint64_t kRates[] = {0, 0, 5, 30, 100};
  for (uint64_t& rate : per_mille_) rate = kRates[random_.Below(std::size(kRates))];
  crash_at_ = random_.Chance(75) ? 1 + random_.Below(kCallsOfALife) : 0;
  is_crash_after_ = random_.Chance(50);
  out_room_ = static_cast<Room>(random_.Below(kRooms));
  out_from_ = random_.Below(kCallsOfALife);
  out_until_ = random_.Chance(40) ? out_from_ + 1 + random_.Below(60) : 0;
}

void Faults::Calm() { is_calm_ = true; }

bool Faults::IsOut(Room room) const {
  return room == out_room_ && calls_ >= out_from_ && calls_ < out_until_;
}

Verdict Faults::Judge(Room room, std::string_view call, std::string_view path) {
  ++calls_;
  trace_.Note(call, path);
  if (is_calm_) return Verdict::kOk;
  if (calls_ == crash_at_ && !is_crash_after_) {
    trace_.Note("crash before it");
    throw Crash{};  // lint-ok: the process ends
  }
  if (!IsOut(room) && !random_.PerMille(per_mille_[static_cast<size_t>(room)])) {
    return Verdict::kOk;
  }
  ++count_;
  const Verdict verdict = random_.Chance(50) ? Verdict::kFailed : Verdict::kAnswerLost;
  trace_.Note("failure", "", static_cast<int64_t>(verdict));
  return verdict;
}

void Faults::Done() {
  if (is_calm_ || crash_at_ == 0 || calls_ < crash_at_) return;
  trace_.Note("crash after it");
  throw Crash{};  // lint-ok: the process ends
}

void Faults::After(buffer::DiskCall) {
  takes_space_for_note_ = false;
  Done();
}

int Faults::Before(buffer::DiskCall call, const std::string& path) {
  using enum buffer::DiskCall;
  const bool is_cut = call == kTruncate || (call == kSync && path == cut_path_);
  cut_path_ = call == kTruncate ? path : "";
  const bool takes_space = call == kWrite || call == kCreate || call == kAllocate;
  // A full disk says so later, and not here.
  if (std::exchange(takes_space_for_note_, false)) ++failed_notes_;
  // The folders above it are synced for a note, too.
  is_noting_ = path.find("/taken") != std::string::npos || (is_noting_ && call == kSyncDirectory);
  const Verdict verdict = Judge(Room::kDisk, NameOf(call), path);
  takes_space_for_note_ = is_noting_ && takes_space;
  if (verdict == Verdict::kOk) return 0;
  if (is_cut) ++failed_cuts_;
  if (is_noting_ && call != kRemove) ++failed_notes_;
  takes_space_for_note_ = false;
  return takes_space && random_.Chance(50) ? ENOSPC : EIO;
}

}  // namespace weir::simulation
