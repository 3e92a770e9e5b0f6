// SPDX-License-Identifier: Apache-2.0
#pragma once
// Attributes and values in the spelling that nearly all senders use, rewritten without the general
// walk: most of a request's bytes are these. What it exploits: the members come as
// {"key":"…","value":{"…Value":…}}, so that fourteen tokens at fixed places make an attribute,
// names can be compared as words, lengths are known before they are written, and the state stays in
// registers. It takes only what it can finish, and writes the bytes that the Rewriter would; all
// else, wrong values too, it leaves where it is for the Rewriter.

#include <cstddef>
#include <cstdint>

#include "columnar/otlp_json/tokens.h"
#include "columnar/wire/wire_writer.h"

namespace weir::columnar::otlp_json {

/// From the current token on, which starts an element of an array of KeyValues: writes as many
/// elements as are of the usual form, as the repeated field `tag` (of one byte). The tokens end
/// behind the last one taken, at its comma or bracket. Returns how many it took.
size_t WriteUsualAttributes(Tokens& tokens, WireWriter& wire, uint32_t tag);

/// The AnyValue at the current token, as the field `tag` (of one byte). False where it is not of
/// the usual form: nothing is taken then.
bool WriteUsualValue(Tokens& tokens, WireWriter& wire, uint32_t tag);

}  // namespace weir::columnar::otlp_json
