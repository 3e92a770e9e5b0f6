// SPDX-License-Identifier: Apache-2.0
#include "node/data_folder.h"

#include <gtest/gtest.h>

#include "maintain/two_formats_fake.h"
#include "node/data_lock.h"

namespace weir::node {
namespace {

using maintain::TwoFormatsFake;

TEST(DataFolder, AnswersAsAServerWould) {
  TwoFormatsFake table;
  table.Commit();

  const auto ask = OpenDataFolder(table.folder()).ValueOrDie();
  const auto report = ask("/api/v1/verify/telemetry/otel_spans?grace_s=5").ValueOrDie();

  EXPECT_EQ(report["errors"], 0);
  EXPECT_EQ(report["files"], 1);
  EXPECT_EQ(ask("/api/v1/verify").ValueOrDie()["tables"].size(), 1u);
}

TEST(DataFolder, SaysWhatIsWrongWithAQuestion) {
  const TwoFormatsFake table;

  const auto ask = OpenDataFolder(table.folder()).ValueOrDie();

  EXPECT_EQ(KindOf(ask("/api/v1/verify/telemetry/x").status()), ErrorKind::kNotFound);
  EXPECT_EQ(KindOf(ask("/api/v1/other").status()), ErrorKind::kNotFound);
}

TEST(DataFolder, IsNotOpenedWhileAServerUsesIt) {
  const TwoFormatsFake table;
  const DataLock lock = DataLock::Take(table.folder()).ValueOrDie();

  EXPECT_EQ(KindOf(OpenDataFolder(table.folder()).status()), ErrorKind::kConflict);
}

TEST(DataFolder, IsNeverMade) {
  const std::string folder = testing::TempDir() + "/no-such-folder";

  EXPECT_EQ(KindOf(OpenDataFolder(folder).status()), ErrorKind::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(folder));
}

}  // namespace
}  // namespace weir::node
