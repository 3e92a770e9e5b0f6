// SPDX-License-Identifier: Apache-2.0
#pragma once
// Singular message fields that occur more than once: protobuf merges them, which for wire bytes
// means one after the other.

#include <optional>
#include <string>
#include <string_view>

namespace weir::columnar {

/// Adds `piece` to the pieces in `field`, a view that points at `joined` from then on.
inline void AppendPiece(std::string_view piece, std::string_view& field, std::string& joined) {
  // Appended in place: a field that occurs a million times must not be copied a million times.
  if (joined.empty()) joined = field;
  joined.append(piece);
  field = joined;
}

/// Takes one more occurrence of `field`. `joined` is empty before the first.
inline void Merge(std::optional<std::string_view>& field, std::string_view piece,
                  std::string& joined) {
  if (field.has_value()) {
    AppendPiece(piece, *field, joined);
  } else {
    field = piece;
  }
}

}  // namespace weir::columnar
