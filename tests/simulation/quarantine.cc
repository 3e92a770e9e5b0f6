// SPDX-License-Identifier: Apache-2.0
#include "simulation/quarantine.h"

#include <fmt/format.h>

#include <vector>

#include "buffer/journal_frame.h"
#include "buffer/journal_reader.h"

namespace weir::simulation {
namespace {

Status Wrong(std::string what) { return Error(ErrorKind::kInternal, std::move(what)); }

struct FramePlace {
  size_t offset = 0, bytes = 0;
  std::string body;
};

/// The frames of a segment in which all is sound; nothing where it is not.
std::vector<FramePlace> FramesOf(const std::string& segment) {
  std::vector<buffer::JournalDamage> damage;
  size_t sound = 0;
  const auto count = [&](const buffer::Frame&) {
    ++sound;
    return Status::OK();
  };
  if (!buffer::ReadSegment(segment, "", count, damage).ok() || !damage.empty()) return {};
  std::vector<FramePlace> frames;
  size_t at = buffer::kSegmentHeaderBytes;
  while (frames.size() < sound) {
    buffer::Frame frame;
    const auto found = buffer::ReadFrame(std::string_view(segment).substr(at), &frame);
    frames.push_back({at, found.bytes, frame.request.body});
    at += found.bytes;
  }
  return frames;
}

}  // namespace

std::string Quarantine::NameOf(const std::string& path) const {
  std::string name = path.substr(journals_.size() + 1);  // <writer>/<segment>
  name[name.find('/')] = '-';
  return name;
}

std::vector<std::string> Quarantine::Segments() const {
  std::vector<std::string> segments;
  for (const std::string& path : disk_.Files()) {
    if (path.starts_with(journals_) && path.ends_with(".wal")) segments.push_back(path);
  }
  return segments;
}

void Quarantine::NoteTorn() {
  for (const std::string& path : Segments()) {
    if (disk_.IsTorn(path)) torn_.insert(NameOf(path));
  }
}

std::optional<Quarantine::DamagedFrame> Quarantine::DamageAFrame(Random& random) {
  const std::vector<std::string> segments = Segments();
  if (segments.empty()) return std::nullopt;
  const std::string path = segments[random.Below(segments.size())];
  const std::vector<FramePlace> frames = FramesOf(disk_.ContentOf(path));
  if (frames.empty() || disk_.IsTorn(path) || !disk_.IsDurable(path)) return std::nullopt;
  const FramePlace& frame = frames[random.Below(frames.size())];
  disk_.FlipBit(path, 8 * frame.offset + random.Below(8 * frame.bytes));
  const std::string name = fmt::format("{}.{}", NameOf(path), frame.offset);
  std::string damaged = disk_.ContentOf(path).substr(frame.offset, frame.bytes);
  // Zeros at the end of a last frame look like space that nothing was written to.
  damaged.erase(damaged.find_last_not_of('\0') + 1);
  damage_[name] = std::move(damaged);
  return DamagedFrame{path, frame.body};
}

Status Quarantine::Check() const {
  std::set<std::string> found;
  for (const std::string& path : disk_.Files()) {
    if (!path.starts_with(directory_ + "/")) continue;
    const std::string name = path.substr(directory_.size() + 1);
    found.insert(name);
    const auto damage = damage_.find(name);
    const std::string& bytes = disk_.ContentOf(path);
    if (damage != damage_.end() && !bytes.starts_with(damage->second)) {
      return Wrong(fmt::format("damage {} is not as it was: {} bytes", name, bytes.size()));
    }
    if (damage == damage_.end() && !torn_.contains(name.substr(0, name.find_last_of('.')))) {
      return Wrong("reported damage of a segment that lost nothing: " + name);
    }
  }
  for (const auto& [name, bytes] : damage_) {
    if (!found.contains(name)) return Wrong("damage was not reported: " + name);
  }
  return Status::OK();
}

}  // namespace weir::simulation
