// SPDX-License-Identifier: Apache-2.0
#pragma once
// Texts on their way to a file: which of a dictionary's texts a row group uses, under which
// numbers.

#include <cstdint>
#include <span>

#include "columnar/column/slots.h"
#include "columnar/column/text_dictionary.h"

namespace weir::columnar {

/// Adds the leaf of the texts that `ids` number, by position; -1, or a position past the end, is
/// null. The texts become a dictionary of those in use, or one by one where few of them repeat.
Status AddTexts(const LeafTarget& out, std::span<const int32_t> ids, const TextDictionary& texts);

}  // namespace weir::columnar
