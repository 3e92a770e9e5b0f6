// SPDX-License-Identifier: Apache-2.0
#include "cli/alter_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/api_client.h"
#include "cli/table_path.h"

namespace weir::cli {
namespace {

using nlohmann::ordered_json;

struct State {
  ApiOptions options;
  std::string table;
  std::string name, type = "string", doc, attribute, from = "attributes";
  std::vector<std::string> columns, parts, properties, removed;
  bool by_date_alone = false;
};

Status Refused(std::string why) { return Error(ErrorKind::kBadRequest, std::move(why)); }

/// `http.route` as a name that all engines take: `http_route`.
std::string ColumnNameOf(const std::string& attribute) {
  std::string name;
  for (const char c : attribute) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    const bool is_kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    name += is_upper ? static_cast<char>(c + ('a' - 'A')) : is_kept ? c : '_';
  }
  return name;
}

Result<ordered_json> ColumnBody(const State& state) {
  ordered_json column = {{"name", state.name}, {"type", state.type}};
  if (!state.doc.empty()) column["doc"] = state.doc;
  return ordered_json{{"add_columns", ordered_json::array({column})}};
}

Result<ordered_json> PromoteBody(const State& state) {
  ordered_json column = {{"name", state.name.empty() ? ColumnNameOf(state.attribute) : state.name},
                         {"type", state.type},
                         {"attribute", state.attribute},
                         {"from", state.from}};
  if (!state.doc.empty()) column["doc"] = state.doc;
  return ordered_json{{"add_columns", ordered_json::array({column})}};
}

/// `time:desc`.
Result<ordered_json> OrderBody(const State& state) {
  ordered_json order = ordered_json::array();
  for (const std::string& text : state.columns) {
    const size_t colon = text.find(':');
    const std::string direction = colon == std::string::npos ? "asc" : text.substr(colon + 1);
    if (direction != "asc" && direction != "desc") {
      return Refused(fmt::format("sort by `{}`: expected column, column:asc or column:desc", text));
    }
    order.push_back({{"column", text.substr(0, colon)}, {"descending", direction == "desc"}});
  }
  return ordered_json{{"sort_order", order}};
}

Result<ordered_json> PartitionBody(const State& state) {
  if (state.by_date_alone == !state.parts.empty()) {
    return Refused("give transforms of columns, as in 'hour(time)', or --date-only");
  }
  return ordered_json{{"partition", state.parts}};
}

Result<ordered_json> PropertiesBody(const State& state) {
  if (state.properties.empty() && state.removed.empty()) {
    return Refused("give --set name=value or --remove name");
  }
  ordered_json set = ordered_json::object();
  for (const std::string& text : state.properties) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos) return Refused(fmt::format("`{}` is no name=value", text));
    set[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return ordered_json{{"set_properties", set}, {"remove_properties", state.removed}};
}

using MakeBody = Result<ordered_json> (*)(const State&);

Status Run(const State& state, MakeBody make_body) {
  const std::string path = TRY(TablePath(state.table));
  const ordered_json body = TRY(make_body(state));
  const auto answer =
      TRY(PostApi(state.options, fmt::format("/api/v1/tables/{}/alter", path), body));
  if (state.options.json) {
    fmt::print("{}\n", answer.dump());
  } else {
    fmt::print("altered {}.{}: snapshot {}, delta version {}\n", TextAt(answer, "schema"),
               TextAt(answer, "name"), TextAt(answer, "snapshot_id"),
               IntAt(answer, "delta_version"));
  }
  return Status::OK();
}

struct Verb {
  const char *name, *description;
  MakeBody make_body;
  void (*add_options)(CLI::App&, State&);
};

const Verb kVerbs[] = {
    {"add-column", "Add a nullable column behind all others", ColumnBody,
     [](CLI::App& app, State& state) {
       app.add_option("name", state.name, "Letters, digits and underscores")->required();
       app.add_option("--type", state.type,
                      "string, long, double, boolean, int, date, binary or timestamptz")
           ->required();
       app.add_option("--doc", state.doc, "What engines show with the column");
     }},
    {"promote", "Give an attribute a typed column of its own; it stays in its map too", PromoteBody,
     [](CLI::App& app, State& state) {
       app.add_option("--attribute", state.attribute, "Its key, as in http.route")->required();
       app.add_option("--from", state.from, "attributes, resource or scope")->capture_default_str();
       app.add_option("--type", state.type, "string, long, double or boolean")
           ->capture_default_str();
       app.add_option("--name", state.name, "The column's; else made of the key");
       app.add_option("--doc", state.doc, "What engines show with the column");
     }},
    {"sort", "Set the order of rows in compacted files", OrderBody,
     [](CLI::App& app, State& state) {
       app.add_option("columns", state.columns, "column or column:desc, in order")->required();
     }},
    {"partition", "Divide new files further within each date", PartitionBody,
     [](CLI::App& app, State& state) {
       app.add_option("parts", state.parts,
                      "'hour(time)', 'bucket[16](trace_id)', 'identity(service_name)', …");
       app.add_flag("--date-only", state.by_date_alone, "By nothing but the date");
     }},
    {"properties", "Set or remove properties of the table", PropertiesBody,
     [](CLI::App& app, State& state) {
       app.add_option("--set", state.properties, "name=value")->expected(1)->take_all();
       app.add_option("--remove", state.removed, "name")->expected(1)->take_all();
     }},
};

}  // namespace

void AddAlterVerb(CLI::App& table, ExitCode& exit_code) {
  CLI::App* alter = table.add_subcommand("alter", "Change what a published table is");
  alter->require_subcommand(1);
  alter->footer(
      "Examples:\n  weir table alter promote otel_spans --attribute http.flavor\n"
      "  weir table alter add-column otel_logs reviewed --type boolean\n"
      "  weir table alter sort otel_spans service_name time:desc\n"
      "  weir table alter partition otel_spans 'hour(time)'");
  for (const Verb& verb : kVerbs) {
    auto state = std::make_shared<State>();  // Shared by CLI11's copies of the callback.
    CLI::App* command = alter->add_subcommand(verb.name, verb.description);
    AddApiOptions(*command, state->options);
    command->add_option("table", state->table, "otel_spans, or schema.name")->required();
    verb.add_options(*command, *state);
    command->callback([state, make_body = verb.make_body, &exit_code] {
      exit_code = Report(Run(*state, make_body));
    });
  }
}

}  // namespace weir::cli
