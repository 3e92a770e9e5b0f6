// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg/views.h"

#include <gtest/gtest.h>

#include "serve/iceberg/engine_fake.h"

namespace weir::serve::iceberg {
namespace {

TEST_F(RestCatalogTest, KeepsViewsApartFromTables) {
  Post(kTables, NewTable());
  const json view = Post(kViews, NewView("v"));

  EXPECT_EQ(Get(kViews + "/v"), view);
  EXPECT_EQ(Get(kViews)["identifiers"], json::parse(R"([{"namespace": ["ns"], "name": "v"}])"));
  EXPECT_EQ(ErrorOf(Post(kViews, NewView("t"), 409)), "AlreadyExistsException");
  EXPECT_EQ(ErrorOf(Post(kTables, NewTable("v"), 409)), "AlreadyExistsException");
  EXPECT_EQ(Ask("HEAD", kTables + "/v").status, 404);
  EXPECT_EQ(Ask("HEAD", kViews + "/t").status, 404);
  EXPECT_EQ(Ask("DELETE", kViews + "/t").status, 404);
}

TEST_F(RestCatalogTest, ReplacesRenamesAndDropsViews) {
  const json view = Post(kViews, NewView("v"));
  json version = NewView("v")["view-version"];
  version["representations"][0]["sql"] = "select 2";
  const json replaced = Post(
      kViews + "/v",
      {{"requirements", {{{"type", "assert-view-uuid"}, {"uuid", view["metadata"]["view-uuid"]}}}},
       {"updates",
        {{{"action", "add-view-version"}, {"view-version", version}},
         {{"action", "set-current-view-version"}, {"view-version-id", -1}}}}});

  EXPECT_EQ(replaced["metadata"]["current-version-id"], 2);
  Post("/views/rename",
       {{"source", {{"namespace", {"ns"}}, {"name", "v"}}},
        {"destination", {{"namespace", {"ns"}}, {"name", "w"}}}},
       204);
  EXPECT_EQ(Get(kViews + "/w"), replaced);
  EXPECT_EQ(Ask("DELETE", kViews + "/w").status, 204);
  EXPECT_EQ(Post("/namespaces/ns/register-view",
                 {{"name", "w"}, {"metadata-location", replaced["metadata-location"]}}),
            replaced);
  EXPECT_EQ(Ask("DELETE", kViews + "/w").status, 204);
  EXPECT_EQ(Ask("DELETE", kViews + "/w").status, 404);
}

}  // namespace
}  // namespace weir::serve::iceberg
