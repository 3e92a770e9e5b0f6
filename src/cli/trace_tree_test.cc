// SPDX-License-Identifier: Apache-2.0
#include "cli/trace_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::cli {
namespace {

using Lines = std::vector<TreeLine>;
using ::testing::HasSubstr;
using ::testing::Not;

TraceSpan Span(const std::string& id, const std::string& parent) {
  return {.span_id = id, .parent_span_id = parent, .service = "shop", .name = "span " + id};
}

TEST(LayOutTree, PutsChildrenBelowTheirParents) {
  EXPECT_EQ(LayOutTree({Span("a", ""), Span("b", "c"), Span("c", "a"), Span("d", "a")}),
            (Lines{{0, 0}, {2, 1}, {1, 2}, {3, 1}}));
}

TEST(LayOutTree, ShowsOrphansOnTheTop) {
  EXPECT_EQ(LayOutTree({Span("a", "gone"), Span("b", "a")}), (Lines{{0, 0, true}, {1, 1}}));
}

TEST(LayOutTree, EndsWhereSpansAreTheirOwnAncestors) {
  EXPECT_EQ(LayOutTree({Span("a", "a"), Span("b", "c"), Span("c", "b"), Span("d", "c")}),
            (Lines{{0, 0, true}, {1, 0, true}, {2, 1}, {3, 2}}));
}

TEST(LayOutTree, ShowsEverySpanOfTheSameIdOnce) {
  EXPECT_EQ(LayOutTree({Span("a", ""), Span("a", ""), Span("b", "a")}),
            (Lines{{0, 0}, {2, 1}, {1, 0}}));
}

TEST(LayOutTree, LaysOutAChainOfAHundredThousandSpans) {
  std::vector<TraceSpan> spans;
  for (int i = 0; i < 100'000; ++i) {
    spans.push_back(Span(std::to_string(i), i == 0 ? "" : std::to_string(i - 1)));
  }

  EXPECT_EQ(LayOutTree(spans).back(), (TreeLine{99'999, 99'999}));
}

TEST(SpanDurationText, HasThreeDigitsAndTheirUnit) {
  EXPECT_EQ(SpanDurationText(0), "0 ns");
  EXPECT_EQ(SpanDurationText(12'345), "12.3 µs");
  EXPECT_EQ(SpanDurationText(1'236'000), "1.24 ms");
  EXPECT_EQ(SpanDurationText(5'000'000'000), "5.00 s");
  EXPECT_EQ(SpanDurationText(123'000'000'000), "2m 3s");
}

TEST(DrawWaterfall, FitsTheWidthAndDrawsBarsInTime) {
  std::vector<TraceSpan> spans = {Span("a", ""), Span("b", "a")};
  spans[0].duration_ns = 1'000'000;
  spans[1].start_unix_nano = 500'000;
  spans[1].duration_ns = 250'000;

  const std::string drawn = DrawWaterfall(spans, LayOutTree(spans), {.width = 60});

  EXPECT_EQ(drawn,
            "span a                 shop ██████████████████████   1.00 ms\n"
            "  span b               shop            ██████         250 µs\n");
}

TEST(DrawWaterfall, MarksFailuresWithTheirMessage) {
  std::vector<TraceSpan> spans = {Span("a", "")};
  spans[0].has_error = true;
  spans[0].status_message = "it broke";

  EXPECT_THAT(DrawWaterfall(spans, LayOutTree(spans), {}), HasSubstr("! span a"));
  EXPECT_THAT(DrawWaterfall(spans, LayOutTree(spans), {}), HasSubstr("\n    it broke\n"));
  EXPECT_THAT(DrawWaterfall(spans, LayOutTree(spans), {}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(DrawWaterfall(spans, LayOutTree(spans), {.use_colour = true}),
              HasSubstr("\x1b[31m! span a"));
}

TEST(DrawWaterfall, PrintsNoControlCharactersOfNames) {
  std::vector<TraceSpan> spans = {Span("a", "")};
  spans[0].name = "a\x1b[2Jb\nc\xc2\x9bz é";
  spans[0].service = "s\r";

  const std::string drawn = DrawWaterfall(spans, LayOutTree(spans), {});

  EXPECT_THAT(drawn, HasSubstr("a?[2Jb?c?z é"));
  EXPECT_THAT(drawn, HasSubstr("s?"));
}

}  // namespace
}  // namespace weir::cli
