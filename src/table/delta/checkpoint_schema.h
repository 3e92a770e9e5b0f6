// SPDX-License-Identifier: Apache-2.0
#pragma once
// The columns of a checkpoint: one for each kind of action, of which each row has one.

#include <arrow/type_fwd.h>

#include <memory>

namespace weir::table::delta {

/// In the order of CheckpointSchema's fields.
enum class ActionKind { kTransaction, kAdd, kRemove, kMetadata, kProtocol };
constexpr int kActionKinds = 5;

/// Members as the protocol names them, those that this writer never has left out. Checkpoints of
/// earlier versions have no tags.
std::shared_ptr<arrow::Schema> CheckpointSchema(bool has_tags = true);

}  // namespace weir::table::delta
