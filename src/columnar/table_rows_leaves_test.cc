// SPDX-License-Identifier: Apache-2.0
// The fast way to a file against the plain one: leaves as they are handed over, and as the arrays
// of the same rows imply them, for random requests.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "columnar/table_rows.h"
#include "columnar/test_leaves.h"
#include "columnar/test_rows.h"

namespace weir::columnar {
namespace {

using namespace wire;
using signal::Signal;

/// Random requests in which every field may be missing, rich or poor as a whole. The same seed
/// makes the same.
class RandomRequests {
 public:
  RandomRequests(Signal signal, uint32_t seed)
      : signal_(signal), random_(seed), richness_(Below(4)) {}

  std::string Next() {
    std::string request;
    for (int resources = Below(3); resources >= 0; --resources) {
      std::string scopes;
      for (int count = Below(2); count >= 0; --count) {
        scopes += Bytes(2, Maybe([&] { return Bytes(1, Scope()); }) + Records() +
                               Maybe([&] { return Bytes(3, Word()); }));
      }
      request += Bytes(1, Maybe([&] { return Bytes(1, SomeAttributes(1)); }) + scopes +
                              Maybe([&] { return Bytes(3, Word()); }));
    }
    return request;
  }
  int Below(int limit) { return static_cast<int>(random_() % static_cast<uint32_t>(limit)); }

 private:
  template <typename Make>
  std::string Maybe(Make make) {
    return Below(4) < richness_ ? make() : std::string();
  }
  std::string Word() { return fmt::format("word {}", Below(40)); }
  std::string Id(size_t bytes) {
    std::string id(bytes, static_cast<char>('a' + Below(5)));
    if (Below(2) == 0) id.back() = static_cast<char>(Below(256));
    return id;
  }

  std::string Value() {
    switch (Below(8)) {
      case 0: return Int(Below(2000) - 5);
      case 1: return Real(Below(100) / 7.0);
      case 2: return Bool(Below(2) == 0);
      case 3: return "";
      case 4: return Array({Int(Below(3)), Text("x")});
      case 5: return Text(fmt::format("{:032x}", random_()));
      default: return Text(Word());
    }
  }
  std::string SomeAttributes(uint32_t field) {
    static constexpr const char* kKeys[] = {
        "http.route", "service.name", "session.id", "k", "http.response.status_code", "host.name"};
    std::string out;
    for (int count = Below(1 + 2 * richness_); count > 0; --count) {
      out += Bytes(field, KeyValue(kKeys[Below(6)], Value()));
    }
    return out;
  }
  std::string Scope() {
    return Maybe([&] { return Bytes(1, Word()); }) + SomeAttributes(3);
  }

  std::string Records() {
    std::string out;
    for (int count = Below(6); count > 0; --count) out += Bytes(2, Record());
    return out;
  }
  std::string Record() {
    switch (signal_) {
      case Signal::kTraces: return RandomSpan();
      case Signal::kLogs: return RandomLog();
      default: return RandomMetric();
    }
  }
  uint64_t Time() { return kReceivedNanos - static_cast<uint64_t>(Below(1 << 30)) * 1000; }

