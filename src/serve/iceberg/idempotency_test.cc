// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg/idempotency.h"

#include <gtest/gtest.h>

#include "serve/iceberg/engine_fake.h"

namespace weir::serve::iceberg {
namespace {

TEST_F(RestCatalogTest, AnswersARepeatedRequestAsTheFirstTime) {
  const std::string key = "018f5a7e-0000-7000-8000-00000000000";
  const net::Response created = Ask("POST", kTables, NewTable().dump(), key + "1");
  const json commit = SetProperty("1");
  const net::Response committed = Ask("POST", kTable, commit.dump(), key + "2");
  Post(kTable, SetProperty("2"));

  EXPECT_EQ(Ask("POST", kTables, NewTable().dump(), key + "1").body, created.body);
  EXPECT_EQ(Ask("POST", kTable, commit.dump(), key + "2").body, committed.body);
  EXPECT_EQ(Get(kTable)["metadata"]["properties"]["p"], "2");
  EXPECT_EQ(Ask("POST", kTable, SetProperty("3").dump(), key + "2").status, 422);
  EXPECT_EQ(Ask("POST", kTable, commit.dump(), "no uuid").status, 400);

  EXPECT_EQ(Ask("DELETE", kTable, "", key + "3").status, 204);
  EXPECT_EQ(Ask("DELETE", kTable, "", key + "3").status, 204);
  EXPECT_EQ(Ask("DELETE", kTable).status, 404);
}

TEST_F(RestCatalogTest, RepeatsARefusalAndForgetsItAfterItsTime) {
  const std::string key = "018f5a7e-0000-7000-8000-000000000001";
  const std::string body = SetProperty("1").dump();
  EXPECT_EQ(Ask("POST", kTable, body, key).status, 404);
  Post(kTables, NewTable());

  EXPECT_EQ(Ask("POST", kTable, body, key).status, 404);
  clock_.Advance(std::chrono::minutes(31));
  EXPECT_EQ(Ask("POST", kTable, body, key).status, 200);
}

}  // namespace
}  // namespace weir::serve::iceberg
