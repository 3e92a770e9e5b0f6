// SPDX-License-Identifier: Apache-2.0
#include "query/trace/span_times.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <string>

namespace weir::query {
namespace {

using testing::ElementsAre;

std::vector<int64_t> Critical(const std::vector<SpanInterval>& spans) {
  std::vector<int64_t> critical;
  for (const SpanTimes& times : TimesOf(spans)) critical.push_back(times.critical_ns);
  return critical;
}

std::vector<int64_t> Children(const std::vector<SpanInterval>& spans) {
  std::vector<int64_t> children;
  for (const SpanTimes& times : TimesOf(spans)) children.push_back(times.children_ns);
  return children;
}

TEST(TimesOf, WaitsForTheChildThatEndedLastAndForWhatWasBeforeIt) {
  //  a 0 ........................ 100
  //    b 10 ...... 40
  //       c 20 ......... 60               not waited for: d ended later and began before c ended
  //             d 50 ........... 90
  //                e 60 .. 70
  const std::vector<SpanInterval> spans = {{"a", "", 0, 100},
                                           {"b", "a", 10, 40},
                                           {"c", "a", 20, 60},
                                           {"d", "a", 50, 90},
                                           {"e", "d", 60, 70}};

  // c is waited for from 20 to 50, until d began; b from 10 to 20, until c began.
  EXPECT_THAT(Critical(spans), ElementsAre(20, 10, 30, 30, 10));
  EXPECT_THAT(Children(spans), ElementsAre(80, 0, 0, 10, 0));
}

TEST(TimesOf, CutsChildrenThatBeganBeforeOrEndedAfterTheirParent) {
  const std::vector<SpanInterval> spans = {
      {"a", "", 10, 50}, {"b", "a", 0, 20}, {"c", "a", 40, 90}};

  EXPECT_THAT(Critical(spans), ElementsAre(20, 10, 10));
  EXPECT_THAT(Children(spans), ElementsAre(20, 0, 0));
}

TEST(TimesOf, TakesSpansWithoutTheirParentForRoots) {
  EXPECT_THAT(Critical({{"b", "gone", 0, 5}, {"c", "b", 1, 2}, {"d", "", 3, 4}}),
              ElementsAre(4, 1, 1));
}

TEST(TimesOf, GivesSpansInACircleNoCriticalTime) {
  EXPECT_THAT(Critical({{"a", "b", 0, 5}, {"b", "a", 0, 5}, {"c", "c", 0, 5}}),
              ElementsAre(0, 0, 0));
}

TEST(TimesOf, AddsUpToEachRootsDuration) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 200; ++round) {
    const size_t count = 1 + random() % 40;
    std::vector<std::string> ids;
    for (size_t i = 0; i < count; ++i) ids.push_back(std::to_string(i));
    std::vector<SpanInterval> spans;
    for (size_t i = 0; i < count; ++i) {
      const auto start = static_cast<int64_t>(random() % 1000);
      spans.push_back({.span_id = ids[i],
                       .parent_span_id = i == 0 ? std::string_view() : ids[random() % i],
                       .start = start,
                       .end = start + static_cast<int64_t>(random() % 300)});
    }
    std::ranges::shuffle(spans, random);
    const std::vector<int64_t> critical = Critical(spans);
    const auto root = std::ranges::find(spans, "0", &SpanInterval::span_id);

    EXPECT_EQ(std::accumulate(critical.begin(), critical.end(), int64_t{0}),
              root->end - root->start);
    EXPECT_GE(*std::ranges::min_element(critical), 0);
  }
}

}  // namespace
}  // namespace weir::query
