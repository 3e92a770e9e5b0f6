// SPDX-License-Identifier: Apache-2.0
#include "node/journalled.h"

#include <algorithm>

#include "buffer/taken_file.h"
#include "columnar/dead_letters/dead_letter_rows.h"

namespace weir::node {
namespace {

constexpr int64_t kMib = 1 << 20;

}  // namespace

columnar::TableRowsOptions DecodeOptionsOf(const cli::ServerConfig& config) {
  columnar::TableRowsOptions decode;
  decode.limits.nesting_depth = static_cast<int>(config.limits_nesting_depth);
  decode.limits.attributes_per_record = static_cast<int>(config.limits_attributes_per_record);
  decode.body_bytes_max =
      std::max<size_t>(config.http_max_request_body_size, config.grpc_max_recv_msg_size_mib * kMib);
  decode.dead_letter_original_bytes = static_cast<size_t>(config.dead_letters_original_kib) << 10;
  return decode;
}

signal::RowColumnsFactory NewColumns(const cli::ServerConfig& config,
                                     const columnar::TableRowsOptions& decode,
                                     int64_t dead_letter_bytes_max) {
  signal::RowColumnsFactory factory;
  factory.signal_rows = [&decode](signal::Signal signal) {
    return columnar::NewTableRows(signal, decode);
  };
  if (!config.dead_letters) return factory;
  const columnar::DeadLetterLimits limits{.original_bytes_max = decode.dead_letter_original_bytes,
                                          .bytes_max = dead_letter_bytes_max};
  factory.dead_letters = [limits] { return columnar::NewDeadLetterRows(limits); };
  return factory;
}

Result<buffer::JournalTail::Left> LeftTailOf(const catalog::Catalog& catalog,
                                             const std::string& journal_root,
                                             const std::vector<buffer::LeftJournal>& journals,
                                             std::chrono::seconds taken_for) {
  buffer::JournalTail::Left tail{.journals = journals,
                                 .taken_directory = buffer::TakenDirectory(journal_root),
                                 .taken_for = taken_for};
  for (const buffer::LeftJournal& journal : journals) {
    const uint64_t committed = TRY(catalog.CommittedSequence(journal.writer));
    tail.committed.push_back(committed);
  }
  return tail;
}

}  // namespace weir::node
