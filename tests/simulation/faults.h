// SPDX-License-Identifier: Apache-2.0
#pragma once
// What goes wrong, and when: one place decides for every call of disk, store and catalog.

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <string_view>

#include "buffer/memory_disk.h"

namespace weir::simulation {

/// The process ends here. Nothing catches it but the simulation.
struct Crash {};

/// The seed's only source of chance.
class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  std::mt19937_64& engine() { return engine_; }
  uint64_t Below(uint64_t limit) { return engine_() % limit; }
  bool Chance(uint64_t percent) { return Below(100) < percent; }
  bool PerMille(uint64_t chance) { return Below(1000) < chance; }

 private:
  std::mt19937_64 engine_;
};

/// What happened, as one number: equal runs have equal hashes.
class Trace {
 public:
  explicit Trace(bool is_printed) : is_printed_(is_printed) {}
  void Note(std::string_view event, std::string_view subject = "", int64_t number = 0);
  uint64_t hash() const { return hash_; }
  bool is_printed() const { return is_printed_; }

 private:
  const bool is_printed_;
  uint64_t hash_ = 0xcbf29ce484222325;
};

enum class Room : uint8_t { kDisk, kStore, kCatalog };
inline constexpr size_t kRooms = 3;

/// What becomes of a call.
enum class Verdict : uint8_t {
  kOk,
  kFailed,      // It did nothing and fails.
  kAnswerLost,  // It did its work and fails all the same.
};

/// One thread. Each life draws a plan: how often calls of each room fail, whether one of them is
/// out for a while, and at which call the process ends.
class Faults final : public buffer::DiskEvents {
 public:
  Faults(Random& random, Trace& trace) : random_(random), trace_(trace) {}

  void BeginLife();
  /// No faults from here on, and no crash.
  void Calm();
  /// What is out comes back; single failures go on.
  void Relieve() { out_until_ = 0; }
  /// Something that the simulation itself did wrong.
  void Count() { ++count_; }

  Verdict Judge(Room room, std::string_view call, std::string_view path);
  /// The work is done; throws Crash where the process is to end before the answer.
  void Done();

  int Before(buffer::DiskCall call, const std::string& path) override;
  void After(buffer::DiskCall) override;
  bool IsShort() override { return !is_calm_ && random_.Chance(5); }

  uint64_t count() const { return count_; }
  /// How often a segment could not be cut back to what was synced: what was refused then may come
  /// back, as far as anybody can know.
  uint64_t failed_cuts() const { return failed_cuts_; }
  /// How often a file of taken requests could not be written or read: those may not be known after
  /// the next start, and are new then when they are sent again.
  uint64_t failed_notes() const { return failed_notes_; }

 private:
  bool IsOut(Room room) const;

  Random& random_;
  Trace& trace_;
  bool is_calm_ = true;
  uint64_t calls_ = 0, count_ = 0, failed_cuts_ = 0, failed_notes_ = 0;
  uint64_t crash_at_ = 0;  // Of calls_; 0 never.
  bool is_crash_after_ = false;
  uint64_t per_mille_[kRooms] = {};
  Room out_room_ = Room::kStore;
  uint64_t out_from_ = 0, out_until_ = 0;
  std::string cut_path_;               // Of the last call, where it cut a file.
  bool is_noting_ = false;             // The last call was for a file of taken requests,
  bool takes_space_for_note_ = false;  // and is not known to have found room.
};

}  // namespace weir::simulation
