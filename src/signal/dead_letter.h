// SPDX-License-Identifier: Apache-2.0
#pragma once
// What was refused of telemetry, on its way to the table of dead letters.

#include <string_view>

#include "base/compression.h"
#include "signal/signal.h"

namespace weir::signal {

/// What was refused, as the column `reason` has it.
inline constexpr std::string_view kInvalidRecord = "invalid_record";    // One of a taken request.
inline constexpr std::string_view kInvalidRequest = "invalid_request";  // All of it.

/// Views; valid during the call that hands it over.
struct DeadLetter {
  Signal signal = Signal::kTraces;
  std::string_view reason;        // One of the above.
  std::string_view detail;        // What the sender was told.
  std::string_view service_name;  // Empty where it is not known.
  Encoding encoding = Encoding::kProtobuf;
  Compression compression = Compression::kNone;  // Of `original`.
  /// A request as it came, or one that has only the refused record; in JSON, that record alone.
  std::string_view original;
  bool is_cut = false;  // `original` is only a beginning.
};

/// Takes dead letters in, as long as there is room.
class DeadLetters {
 public:
  virtual ~DeadLetters() = default;
  /// False where another letter would not be kept, so that none need be made.
  virtual bool HasRoom() const = 0;
  virtual void Add(const DeadLetter& letter) = 0;
};

/// Keeps none.
class NoDeadLetters final : public DeadLetters {
 public:
  bool HasRoom() const override { return false; }
  void Add(const DeadLetter&) override {}
};

}  // namespace weir::signal
