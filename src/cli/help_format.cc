// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"

namespace weir::cli {
namespace {

class ExamplesFirstFormatter final : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override {
    if (mode == CLI::AppFormatMode::Sub) return make_expanded(app);
    return make_description(app) + make_usage(app, std::move(name)) + make_footer(app) +
           make_positionals(app) + make_groups(app, mode) + make_subcommands(app, mode);
  }
};

}  // namespace

std::shared_ptr<CLI::FormatterBase> ExamplesFirst() {
  return std::make_shared<ExamplesFirstFormatter>();  // Shared by all commands of an app.
}

}  // namespace weir::cli
