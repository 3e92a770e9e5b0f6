// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg/routes.h"

#include <thread>

#include "serve/iceberg/engine_fake.h"

namespace weir::serve::iceberg {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST_F(RestCatalogTest, ConfigListsWhatIsServedAndNothingElse) {
  // {namespace} and the like stand for names that do not exist: what is served says so itself.
  for (const std::string endpoint : Get("/config")["endpoints"]) {
    const size_t space = endpoint.find(' ');
    std::string target = endpoint.substr(space + std::string(" /v1/{prefix}").size());
    for (size_t at = target.find('{'); at != std::string::npos; at = target.find('{')) {
      target.replace(at, target.find('}') - at + 1, "nothing");
    }
    const net::Response response = Ask(endpoint.substr(0, space), target, "{}");
    EXPECT_NE(response.status, 405) << endpoint;
    EXPECT_THAT(response.body, ::testing::Not(HasSubstr("nothing is served"))) << endpoint;
  }
  EXPECT_THAT(Get("/config")["endpoints"], SizeIs(26));
}

TEST_F(RestCatalogTest, CreatesNamespacesOfManyLevels) {
  Post("/namespaces", {{"namespace", {"ns", "a"}}, {"properties", {{"k", "v"}}}});

  EXPECT_EQ(Get("/namespaces?parent=ns")["namespaces"], json::parse(R"([["ns", "a"]])"));
  EXPECT_EQ(Get("/namespaces/ns%1Fa")["properties"]["k"], "v");
  EXPECT_EQ(ErrorOf(Post("/namespaces", {{"namespace", {"ns", "a"}}}, 409)),
            "AlreadyExistsException");
  EXPECT_EQ(ErrorOf(Post("/namespaces", {{"namespace", {"no", "a"}}}, 404)),
            "NoSuchNamespaceException");
  EXPECT_EQ(Post("/namespaces", {{"namespace", json::array()}}, 400)["error"]["code"], 400);
  EXPECT_EQ(Post("/namespaces", {{"namespace", {"a\x1f"}}}, 400)["error"]["code"], 400);
  EXPECT_EQ(Ask("DELETE", "/namespaces/ns").status, 409);
  EXPECT_EQ(Ask("DELETE", "/namespaces/ns%1Fa").status, 204);
  EXPECT_EQ(Ask("DELETE", "/namespaces/ns").status, 204);
}

TEST_F(RestCatalogTest, UpdatesPropertiesAndTellsWhatItDid) {
  Post("/namespaces/ns/properties", {{"updates", {{"a", "1"}, {"b", "2"}}}});

  const json done =
      Post("/namespaces/ns/properties", {{"removals", {"a", "x"}}, {"updates", {{"b", "3"}}}});

  EXPECT_EQ(done, json::parse(R"({"updated": ["b"], "removed": ["a"], "missing": ["x"]})"));
  EXPECT_EQ(Get("/namespaces/ns")["properties"], json({{"b", "3"}}));
  EXPECT_EQ(ErrorOf(Post("/namespaces/ns/properties",
                         {{"removals", {"b"}}, {"updates", {{"b", "4"}}}}, 422)),
            "UnprocessableEntityException");
}

TEST_F(RestCatalogTest, CreatesATableAtAPlaceOfItsOwn) {
  json request = NewTable();
  request["location"] = "file:///etc";

  const json created = Post(kTables, request);

  const std::string location = created["metadata"]["location"];
  EXPECT_EQ(location, store_->Uri("external/" + std::string(created["metadata"]["table-uuid"])));
  EXPECT_THAT(std::string(created["metadata-location"]), HasSubstr(location + "/metadata/00000-"));
  EXPECT_EQ(Get(kTable), created);
  EXPECT_EQ(Get(kTables)["identifiers"], json::parse(R"([{"namespace": ["ns"], "name": "t"}])"));
  EXPECT_EQ(ErrorOf(Post(kTables, request, 409)), "AlreadyExistsException");
  EXPECT_EQ(ErrorOf(Post("/namespaces/no/tables", request, 404)), "NoSuchNamespaceException");
}

TEST_F(RestCatalogTest, StagesATableAndCreatesItByItsFirstCommit) {
  json request = NewTable();
  request["stage-create"] = true;
  const json staged = Post(kTables, request);
  EXPECT_EQ(Ask("HEAD", kTable).status, 404);
  const json& metadata = staged["metadata"];
  const json commit = {{"requirements", {{{"type", "assert-create"}}}},
                       {"updates",
                        {{{"action", "assign-uuid"}, {"uuid", metadata["table-uuid"]}},
                         {{"action", "add-schema"}, {"schema", metadata["schemas"][0]}},
                         {{"action", "set-current-schema"}, {"schema-id", -1}},
                         {{"action", "set-location"}, {"location", metadata["location"]}}}}};

  const json created = Post(kTable, commit);

  EXPECT_EQ(created["metadata"]["location"], metadata["location"]);
  EXPECT_EQ(created["metadata"]["table-uuid"], metadata["table-uuid"]);
  EXPECT_EQ(ErrorOf(Post(kTable, commit, 409)), "AlreadyExistsException");
}

TEST_F(RestCatalogTest, PutsATableWhereItWantsWhateverTheClientThinksOf) {
  const auto created = [&](const std::string& name, const std::string& location) -> std::string {
    return Post(kTables + "/" + name,
                {{"requirements", {{{"type", "assert-create"}}}},
                 {"updates",
                  {{{"action", "add-schema"}, {"schema", NewTable()["schema"]}},
                   {{"action", "set-current-schema"}, {"schema-id", -1}},
                   {{"action", "set-location"}, {"location", location}}}}})["metadata"]["location"];
  };
  const std::string root = store_->Uri("external/");
  for (const std::string path : {"tables/telemetry/otel_spans", "external/../tables", "external"}) {
    const std::string location = created("t" + std::to_string(path.size()), store_->Uri(path));
    EXPECT_THAT(location, ::testing::StartsWith(root));
    EXPECT_THAT(location, SizeIs(root.size() + 36));
  }
  const std::string first = created("first", "file:///etc");
  const json moved = Post(kTables + "/first",
                          {{"requirements", json::array()},
                           {"updates", {{{"action", "set-location"}, {"location", "file:///x"}}}}});
  EXPECT_EQ(moved["metadata"]["location"], first);
  // Nor does it get another table's place.
  EXPECT_EQ(Ask("POST", kTables + "/second",
                json({{"requirements", {{{"type", "assert-create"}}}},
                      {"updates",
                       {{{"action", "add-schema"}, {"schema", NewTable()["schema"]}},
                        {{"action", "set-current-schema"}, {"schema-id", -1}},
                        {{"action", "set-location"}, {"location", first}}}}})
                    .dump())
                .status,
            409);
}

TEST_F(RestCatalogTest, CommitsByRequirements) {
  const json created = Post(kTables, NewTable());
  json commit = SetProperty("1");
  commit["requirements"] = {
      {{"type", "assert-table-uuid"}, {"uuid", created["metadata"]["table-uuid"]}}};

  const json committed = Post(kTable, commit);

  EXPECT_EQ(committed["metadata"]["properties"]["p"], "1");
  EXPECT_THAT(std::string(committed["metadata-location"]), HasSubstr("/metadata/00001-"));
  EXPECT_EQ(committed["metadata"]["metadata-log"][0]["metadata-file"],
            created["metadata-location"]);
  EXPECT_EQ(Get(kTable), committed);
  commit["requirements"][0]["uuid"] = "another";
  EXPECT_EQ(ErrorOf(Post(kTable, commit, 409)), "CommitFailedException");
  EXPECT_EQ(ErrorOf(Post(kTables + "/no", commit, 404)), "NoSuchTableException");
  commit["requirements"][0]["type"] = "assert-luck";
  EXPECT_EQ(Post(kTable, commit, 400)["error"]["code"], 400);
}

TEST_F(RestCatalogTest, AFailedCommitLeavesNoFile) {
  Post(kTables, NewTable("a"));
  const size_t before = store_->List("external")->size();
  json change = SetProperty("1");
  change["identifier"] = {{"namespace", {"ns"}}, {"name", "a"}};
  json missing = change;
  missing["identifier"]["name"] = "missing";

  Post("/transactions/commit", {{"table-changes", {change, missing}}}, 404);

  EXPECT_THAT(*store_->List("external"), SizeIs(before));
  EXPECT_FALSE(Get(kTables + "/a")["metadata"]["properties"].contains("p"));
}

TEST_F(RestCatalogTest, CommitsSeveralTablesOrNone) {
  json changes = json::array();
  for (const char* name : {"a", "b"}) {
    Post(kTables, NewTable(name));
    json change = SetProperty("1");
    change["identifier"] = {{"namespace", {"ns"}}, {"name", name}};
    changes.push_back(change);
  }

  Post("/transactions/commit", {{"table-changes", changes}}, 204);

  EXPECT_EQ(Get(kTables + "/a")["metadata"]["properties"]["p"], "1");
  EXPECT_EQ(Get(kTables + "/b")["metadata"]["properties"]["p"], "1");
  changes[0]["updates"][0]["updates"]["p"] = "2";
  changes[1]["requirements"] = {{{"type", "assert-table-uuid"}, {"uuid", "another"}}};
  Post("/transactions/commit", {{"table-changes", changes}}, 409);
  EXPECT_EQ(Get(kTables + "/a")["metadata"]["properties"]["p"], "1");
  changes[1]["identifier"]["name"] = "a";
  Post("/transactions/commit", {{"table-changes", changes}}, 400);
}

TEST_F(RestCatalogTest, RenamesAndDropsTables) {
  Post(kTables, NewTable());
  Post("/namespaces", {{"namespace", {"other"}}});
  const json rename = {{"source", {{"namespace", {"ns"}}, {"name", "t"}}},
                       {"destination", {{"namespace", {"other"}}, {"name", "x"}}}};

  Post("/tables/rename", rename, 204);

  EXPECT_EQ(Ask("HEAD", "/namespaces/other/tables/x").status, 204);
  EXPECT_EQ(ErrorOf(Post("/tables/rename", rename, 404)), "NoSuchTableException");
  EXPECT_EQ(Ask("DELETE", "/namespaces/other/tables/x?purgeRequested=False").status, 204);
  EXPECT_TRUE(external_->ListPurges()->empty());
  Post(kTables, NewTable());
  EXPECT_EQ(Ask("DELETE", kTable + "?purgeRequested=True").status, 204);
  while (!external_->ListPurges()->empty()) std::this_thread::yield();
  EXPECT_THAT(*store_->List("external"), SizeIs(1));  // Of the first, dropped without purge.
  EXPECT_EQ(Ask("DELETE", kTable).status, 404);
}

TEST_F(RestCatalogTest, RegistersWhatLiesInItsWarehouse) {
  const json created = Post(kTables, NewTable());
  const json request = {{"name", "t"}, {"metadata-location", created["metadata-location"]}};
  EXPECT_EQ(ErrorOf(Post("/namespaces/ns/register", request, 409)), "AlreadyExistsException");
  const json committed = Post(kTable, SetProperty("1"));
  json overwrite = request;
  overwrite["overwrite"] = true;

  EXPECT_EQ(Post("/namespaces/ns/register", overwrite), created);
  EXPECT_EQ(Get(kTable), created);
  ASSERT_EQ(Ask("DELETE", kTable).status, 204);
  overwrite["metadata-location"] = committed["metadata-location"];
  EXPECT_EQ(Post("/namespaces/ns/register", overwrite), committed);

  for (const std::string place : {"file:///etc/passwd", "external/../catalog.db", "tables/x"}) {
    const std::string uri = place.starts_with("file:") ? place : store_->Uri(place);
    const json refused =
        Post("/namespaces/ns/register", {{"name", "r"}, {"metadata-location", uri}}, 400);
    EXPECT_EQ(refused["error"]["code"], 400) << uri;
  }
}

TEST_F(RestCatalogTest, RefusesToWriteWeirsOwnTables) {
  CreateOwnTable();
  const std::string own = "/namespaces/telemetry";
  const std::string table = own + "/tables/otel_spans";
  const std::string schema = R"({"type": "struct", "fields": []})";
  const auto expect = [&](const std::string& method, const std::string& target,
                          const std::string& body) {
    net::Response response = Ask(method, target, body);
    EXPECT_EQ(response.status, 403) << method << " " << target << response.body;
    EXPECT_THAT(response.body, HasSubstr("Create a namespace of your own"));
  };
  expect("DELETE", own, "");
  expect("POST", own + "/properties", R"({"updates": {"a": "b"}})");
  expect("POST", own + "/tables", R"({"name": "t", "schema": )" + schema + "}");
  expect("POST", own + "/views", R"({"name": "t", "schema": )" + schema + "}");
  expect("POST", own + "/register", R"({"name": "t", "metadata-location": "x"})");
  expect("POST", table, R"({"requirements": [], "updates": []})");
  expect("DELETE", table + "?purgeRequested=true", "");
  expect("POST", "/tables/rename",
         R"({"source": {"namespace": ["telemetry"], "name": "otel_spans"},
             "destination": {"namespace": ["telemetry"], "name": "x"}})");
  expect("POST", "/transactions/commit",
         R"({"table-changes": [{"identifier": {"namespace": ["telemetry"], "name": "otel_spans"},
             "requirements": [], "updates": []}]})");
  EXPECT_EQ(ErrorOf(Post("/namespaces", {{"namespace", {"telemetry"}}}, 409)),
            "AlreadyExistsException");
  EXPECT_EQ(Post("/namespaces", {{"namespace", {"telemetry", "x"}}}, 403)["error"]["code"], 403);
  EXPECT_EQ(Ask("HEAD", table).status, 204);
}

TEST_F(RestCatalogTest, TakesNoMoreBodiesThanItHasRoomFor) {
  const Routes narrow(Routes::Options{.catalog = *catalog_,
                                      .external = *external_,
                                      .store = *store_,
                                      .clock = clock_,
                                      .facts = {},
                                      .waiting_bytes_max = 40});
  const auto create = [&](const std::string& body) {
    return AskRoutes(narrow, "POST", "/iceberg/v1/namespaces", {}, body).status;
  };

  EXPECT_EQ(create(R"({"namespace": ["a"]})" + std::string(40, ' ')), 503);
  EXPECT_EQ(create(R"({"namespace": ["a"]})"), 200);
}

TEST_F(RestCatalogTest, RefusesBodiesThatSayNothing) {
  for (const char* body : {"", "[]", "{", "{}", R"({"name": 5})", "\xff"}) {
    EXPECT_EQ(Ask("POST", kTables, body).status, 400) << body;
    EXPECT_EQ(Ask("POST", "/transactions/commit", body).status, 400) << body;
    EXPECT_EQ(Ask("POST", "/tables/rename", body).status, 400) << body;
  }
}

}  // namespace
}  // namespace weir::serve::iceberg
