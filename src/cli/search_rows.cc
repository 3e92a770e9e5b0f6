// SPDX-License-Identifier: Apache-2.0
#include "cli/search_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "cli/api_client.h"
#include "cli/text_table.h"
#include "cli/trace_tree.h"

namespace weir::cli {
namespace {

using nlohmann::ordered_json;

constexpr size_t kNameMax = 40, kTextMax = 300;
constexpr std::string_view kRed = "\x1b[31m", kYellow = "\x1b[33m", kDim = "\x1b[2m",
                           kPlain = "\x1b[0m";
constexpr int kWarn = 13, kError = 17;  // OTLP's severity numbers.

/// Finds values by their column's name. Borrows the answer.
class Rows {
 public:
  explicit Rows(const ordered_json& answer) : rows_(ArrayAt(answer, "rows")) {
    size_t number = 0;
    for (const auto& column : ArrayAt(answer, "columns")) {
      columns_[TextAt(column, "name")] = number++;
    }
  }
  const ordered_json& all() const { return rows_; }

  const ordered_json& At(const ordered_json& row, const char* column) const {
    static const ordered_json none;
    const auto found = columns_.find(column);
    const bool is_there = found != columns_.end() && row.is_array() && found->second < row.size();
    return is_there ? row[found->second] : none;
  }
  std::string Text(const ordered_json& row, const char* column, size_t chars_max) const {
    const ordered_json& value = At(row, column);
    if (value.is_null()) return "";
    return OneLine(value.is_string()
                       ? value.get<std::string>()
                       : value.dump(-1, ' ', false, ordered_json::error_handler_t::replace),
                   chars_max);
  }
  /// `2026-11-20 14:16:13.123` of `2026-11-20T14:16:13.123456Z`.
  std::string Time(const ordered_json& row, const char* column) const {
    constexpr size_t kDay = 10, kMillis = 23;
    std::string text = Text(row, column, kMillis + 1).substr(0, kMillis);
    if (text.size() > kDay) text[kDay] = ' ';
    return text;
  }
  std::string Duration(const ordered_json& row) const {
    const ordered_json& value = At(row, "duration_ms");
    if (!value.is_number()) return "";
    return SpanDurationText(static_cast<int64_t>(value.get<double>() * 1e6));
  }
  bool HasFailed(const ordered_json& row) const {
    return At(row, "status_code") == "STATUS_CODE_ERROR";
  }

