// SPDX-License-Identifier: Apache-2.0
// Tables that are altered while rows come, and store and catalog fail: by the seed.
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "commit/committer.h"
#include "commit/lake_fake.h"
#include "table/iceberg/alter.h"

namespace weir::commit {
namespace {

using buffer::Ingest;
using namespace std::chrono_literals;

using Names = std::set<std::string>;
constexpr int kAlterations = 8, kRows = 40;

struct AddedNow {
  Names iceberg, delta;
};

/// The columns beyond the published ones, as each format has them; ids are given once.
AddedNow AddedIn(LakeFake& lake) {
  const auto entry = lake.catalog().Load(kSpans).ValueOrDie();
  const auto state = table::iceberg::ReadTable(
                         lake.store, entry.metadata_location.substr(lake.store.Uri("").size()))
                         .ValueOrDie();
  AddedNow now;
  std::set<std::string> ids;
  const auto shape = table::iceberg::ShapeOf(state.metadata).ValueOrDie();
  for (const auto& column : shape.columns) {
    EXPECT_TRUE(now.iceberg.insert(column.field->name()).second);
    EXPECT_TRUE(ids.insert(column.field->metadata()->Get("PARQUET:field_id").ValueOrDie()).second);
  }
  for (int64_t version = 0; version <= entry.delta_version; ++version) {
    std::istringstream lines(
        lake.store.Read(table::delta::EntryPath(RootOf(kSpans), version)).ValueOrDie());
    for (std::string line; std::getline(lines, line);) {
      const auto action = nlohmann::json::parse(line);
      if (!action.contains("metaData")) continue;
      const auto schema =
          nlohmann::json::parse(action["metaData"]["schemaString"].get<std::string>());
      now.delta.clear();
      for (const auto& field : schema["fields"]) {
        const std::string name = field["name"].get<std::string>();
        if (name.starts_with("added_")) now.delta.insert(name);
      }
    }
  }
  EXPECT_EQ(state.metadata.last_sequence_number, entry.delta_version);
  return now;
}

class AlterRace : public testing::TestWithParam<int> {
 protected:
  Committer::Options Options() {
    return {.store = lake_.store,
            .catalog = lake_.catalog(),
            .clock = lake_.clock,
            .new_columns = buffer::kFakeColumns,
            .interval = 1ms,
            .quarantine_directory = lake_.quarantine(),
            .retry_pause = 1ms};
  }
  void Strike() {
    const auto kind = random_() % 2 == 0 ? ErrorKind::kRetryLater : ErrorKind::kUnknownOutcome;
    const int after = static_cast<int>(random_() % 3);
    if (random_() % 2 == 0) {
      lake_.catalog().Inject(
          {.call = Call::kCommit, .after = after, .is_done = random_() % 2 == 0, .kind = kind});
    } else {
      lake_.store.Inject({.after = after, .kind = ErrorKind::kRetryLater});
    }
  }

  LakeFake lake_;
  std::mt19937 random_{static_cast<unsigned>(GetParam())};
};

TEST_P(AlterRace, LosesNoRowAndNoColumnAndBothFormatsAgree) {
  Names known;  // Those whose alteration was told to have happened.
  {
    Committer committer(Options());
    ASSERT_TRUE(committer.Prepare().ok());
    const uint32_t writer = lake_.catalog().WriterId("one").ValueOrDie();
    auto ingest =
        Ingest::Open(
            {.journal = {.directory = buffer::JournalDirectory(lake_.journal_root(), writer),
                         .writer = writer},
             .new_columns = buffer::kFakeColumns})
            .ValueOrDie();
    committer.Start({ingest.get()}, {});
    std::thread sender([&] {
      for (int row = 1; row <= kRows; ++row) {
        std::promise<bool> answer;
        ingest->Accept({.body = std::to_string(row)},
                       [&](const auto& outcome) { answer.set_value(outcome.ok()); });
        EXPECT_TRUE(answer.get_future().get());
      }
    });
    for (int i = 0; i < kAlterations; ++i) {
      Strike();
      const std::string name = "added_" + std::to_string(i);
      const table::Alteration alteration{.columns = {{.name = name, .type = "long"}}};
      if (committer.Rearrange(kSpans, {.altered = alteration}).ok()) known.insert(name);
    }
    sender.join();
    lake_.catalog().ClearFaults();
    lake_.store.ClearFaults();
    ingest->Stop();
    committer.Stop();
  }
  lake_.Restart();
  Committer next(Options());
  ASSERT_TRUE(next.Prepare().ok());
  next.Recover(buffer::ListJournals(lake_.journal_root()).ValueOrDie());

  std::vector<int64_t> rows(kRows);
  for (int row = 0; row < kRows; ++row) rows[static_cast<size_t>(row)] = row + 1;
  EXPECT_EQ(RowsOf(lake_, kSpans), rows);
  const AddedNow added = AddedIn(lake_);
  EXPECT_EQ(added.iceberg, added.delta);
  EXPECT_TRUE(std::ranges::includes(added.iceberg, known));
}

INSTANTIATE_TEST_SUITE_P(Seeds, AlterRace, testing::Range(1, 21));

}  // namespace
}  // namespace weir::commit
