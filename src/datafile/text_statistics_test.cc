// SPDX-License-Identifier: Apache-2.0
#include "datafile/text_statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "datafile/encoding/hex_text.h"

namespace weir::datafile {
namespace {

struct Table {
  explicit Table(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      bytes.insert(bytes.end(), text.begin(), text.end());
      ends.push_back(static_cast<int32_t>(bytes.size()));
    }
    bytes.shrink_to_fit();
  }
  signal::TextTable table() const { return {bytes.data(), ends}; }

  std::vector<char> bytes;
  std::vector<int32_t> ends = {0};
};

/// Many with the same first eight bytes, zeros and high bytes among them.
std::vector<std::string> RandomTexts(std::mt19937_64& random) {
  std::vector<std::string> texts;
  const size_t count = 1 + random() % 40;
  for (size_t i = 0; i < count; ++i) {
    std::string text = random() % 2 == 0 ? std::string(random() % 12, 'm') : "";
    for (size_t more = random() % 4; more > 0; --more) text += "\0a\xff\x7f"[random() % 4];
    texts.push_back(text);
  }
  return texts;
}

void ExpectBounds(const std::optional<Bounds>& bounds, const std::vector<std::string>& texts) {
  ASSERT_EQ(bounds.has_value(), !texts.empty());
  if (texts.empty()) return;
  EXPECT_EQ(std::get<std::string>(bounds->lower), *std::ranges::min_element(texts));
  EXPECT_EQ(std::get<std::string>(bounds->upper), *std::ranges::max_element(texts));
}

TEST(TextStatistics, BoundRandomTextsAsComparingThemAllDoes) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 3000; ++round) {
    const auto texts = RandomTexts(random);
    const Table table(texts);
    std::vector<int32_t> numbers;
    std::vector<std::string> listed;
    for (size_t i = random() % 30; i > 0; --i) {
      numbers.push_back(static_cast<int32_t>(random() % texts.size()));
      listed.push_back(texts[static_cast<size_t>(numbers.back())]);
    }
    ExpectBounds(BoundsOfTexts(table.table(), numbers), listed);
  }
}

TEST(TextStatistics, BoundThoseTextsOfADictionaryThatAPageUses) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 3000; ++round) {
    const auto texts = RandomTexts(random);
    const Table table(texts);
    std::vector<int32_t> all(texts.size());
    for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<int32_t>(i);
    UsedTexts used;
    used.Start(table.table(), all);
    // Page after page, shorter and longer than the dictionary.
    for (int page = 0; page < 3; ++page) {
      std::vector<int32_t> indices(random() % 60);
      std::vector<std::string> listed;
      uint8_t* const marks = used.MarksFor(indices.size());
      for (int32_t& index : indices) {
        index = static_cast<int32_t>(random() % texts.size());
        listed.push_back(texts[static_cast<size_t>(index)]);
        if (marks != nullptr) marks[index] = 1;
      }
      ExpectBounds(used.Take(indices).ValueOrDie(), listed);
    }
  }
}

TEST(TextStatistics, BoundIdsOfEverySizeAsTheirHexDoes) {
  std::mt19937_64 random(3);
  for (int id_bytes = 1; id_bytes <= 20; ++id_bytes) {
    for (int round = 0; round < 50; ++round) {
      std::string bytes;
      for (size_t i = static_cast<size_t>(id_bytes) * (random() % 12); i > 0; --i) {
        bytes += static_cast<char>(random() % 3 == 0 ? random() : 0x80);
      }
      const IdList ids{bytes, id_bytes};
      std::vector<std::string> texts;
      for (size_t i = 0; i < ids.size(); ++i) texts.push_back(HexOf(ids.at(i)));
      ExpectBounds(BoundsOfIds(ids), texts);
    }
  }
}

TEST(TextStatistics, RefuseAnIndexBeyondTheDictionary) {
  const Table table({"a", "b", "c"});
  const std::vector<int32_t> all = {0, 1, 2}, few = {3}, many = {0, 3, 0, 0};
  UsedTexts used;
  used.Start(table.table(), all);

  EXPECT_FALSE(used.Take(few).ok());
  used.MarksFor(many.size())[3] = 1;
  EXPECT_FALSE(used.Take(many).ok());
}

}  // namespace
}  // namespace weir::datafile
