// SPDX-License-Identifier: Apache-2.0
#include "query/search/key_catalogue.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <utility>

#include "query/search/comparison.h"
#include "signal/promoted.h"

namespace weir::query::search {
namespace {

using nlohmann::json;

constexpr std::array<Subject, 3> kSubjects = {Subject::kSpans, Subject::kLogs, Subject::kMetrics};
constexpr int kVersion = 1;

/// Keys that every row has, whose values are as many as rows.
std::span<const std::string_view> KeysOfEveryRow(Subject subject) {
  static constexpr std::string_view kSpans[] = {"duration", "trace", "span", "parent"};
  static constexpr std::string_view kLogs[] = {"body", "trace", "span"};
  static constexpr std::string_view kMetrics[] = {"value"};
  if (subject == Subject::kLogs) return kLogs;
  if (subject == Subject::kMetrics) return kMetrics;
  return kSpans;
}

/// Whose values are not kept: requests to forget are about them, and they are as many as users.
bool IsPersonal(std::string_view key) {
  static const std::set<std::string_view> keys = [] {
    std::set<std::string_view> found = {"user_id", "session_id", "trace_id", "enduser.id"};
    for (const signal::PromotedColumn& column : signal::SpanColumns()) {
      if (column.name != "user_id" && column.name != "session_id") continue;
      for (const signal::PromotedSource& source : column.sources) found.insert(source.key);
    }
    return found;
  }();
  return keys.contains(key);
}

/// How well `text` fits what was typed: 0 at its beginning, 1 within, 2 not at all.
int MissOf(std::string_view text, std::string_view typed) {
  const std::string lower = ToLower(text), wanted = ToLower(typed);
  if (lower.starts_with(wanted)) return 0;
  return lower.find(wanted) != std::string::npos ? 1 : 2;
}

/// Before others that are as frequent: what people look for most.
size_t RankOf(std::string_view key) {
  constexpr std::string_view kFirst[] = {"service",
                                         "name",
                                         "status",
                                         "level",
                                         "duration",
                                         "kind",
                                         "type",
                                         "body",
                                         "value",
                                         "http.route",
                                         "http.request.method",
                                         "http.response.status_code",
                                         "error.type",
                                         "db.system.name",
                                         "rpc.method",
                                         "gen_ai.request.model",
                                         "deployment.environment.name"};
  return static_cast<size_t>(std::ranges::find(kFirst, key) - std::begin(kFirst));
}

void SortAndCut(std::string_view typed, size_t max, std::vector<Suggestion>& found) {
  std::erase_if(found, [&](const Suggestion& each) { return MissOf(each.text, typed) == 2; });
  std::ranges::sort(found, [&](const Suggestion& a, const Suggestion& b) {
    const int miss_a = MissOf(a.text, typed), miss_b = MissOf(b.text, typed);
    if (miss_a != miss_b) return miss_a < miss_b;
    const size_t rank_a = a.is_key ? RankOf(a.text) : 0, rank_b = b.is_key ? RankOf(b.text) : 0;
    if (rank_a != rank_b) return rank_a < rank_b;
    return a.count != b.count ? a.count > b.count : a.text < b.text;
  });
  if (found.size() > max) found.resize(max);
}

/// The term under way, in its parts.
struct Typed {
  std::string_view key, value;
  bool has_operator = false;
};

Typed TypedIn(std::string_view text) {
  while (!text.empty() && std::string_view("-!(").find(text.front()) != std::string_view::npos) {
    text.remove_prefix(1);
  }
  const size_t at = text.find_first_of(":=<>!");
  if (at == std::string_view::npos) return {.key = text, .value = {}};
  Typed typed{.key = text.substr(0, at), .value = text.substr(at), .has_operator = true};
  while (!typed.value.empty() &&
         std::string_view(":=<>!(\" ").find(typed.value.front()) != std::string_view::npos) {
    typed.value.remove_prefix(1);
  }
  if (typed.value.ends_with('"')) typed.value.remove_suffix(1);
  return typed;
}

}  // namespace

KeyCatalogue::KeyCatalogue() = default;

size_t KeyCatalogue::IndexOf(Subject subject) {
  if (subject == Subject::kLogs) return 1;
  return subject == Subject::kMetrics ? 2 : 0;
}

/// Null where there is no room for another key: the rarest makes some, once it is rare enough.
KeyCatalogue::Key* KeyCatalogue::FindKey(Signal& signal, std::string_view key) {
  const auto known = signal.keys.find(key);
  if (known != signal.keys.end()) return &known->second;
  if (signal.keys.size() >= kCatalogueKeysMax) {
    const auto rarest = std::ranges::min_element(
        signal.keys, {}, [](const auto& each) { return each.second.count; });
    if (--rarest->second.count > 0) return nullptr;
    signal.keys.erase(rarest);
  }
  return &signal.keys.emplace(key, Key()).first->second;
}

void KeyCatalogue::Add(Subject subject, const std::vector<Seen>& row, int64_t times) {
  auto state = state_.Lock();
  Signal& signal = state->signals[IndexOf(subject)];
  signal.rows += times;
  for (const Seen& seen : row) {
    if (seen.key.empty() || seen.key.size() > kCatalogueTextBytesMax) continue;
    Key* const key = FindKey(signal, seen.key);
    if (key == nullptr) continue;
    key->count += times;
    const bool is_kept = seen.has_value && !seen.value.empty() &&
                         seen.value.size() <= kCatalogueTextBytesMax && !IsPersonal(seen.key);
    if (is_kept) key->values.Add(seen.value, times);
  }
}

void KeyCatalogue::SuggestKeys(Subject subject, const Signal& signal, std::string_view typed,
                               std::vector<Suggestion>& found) {
  for (const auto& [key, known] : signal.keys) {
    if (MissOf(key, typed) < 2) found.push_back({key, true, known.count});
  }
  for (const std::string_view key : KeysOfEveryRow(subject)) {
    if (signal.rows > 0) found.push_back({std::string(key), true, signal.rows});
  }
}

void KeyCatalogue::SuggestValues(Subject subject, const Signal& signal, std::string_view key,
                                 std::string_view typed, std::vector<Suggestion>& found) {
  auto known = signal.keys.find(key);
  if (known == signal.keys.end()) {
    // Another name of the same column.
    const auto wanted = FieldOf(subject, {.name = std::string(key)});
    known = std::ranges::find_if(signal.keys, [&](const auto& each) {
      const auto field = FieldOf(subject, {.name = each.first});
      return wanted.ok() && field.ok() && field->type == wanted->type && field->sql == wanted->sql;
    });
  }
  if (known == signal.keys.end()) return;
  const FrequentTexts& values = known->second.values;
  for (const auto& [text, count] : values.counts()) {
    // Among more values than fit, one that may have come just once is noise.
    const bool is_noise = values.is_full() && count.known() * 2 < count.count;
    if (!is_noise && MissOf(text, typed) < 2) found.push_back({text, false, count.count});
  }
}

std::vector<Suggestion> KeyCatalogue::Suggest(Subject subject, std::string_view typed,
                                              size_t max) const {
  const Typed parts = TypedIn(typed);
  std::vector<Suggestion> found;
  {
    auto state = state_.Lock();
    const Signal& signal = state->signals[IndexOf(subject)];
    if (parts.has_operator) {
      SuggestValues(subject, signal, parts.key, parts.value, found);
    } else {
      SuggestKeys(subject, signal, parts.key, found);
    }
  }
  SortAndCut(parts.has_operator ? parts.value : parts.key, max, found);
  return found;
}

void KeyCatalogue::Clear() { *state_.Lock() = State(); }

std::string KeyCatalogue::ToText() const {
  auto state = state_.Lock();
  json signals = json::object();
  for (const Subject subject : kSubjects) {
    const Signal& signal = state->signals[IndexOf(subject)];
    json keys = json::object();
    for (const auto& [name, key] : signal.keys) {
      json values = json::array();
      for (const auto& [text, count] : key.values.counts()) {
        values.push_back({text, count.count, count.error});
      }
      keys[name] = {{"count", key.count}, {"values", std::move(values)}};
    }
    signals[std::string(NameOf(subject))] = {{"rows", signal.rows}, {"keys", std::move(keys)}};
  }
  return json{
      {"version", kVersion}, {"aged_unix_s", state->aged_unix_s}, {"signals", std::move(signals)}}
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

Status KeyCatalogue::Load(std::string_view text) {
  State loaded;
  try {
    const json all = json::parse(text);
    if (all.at("version").get<int>() != kVersion) {
      return Error(ErrorKind::kBadRequest, "the catalogue of keys is of another version");
    }
    loaded.aged_unix_s = all.at("aged_unix_s").get<int64_t>();
    for (const Subject subject : kSubjects) {
      const json& from = all.at("signals").at(std::string(NameOf(subject)));
      Signal& signal = loaded.signals[IndexOf(subject)];
      signal.rows = from.at("rows").get<int64_t>();
      for (const auto& [name, key] : from.at("keys").items()) {
        if (signal.keys.size() >= kCatalogueKeysMax) break;
        Key& into = signal.keys[name];
        into.count = key.at("count").get<int64_t>();
        for (const json& value : key.at("values")) {
          into.values.Put(value.at(0).get<std::string>(),
                          {value.at(1).get<int64_t>(), value.at(2).get<int64_t>()});
        }
      }
    }
  } catch (const json::exception& failure) {
    return Error(ErrorKind::kBadRequest, failure.what());
  }
  auto state = state_.Lock();
  std::swap(*state, loaded);
  return Status::OK();
}

void KeyCatalogue::Age(int64_t now_unix_s) {
  auto state = state_.Lock();
  if (state->aged_unix_s == 0) state->aged_unix_s = now_unix_s;
  if (now_unix_s - state->aged_unix_s < kHalfLifeSeconds) return;
  state->aged_unix_s = now_unix_s;
  for (Signal& signal : state->signals) {
    signal.rows /= 2;
    for (auto& [name, key] : signal.keys) {
      key.count /= 2;
      key.values.Halve();
    }
    std::erase_if(signal.keys, [](const auto& each) { return each.second.count == 0; });
  }
}

}  // namespace weir::query::search
