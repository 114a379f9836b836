#include "common/text/repeated_lines.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

namespace tocsin {
namespace {

constexpr std::int64_t kHour = 3600'000;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kWindow = 72 * kHour;

SourceLine line(std::string_view text, bool sentence = false) { return {line_key("desk.example", text), sentence}; }

// All that a mind writes for another one.
void hand_over(RepeatedLines& from, RepeatedLines& to) {
  std::string bytes;
  from.take_block(bytes);
  if (!bytes.empty()) {
    const auto block = RepeatedLines::read_block(bytes);
    ASSERT_TRUE(block);
    to.apply_block(*block);
  }
  std::vector<MemoryRecord> memory;
  from.take_memory(memory);
  for (const MemoryRecord& record : memory) ASSERT_TRUE(to.apply_memory(record.key, record.value));
}

TEST(LineKey, IsOfTheSourceAndOfTheLettersAndDigits) {
  const std::uint64_t key = line_key("desk.example", "Sent from the Harbour, 2024");
  EXPECT_NE(key, 0U);
  EXPECT_EQ(key >> 48, 0U);
  EXPECT_EQ(line_key("desk.example", "  SENT FROM THE HARBOUR - 2024 "), key);
  EXPECT_NE(line_key("desk.example", "Sent from the Harbour, 2025"), key);
  EXPECT_NE(line_key("other.example", "Sent from the Harbour, 2024"), key);
  EXPECT_NE(line_key("desk.example", "Изпратено"), line_key("desk.example", "Получено"));
  EXPECT_EQ(line_key("desk.example", " *** "), 0U);
}

TEST(RepeatedLines, ThreeStoriesPromoteALineAndSixASentence) {
  RepeatedLines lines(kWindow);
  for (int story = 1; story <= 6; ++story) {
    lines.observe({line("Harbour notes"), line("We have sailed these waters since the year of the flood.", true)},
                  story);
    EXPECT_EQ(lines.promoted().contains(line("Harbour notes").key), story >= 3) << story;
    EXPECT_EQ(lines.promoted().size(), story < 3 ? 0U : story < 6 ? 1U : 2U) << story;
  }
}

TEST(RepeatedLines, OnlyWhatTheWindowHoldsCounts) {
  RepeatedLines lines(kWindow);
  lines.observe({line("Harbour notes")}, 0);
  lines.observe({line("Harbour notes")}, kHour);
  lines.observe({line("Harbour notes")}, kHour + kWindow + 1);
  EXPECT_TRUE(lines.promoted().empty());
  lines.observe({line("Harbour notes")}, kHour + kWindow + 2);
  lines.observe({line("Harbour notes")}, kHour + 2 * kWindow + 2);
  EXPECT_EQ(lines.promoted().size(), 1U);
}

TEST(RepeatedLines, IsForgottenThirtyDaysAfterItWasLastTold) {
  RepeatedLines lines(kWindow);
  RepeatedLines standby(kWindow);
  for (int i = 0; i < 3; ++i) lines.observe({line("Harbour notes")}, 0);
  hand_over(lines, standby);
  std::vector<MemoryRecord> memory;
  lines.observe({line("Harbour notes")}, 7 * kDay);
  lines.take_memory(memory);
  EXPECT_TRUE(memory.empty()) << "told within seven days";
  lines.observe({line("Harbour notes")}, 8 * kDay);
  lines.observe({}, 38 * kDay);
  hand_over(lines, standby);
  EXPECT_EQ(standby.promoted().size(), 1U);
  lines.observe({}, 38 * kDay + 1);
  EXPECT_TRUE(lines.promoted().empty());
  hand_over(lines, standby);
  EXPECT_TRUE(standby.promoted().empty());
}

// Whoever restarts knows the blocks of the window and a little more, not those before.
TEST(RepeatedLines, ARestartInTheMiddleGoesOnTheSame) {
  std::mt19937 random(7);
  RepeatedLines whole(kWindow);
  RepeatedLines late(kWindow);
  std::int64_t age_ms = 0;
  std::size_t told = 0;
  for (int story = 0; story < 6000; ++story) {
    age_ms += static_cast<std::int64_t>(random() % (6 * kHour));
    std::vector<SourceLine> seen;
    // Keys that fall into few buckets, so that lines push one another out.
    for (int i = 0; i < 4; ++i) seen.push_back({1 + (random() % 3) + (random() % 40 << 24), random() % 4 == 0});
    std::sort(seen.begin(), seen.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    seen.erase(std::unique(seen.begin(), seen.end(), [](const auto& a, const auto& b) { return a.key == b.key; }),
               seen.end());
    whole.observe(seen, age_ms);
    if (story >= 3000) {
      late.observe(seen, age_ms);
      ASSERT_EQ(late.promoted(), whole.promoted()) << story;
      std::string a;
      std::string b;
      whole.take_block(a);
      late.take_block(b);
      ASSERT_EQ(a, b) << story;
      std::vector<MemoryRecord> memory;
      whole.take_memory(memory);
      told += memory.size();
      continue;
    }
    // Memory from the beginning, blocks of the last days only.
    std::string bytes;
    whole.take_block(bytes);
    if (story >= 2960 && !bytes.empty()) late.apply_block(*RepeatedLines::read_block(bytes));
    std::vector<MemoryRecord> memory;
    whole.take_memory(memory);
    for (const MemoryRecord& record : memory) ASSERT_TRUE(late.apply_memory(record.key, record.value));
  }
  EXPECT_GT(told, 50U) << "lines were promoted and forgotten meanwhile";
}

TEST(RepeatedLines, WhatIsPromotedIsBounded) {
  RepeatedLines lines(kWindow);
  std::vector<SourceLine> many;
  for (std::uint64_t key = 1; key <= RepeatedLines::kMostPromoted + 10; ++key) many.push_back({key, false});
  for (int i = 0; i < 3; ++i) lines.observe(many, i);
  EXPECT_EQ(lines.promoted().size(), RepeatedLines::kMostPromoted);
  EXPECT_FALSE(lines.promoted().contains(1));
}

TEST(RepeatedLines, ACutOrWrongRecordIsRefused) {
  RepeatedLines lines(kWindow);
  lines.observe({line("Harbour notes"), line("Tides")}, 5);
  std::string block;
  lines.take_block(block);
  for (std::size_t cut = 0; cut < block.size(); ++cut) EXPECT_FALSE(RepeatedLines::read_block(block.substr(0, cut)));
  EXPECT_FALSE(RepeatedLines::read_block(block + "x"));
  for (int i = 0; i < 2; ++i) lines.observe({line("Tides")}, 5);
  std::vector<MemoryRecord> memory;
  lines.take_memory(memory);
  ASSERT_EQ(memory.size(), 1U);
  EXPECT_THAT(memory[0].key, testing::MatchesRegex("line/[0-9a-f]+"));
  RepeatedLines other(kWindow);
  EXPECT_FALSE(other.apply_memory("line/xyz", memory[0].value));
  EXPECT_FALSE(other.apply_memory("line/1", memory[0].value));
  EXPECT_FALSE(other.apply_memory(memory[0].key, "\x02"));
  EXPECT_FALSE(other.apply_memory(memory[0].key, *memory[0].value + "x"));
  EXPECT_TRUE(other.promoted().empty());
  EXPECT_TRUE(other.apply_memory(memory[0].key, memory[0].value));
  EXPECT_EQ(other.promoted(), lines.promoted());
}

}  // namespace
}  // namespace tocsin
