// SPDX-License-Identifier: Apache-2.0
// Runs decode, encode and journal append on fixed telemetry, with callgrind counting one of them at
// a time. `./run` beside it starts this under valgrind; alone it only checks itself.
//
// usage: write_path FOLDER, an empty one, for the journal

#include <arrow/record_batch.h>
#include <fmt/format.h>
#include <valgrind/callgrind.h>

#include <cstdio>
#include <numeric>
#include <string>
#include <vector>

#include "base/check.h"
#include "bench/sample/requests.h"
#include "buffer/journal_writer.h"
#include "columnar/table_rows.h"
#include "commit/file_encoder.h"

namespace weir {
namespace {

constexpr int kRequests = 4;
constexpr int kItems = 500;
constexpr uint32_t kWriter = 7;

using Batch = std::vector<signal::ExportRequest>;

/// Counts what `work` executes, user space only, and dumps it under `name`.
template <typename Work>
void Counted(bool is_counted, const std::string& name, const Work& work) {
  if (!is_counted) return work();
  CALLGRIND_ZERO_STATS;
  CALLGRIND_START_INSTRUMENTATION;
  work();
  CALLGRIND_STOP_INSTRUMENTATION;
  CALLGRIND_DUMP_STATS_AT(name.c_str());
}

std::unique_ptr<signal::SignalRows> NewRows(signal::Signal signal) {
  static const columnar::TableRowsOptions options;
  return columnar::NewTableRows(signal, options);
}

void Decode(const Batch& requests, signal::SignalRows& rows) {
  signal::NoDeadLetters none;
  uint64_t sequence = 0;
  for (const signal::ExportRequest& request : requests) {
    const auto outcome = rows.Append(request, {.writer = kWriter, .sequence = ++sequence}, none);
    CHECK(outcome.ok() && outcome->accepted == kItems && outcome->rejected == 0);
  }
}

int64_t EncodeRows(signal::RowColumns& rows) {
  int64_t encoded = 0;
  const Status status = commit::EncodeFiles(rows, {}, [&](const datafile::ParquetFile& file) {
    encoded += file.file.record_count;
    return Status::OK();
  });
  CHECK(status.ok());
  return encoded;
}

/// As a commit does: with the rows of the trace index that follow from spans.
void Encode(signal::SignalRows& rows) {
  const std::unique_ptr<signal::RowColumns> index = rows.TraceIndex();
  CHECK(EncodeRows(rows) == kRequests * kItems);
  if (index != nullptr) CHECK(EncodeRows(*index) > 0);
}

void Append(const Batch& requests, buffer::JournalWriter& journal, uint64_t& sequence) {
  std::vector<buffer::JournalEntry> entries;
  for (const signal::ExportRequest& request : requests) {
    entries.push_back(
        {.sequence = ++sequence, .request = &request, .taken = {.key = buffer::KeyOf(request)}});
  }
  CHECK(journal.Append(entries).ok());
}

/// Both encodings say the same, or the counts of one of them mean nothing.
void CheckSameRows(const Batch& wire, const Batch& json, signal::Signal signal) {
  const auto wire_rows = NewRows(signal), json_rows = NewRows(signal);
  const auto gathered = [&](const Batch& requests, signal::SignalRows& rows) {
    Decode(requests, rows);
    const std::vector<signal::DayRows> days = rows.SortIntoDays();
    CHECK(days.size() == 1);
    return rows.Gather(days.front().rows);
  };
  CHECK(gathered(wire, *wire_rows)->Equals(*gathered(json, *json_rows)));
}

struct Stages {
  signal::Signal signal;
  Batch wire, json;
};

void Run(const Stages& stages, bool is_counted, buffer::JournalWriter& journal,
         uint64_t& sequence) {
  const std::string name(signal::Name(stages.signal));
  const auto rows = NewRows(stages.signal), json_rows = NewRows(stages.signal);
  Counted(is_counted, name + ".decode", [&] { Decode(stages.wire, *rows); });
  Counted(is_counted, name + ".encode", [&] { Encode(*rows); });
  Counted(is_counted, name + ".journal", [&] { Append(stages.wire, journal, sequence); });
  Counted(is_counted, name + ".json", [&] { Decode(stages.json, *json_rows); });
}

int Main(const std::string& folder) {
  const auto journal = buffer::JournalWriter::Open({.directory = folder, .writer = kWriter});
  CHECK(journal.ok());
  uint64_t sequence = 0;
  for (const signal::Signal signal : signal::kSignals) {
    const sample::RequestsOptions options{.signal = signal, .requests = kRequests, .items = kItems};
    sample::RequestsOptions as_json = options;
    as_json.encoding = signal::Encoding::kJson;
    const Stages stages{signal, sample::Requests(options), sample::Requests(as_json)};
    CheckSameRows(stages.wire, stages.json, signal);
    // Once unseen: what is done only once, and the size of reused buffers, is not what is counted.
    Run(stages, false, **journal, sequence);
    Run(stages, true, **journal, sequence);
    const auto bytes = [](const Batch& batch) {
      return std::accumulate(
          batch.begin(), batch.end(), size_t{0},
          [](size_t sum, const auto& request) { return sum + request.body.size(); });
    };
    fmt::print("{} items {} wire_bytes {} json_bytes {}\n", signal::Name(signal),
               kRequests * kItems, bytes(stages.wire), bytes(stages.json));
  }
  return 0;
}

}  // namespace
}  // namespace weir

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: write_path FOLDER\n");
    return 2;
  }
  return weir::Main(argv[1]);
}
