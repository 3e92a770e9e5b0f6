// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/snapshot_expiry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace weir::table::iceberg {
namespace {

using testing::SizeIs;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// Snapshots alone, one each step; what each drops is gone at once.
class History {
 public:
  void Go(milliseconds for_time, milliseconds step) {
    for (const milliseconds end = now_ + for_time; now_ < end;) {
      now_ += step;
      ++number_;
      metadata_.snapshots.push_back(
          {.snapshot_id = number_, .sequence_number = number_, .timestamp_ms = now_.count()});
      metadata_.last_updated_ms = now_.count();
      metadata_.refs["main"] = {.snapshot_id = number_, .type = "branch"};
      dropped_max_ = std::max(dropped_max_, DropOldSnapshots(metadata_).size());
    }
  }
  /// How many are between these ages.
  int64_t Kept(milliseconds from, milliseconds to) const {
    return std::ranges::count_if(metadata_.snapshots, [&](const Snapshot& snapshot) {
      const milliseconds age = now_ - milliseconds(snapshot.timestamp_ms);
      return age >= from && age < to;
    });
  }

  Metadata metadata_;
  milliseconds now_{1'795'132'800'000};  // 2026-11-20T00:00:00Z
  int64_t number_ = 0;
  size_t dropped_max_ = 0;
};

TEST(SnapshotExpiry, ThinsOutWithAge) {
  History history;
  history.Go(24h * 9, 1min);
  history.Go(2h, 1s);

  EXPECT_EQ(history.Kept(0s, 10min), 600);
  EXPECT_NEAR(history.Kept(10min, 1h), 50, 1);
  EXPECT_NEAR(history.Kept(1h, 24h), 23 * 6, 1);
  EXPECT_NEAR(history.Kept(24h, 7 * 24h), 6 * 24, 1);
  EXPECT_EQ(history.Kept(7 * 24h + 1s, 999 * 24h), 0);
}

TEST(SnapshotExpiry, KeepsTheLastOfEachSpanOfTime) {
  History history;
  history.Go(1h, 1s);

  for (const Snapshot& snapshot : history.metadata_.snapshots) {
    if (snapshot.timestamp_ms <= history.now_.count() - 600'000 - 60'000) {
      EXPECT_EQ(snapshot.timestamp_ms % 60'000, 59'000);
    }
  }
}

TEST(SnapshotExpiry, DropsLittleAtATimeAfterAPause) {
  History history;
  history.Go(10min, 1s);
  history.now_ += 24h;
  history.Go(16s, 1s);
  EXPECT_THAT(history.metadata_.snapshots, SizeIs(testing::Gt(300u)));

  history.Go(60s, 1s);

  EXPECT_EQ(history.dropped_max_, kSnapshotsDroppedMax);
  EXPECT_LE(history.Kept(1h, 48h), 2);
}

TEST(SnapshotExpiry, KeepsWhatARefNames) {
  History history;
  history.Go(1s, 1s);
  history.metadata_.refs["audit"] = {.snapshot_id = 1, .type = "tag"};
  history.Go(24h * 8, 1h);

  EXPECT_EQ(history.metadata_.snapshots.front().snapshot_id, 1);
}

TEST(SnapshotExpiry, BoundsThemWhereCommitsAreMany) {
  History history;
  history.Go(5min, 100ms);

  EXPECT_THAT(history.metadata_.snapshots, SizeIs(kSnapshotsMax));
}

TEST(SnapshotExpiry, DropsVersionsAheadOfTimeButTheCurrentOneAndNamedOnes) {
  History history;
  history.Go(10s, 1s);
  history.metadata_.current_snapshot_id = 10;
  history.metadata_.refs["audit"] = {.snapshot_id = 4, .type = "tag"};

  const auto dropped = DropVersions(history.metadata_, {.first = 3, .end = 11});

  EXPECT_THAT(dropped, SizeIs(6));
  EXPECT_THAT(history.metadata_.snapshots, SizeIs(4));
  EXPECT_NE(history.metadata_.SnapshotOf(4), nullptr);
  EXPECT_TRUE(history.metadata_.refs.contains("audit"));
}

TEST(SnapshotExpiry, DropsNamedVersionsWithTheirNamesWhereThatIsWanted) {
  History history;
  history.Go(10s, 1s);
  history.metadata_.current_snapshot_id = 10;
  history.metadata_.refs["audit"] = {.snapshot_id = 4, .type = "tag"};
  history.metadata_.refs["first"] = {.snapshot_id = 1, .type = "tag"};

  DropVersions(history.metadata_, {.first = 3, .end = 11, .even_named = true});

  EXPECT_THAT(history.metadata_.snapshots, SizeIs(3));
  EXPECT_FALSE(history.metadata_.refs.contains("audit"));
  EXPECT_TRUE(history.metadata_.refs.contains("first"));
  EXPECT_TRUE(history.metadata_.refs.contains("main"));
}

}  // namespace
}  // namespace weir::table::iceberg
