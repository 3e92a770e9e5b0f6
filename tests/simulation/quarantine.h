// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whether damage of journals is reported: all that was done, and none that was not.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/result.h"
#include "buffer/memory_disk.h"
#include "simulation/faults.h"

namespace weir::simulation {

/// One thread.
class Quarantine {
 public:
  Quarantine(buffer::MemoryDisk& disk, std::string journals, std::string directory)
      : disk_(disk), journals_(std::move(journals)), directory_(std::move(directory)) {}

  /// After a life: remembers which segments lost something.
  void NoteTorn();

  struct DamagedFrame {
    std::string path, body;
  };
  /// Inverts a bit of a frame of a sound segment, if there is one.
  std::optional<DamagedFrame> DamageAFrame(Random& random);

  /// Once all journals are in the tables. Errors: damage that is not there was reported, or damage
  /// that is there was not.
  Status Check() const;

 private:
  /// How a segment is called in the quarantine.
  std::string NameOf(const std::string& path) const;
  std::vector<std::string> Segments() const;

  buffer::MemoryDisk& disk_;
  const std::string journals_, directory_;
  std::set<std::string> torn_;                 // Names of segments.
  std::map<std::string, std::string> damage_;  // What must be there, by name: the damaged bytes.
};

}  // namespace weir::simulation