  std::string RandomSpan() {
    std::string span = Bytes(1, Id(16)) + Bytes(2, Id(8)) + Fixed64(7, Time()) + Fixed64(8, Time());
    span += Maybe([&] { return Bytes(4, Id(8)); }) + Maybe([&] { return Bytes(5, Word()); }) +
            Varint(6, Below(12)) +
            Maybe([&] { return Bytes(15, Bytes(2, Word()) + Varint(3, 2)); }) + SomeAttributes(9);
    for (int events = Below(1 + richness_); events > 0; --events) {
      span += Bytes(
          11, Fixed64(1, Time()) + Maybe([&] { return Bytes(2, Word()); }) + SomeAttributes(3));
    }
    for (int links = Below(1 + richness_); links > 0; --links) {
      span += Bytes(13, Maybe([&] { return Bytes(1, Id(16)); }) + SomeAttributes(4));
    }
    return span;
  }
  std::string RandomLog() {
    return Fixed64(1, Time()) + Maybe([&] { return Bytes(5, Value()); }) +
           Maybe([&] { return Bytes(9, Id(16)); }) + Maybe([&] { return Bytes(12, Word()); }) +
           SomeAttributes(6);
  }
  std::string RandomMetric() {
    std::string points;
    const int kind = Below(5);
    for (int count = Below(4); count > 0; --count) points += Bytes(1, Point(kind));
    static constexpr uint32_t kFields[] = {5, 7, 9, 10, 11};
    const std::string sum = kind == 1 ? Varint(2, 2) + Varint(3, Below(2)) : "";
    return Bytes(1, Word()) + Maybe([&] { return Bytes(2, Word()); }) +
           Maybe([&] { return Bytes(12, KeyValue("m", Value())); }) +
           Bytes(kFields[kind], points + sum);
  }
  std::string Point(int kind) {
    const std::string common = Fixed64(3, Time()) + Maybe([&] { return Fixed64(2, Time()); });
    const auto exemplar = [&] {
      return Double(3, Below(9)) + Maybe([&] { return Bytes(4, Id(8)); }) + SomeAttributes(7);
    };
    const auto counts = [&] { return Fixed64(6, Below(9)) + Fixed64(6, Below(9)); };
    const auto buckets = [&] { return Varint(1, Below(9)) + Varint(2, Below(9)); };
    switch (kind) {
      case 0:
      case 1:
        return common + (Below(2) == 0 ? Double(4, Below(9)) : Fixed64(6, Below(9))) +
               SomeAttributes(7) + Maybe([&] { return Bytes(5, exemplar()); });
      case 2:
        return common + Fixed64(4, Below(9)) + Maybe([&] { return Double(5, Below(9)); }) +
               Maybe(counts) + Maybe([&] { return Double(7, Below(9)); }) + SomeAttributes(9);
      case 3:
        return common + Maybe([&] { return Bytes(8, buckets()); }) +
               Maybe([&] { return Bytes(9, ""); }) + SomeAttributes(1);
      default:
        return common + SomeAttributes(7) +
               Maybe([&] { return Bytes(6, Double(1, 0.5) + Double(2, Below(9))); });
    }
  }

  const Signal signal_;
  std::mt19937 random_;
  const int richness_;  // 0: nothing that may be missing is there … 3: most of it is.
};

void ExpectSameLeavesOf(Signal signal, uint32_t seed) {
  SCOPED_TRACE(fmt::format("{} seed {}", Name(signal), seed));
  RandomRequests requests(signal, seed);
  TestRows rows(signal);
  for (int count = requests.Below(12); count >= 0; --count) rows.Append(requests.Next());
  for (const signal::DayRows& day : rows.columns().SortIntoDays()) {
    // A part of the rows too, so that not all texts are in use.
    for (const size_t take : {day.rows.size(), day.rows.size() / 3}) {
      if (take > 0) ExpectSameLeaves(rows.columns(), std::span(day.rows).first(take), seed);
    }
  }
}

TEST(TableRowsLeaves, AreThoseOfTheArraysOfSpans) {
  for (uint32_t seed = 1; seed <= 150; ++seed) ExpectSameLeavesOf(Signal::kTraces, seed);
}

TEST(TableRowsLeaves, AreThoseOfTheArraysOfLogs) {
  for (uint32_t seed = 1; seed <= 150; ++seed) ExpectSameLeavesOf(Signal::kLogs, seed);
}

TEST(TableRowsLeaves, AreThoseOfTheArraysOfDataPoints) {
  for (uint32_t seed = 1; seed <= 150; ++seed) ExpectSameLeavesOf(Signal::kMetrics, seed);
}

}  // namespace
}  // namespace weir::columnar