 private:
  const ordered_json& rows_;
  std::map<std::string, size_t> columns_;
};

std::string Coloured(const std::string& text, std::string_view colour, bool use_colour) {
  if (!use_colour || colour.empty()) return text;
  return fmt::format("{}{}{}", colour, text, kPlain);
}

std::string LogLine(const Rows& rows, const ordered_json& row, bool use_colour) {
  const ordered_json& number = rows.At(row, "severity_number");
  const int severity = number.is_number_integer() ? number.get<int>() : 0;
  std::string level = rows.Text(row, "severity_text", 5);
  if (level.empty() && severity > 0) level = fmt::format("{}", severity);
  const std::string_view colour = severity >= kError ? kRed : severity >= kWarn ? kYellow : "";
  std::string text = rows.Text(row, "body", kTextMax);
  if (text.empty()) text = rows.Text(row, "event_name", kNameMax);
  return fmt::format("{} {} {} {}\n", Coloured(rows.Time(row, "time"), kDim, use_colour),
                     Coloured(fmt::format("{:5}", level), colour, use_colour),
                     Coloured(rows.Text(row, "service_name", kNameMax), kDim, use_colour), text);
}

std::string SpanLine(const Rows& rows, const ordered_json& row, bool use_colour) {
  const std::string status = rows.HasFailed(row) ? "error" : "";
  return fmt::format("{} {:>8} {} {} {} {}\n", Coloured(rows.Time(row, "time"), kDim, use_colour),
                     rows.Duration(row), Coloured(fmt::format("{:5}", status), kRed, use_colour),
                     Coloured(rows.Text(row, "service_name", kNameMax), kDim, use_colour),
                     rows.Text(row, "name", kNameMax),
                     Coloured(rows.Text(row, "trace_id", kNameMax), kDim, use_colour));
}

std::string MetricLine(const Rows& rows, const ordered_json& row, bool use_colour) {
  std::string value = rows.Text(row, "value", kNameMax);
  if (value.empty()) {
    value = fmt::format("count {} sum {}", rows.Text(row, "count", kNameMax),
                        rows.Text(row, "sum", kNameMax));
  }
  return fmt::format("{} {} {} {} {}\n", Coloured(rows.Time(row, "time"), kDim, use_colour),
                     Coloured(rows.Text(row, "service_name", kNameMax), kDim, use_colour),
                     rows.Text(row, "name", kNameMax), value, rows.Text(row, "unit", kNameMax));
}

std::string TracesText(const Rows& rows, bool use_colour) {
  TextTable table({{"START"},
                   {"DURATION", true},
                   {"SPANS", true},
                   {"ERRORS", true},
                   {"SERVICE"},
                   {"NAME"},
                   {"TRACE"}});
  for (const auto& row : rows.all()) {
    table.Add({rows.Time(row, "start_time"), rows.Duration(row),
               rows.Text(row, "span_count", kNameMax), rows.Text(row, "error_count", kNameMax),
               rows.Text(row, "root_service", kNameMax), rows.Text(row, "root_name", kNameMax),
               rows.Text(row, "trace_id", kNameMax)});
  }
  return table.ToText(use_colour);
}

std::string SpansText(const Rows& rows, bool use_colour) {
  TextTable table({{"START"}, {"DURATION", true}, {"STATUS"}, {"SERVICE"}, {"NAME"}, {"TRACE"}});
  for (const auto& row : rows.all()) {
    table.Add({rows.Time(row, "time"), rows.Duration(row), rows.HasFailed(row) ? "error" : "",
               rows.Text(row, "service_name", kNameMax), rows.Text(row, "name", kNameMax),
               rows.Text(row, "trace_id", kNameMax)});
  }
  return table.ToText(use_colour);
}

std::string MetricsText(const Rows& rows, bool use_colour) {
  TextTable table({{"TIME"},
                   {"SERVICE"},
                   {"METRIC"},
                   {"TYPE"},
                   {"VALUE", true},
                   {"COUNT", true},
                   {"UNIT"},
                   {"ATTRIBUTES"}});
  for (const auto& row : rows.all()) {
    table.Add({rows.Time(row, "time"), rows.Text(row, "service_name", kNameMax),
               rows.Text(row, "name", kNameMax), rows.Text(row, "metric_type", kNameMax),
               rows.Text(row, "value", kNameMax), rows.Text(row, "count", kNameMax),
               rows.Text(row, "unit", kNameMax), rows.Text(row, "attributes", 2 * kNameMax)});
  }
  return table.ToText(use_colour);
}

}  // namespace

std::string RowsText(std::string_view signal, const ordered_json& answer, bool use_colour) {
  const Rows rows(answer);
  if (signal == "traces") return TracesText(rows, use_colour);
  if (signal == "spans") return SpansText(rows, use_colour);
  if (signal == "metrics") return MetricsText(rows, use_colour);
  std::string text;
  for (auto row = rows.all().rbegin(); row != rows.all().rend(); ++row) {
    text += LogLine(rows, *row, use_colour);
  }
  return text;
}

std::string RowLines(std::string_view signal, const ordered_json& answer, bool use_colour) {
  const Rows rows(answer);
  std::string text;
  for (const auto& row : rows.all()) {
    text += signal == "logs"    ? LogLine(rows, row, use_colour)
            : signal == "spans" ? SpanLine(rows, row, use_colour)
                                : MetricLine(rows, row, use_colour);
  }
  return text;
}

std::string OneLine(std::string_view text, size_t chars_max) {
  std::string line;
  size_t characters = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<uint8_t>(text[i + 1]) : 0;
    const bool is_c1 = byte == 0xC2 && next >= 0x80 && next < 0xA0;
    if ((byte & 0xC0) != 0x80 && ++characters > chars_max) return line + "…";
    if (is_c1) ++i;
    line += is_c1 || byte < 0x20 || byte == 0x7F ? ' ' : text[i];
  }
  return line;
}

}  // namespace weir::cli
