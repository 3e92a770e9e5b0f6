// SPDX-License-Identifier: Apache-2.0
#include "datafile/encoding/delta_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "datafile/encoding/hex_text.h"
#include "datafile/encoding/page_decoder_fake.h"

namespace weir::datafile {
namespace {

/// Texts of all lengths, the last of which ends where the memory does.
struct Texts {
  explicit Texts(uint64_t seed) {
    std::mt19937_64 random(seed);
    for (size_t i = 0; i < 60; ++i) {
      all.push_back(std::string(random() % 40, static_cast<char>('a' + i % 26)));
      bytes.insert(bytes.end(), all.back().begin(), all.back().end());
      ends.push_back(static_cast<int32_t>(bytes.size()));
    }
    bytes.shrink_to_fit();
    for (size_t i = 0; i < 200; ++i) numbers.push_back(static_cast<int32_t>(random() % all.size()));
    numbers.push_back(59);
    for (const int32_t number : numbers) listed.push_back(all[static_cast<size_t>(number)]);
  }
  signal::TextTable table() const { return {bytes.data(), ends}; }

  std::vector<std::string> all, listed;
  std::vector<char> bytes;
  std::vector<int32_t> ends = {0}, numbers;
};

/// Ids that share more or less of their beginning.
std::string RandomIds(uint64_t seed, int id_bytes, size_t count) {
  std::mt19937_64 random(seed);
  std::string ids, last(static_cast<size_t>(id_bytes), '\0');
  for (size_t i = 0; i < count; ++i) {
    for (size_t at = random() % (last.size() + 1); at < last.size(); ++at) {
      last[at] = static_cast<char>(random() % 4 == 0 ? last[at] ^ 1 : static_cast<char>(random()));
    }
    ids += last;
  }
  return ids;
}

std::vector<std::string> HexTexts(const IdList& ids) {
  std::vector<std::string> texts;
  for (size_t i = 0; i < ids.size(); ++i) {
    texts.push_back(std::string(2 * static_cast<size_t>(ids.id_bytes), '?'));
    WriteHexPlainly(ids.at(i).data(), static_cast<size_t>(ids.id_bytes),
                    reinterpret_cast<uint8_t*>(texts.back().data()));
  }
  return texts;
}

TEST(DeltaText, GivesBackTextsOfEveryLength) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const Texts texts(seed);
    std::vector<int32_t> lengths;
    PageBytes plain, delta;
    AppendPlainTexts(texts.table(), texts.numbers, plain);
    AppendTexts(texts.table(), texts.numbers, lengths, delta);

    EXPECT_EQ(PageDecoder(plain.view()).PlainTexts(), texts.listed);
    PageDecoder decoder(delta.view());
    EXPECT_EQ(decoder.DeltaLengthTexts(), texts.listed);
    EXPECT_TRUE(decoder.IsWhole());
    EXPECT_EQ(BytesOf(texts.table(), texts.numbers) + 4 * texts.listed.size(), plain.size());
  }
}

TEST(DeltaText, WritesIdsAsHexWithAndWithoutWhatTheyShare) {
  for (int id_bytes = 1; id_bytes <= 40; ++id_bytes) {
    const std::string bytes = RandomIds(static_cast<uint64_t>(id_bytes), id_bytes, 300);
    const IdList ids{bytes, id_bytes};
    std::vector<int32_t> lengths;
    PageBytes plain, whole, shared;
    AppendPlainHex(ids, plain);
    AppendHex(ids, whole);
    AppendHexWithoutPrefixes(ids, lengths, shared);

    EXPECT_EQ(PageDecoder(plain.view()).PlainTexts(), HexTexts(ids));
    EXPECT_EQ(PageDecoder(whole.view()).DeltaLengthTexts(), HexTexts(ids));
    PageDecoder decoder(shared.view());
    EXPECT_EQ(decoder.DeltaTexts(), HexTexts(ids));
    EXPECT_TRUE(decoder.IsWhole());
    EXPECT_LT(shared.size(), whole.size());
  }
}

TEST(DeltaText, LeavesOutAllThatEqualIdsShare) {
  std::vector<int32_t> lengths;
  PageBytes page;
  AppendHexWithoutPrefixes({"\x01\x02\x01\x02\x01\x12", 2}, lengths, page);

  EXPECT_THAT(PageDecoder(page.view()).DeltaTexts(), testing::ElementsAre("0102", "0102", "0112"));
  EXPECT_TRUE(page.view().ends_with("010212"));
}

TEST(DeltaText, WritesHexLikeThePlainWay) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  for (size_t size = 0; size <= bytes.size(); ++size) {
    const std::string_view binary = std::string_view(bytes).substr(bytes.size() - size);
    std::string plain(2 * size, '?');
    WriteHexPlainly(binary.data(), size, reinterpret_cast<uint8_t*>(plain.data()));
    EXPECT_EQ(HexOf(binary), plain);
  }
  EXPECT_EQ(HexOf("\x01\xaf\x90"), "01af90");
}

}  // namespace
}  // namespace weir::datafile
