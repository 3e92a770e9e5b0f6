// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <nlohmann/json.hpp>

namespace weir::log {
namespace {

spdlog::logger& Logger() {
  static const std::shared_ptr<spdlog::logger> logger = [] {
    auto made =
        std::make_shared<spdlog::logger>("weir", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_formatter(std::make_unique<spdlog::pattern_formatter>(
        R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})", spdlog::pattern_time_type::utc));
    made->flush_on(spdlog::level::debug);
    return made;
  }();
  return *logger;
}

void Write(spdlog::level::level_enum level, std::string_view event, Fields fields) {
  if (!Logger().should_log(level)) return;
  // Bad UTF-8 from outside is replaced: a log line is always valid JSON.
  const auto text = [](const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  };
  std::string line = "\"event\":" + text(event);
  for (const Field& field : fields) {
    line += "," + text(field.name) + ":";
    line += std::visit([&](const auto& value) { return text(value); }, field.value);
  }
  Logger().log(level, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace

void SetLevel(Level level) {
  switch (level) {
    case Level::kDebug: return Logger().set_level(spdlog::level::debug);
    case Level::kInfo: return Logger().set_level(spdlog::level::info);
    case Level::kWarn: return Logger().set_level(spdlog::level::warn);
    case Level::kError: return Logger().set_level(spdlog::level::err);
    case Level::kOff: return Logger().set_level(spdlog::level::off);
  }
}

void Error(std::string_view event, Fields fields) { Write(spdlog::level::err, event, fields); }
void Warn(std::string_view event, Fields fields) { Write(spdlog::level::warn, event, fields); }
void Info(std::string_view event, Fields fields) { Write(spdlog::level::info, event, fields); }
void Debug(std::string_view event, Fields fields) { Write(spdlog::level::debug, event, fields); }

}  // namespace weir::log
