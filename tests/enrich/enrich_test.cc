#include "common/enrich.h"

#include <gtest/gtest.h>

#include <functional>

namespace tocsin {
namespace {

const std::shared_ptr<const Knowledge>& knowledge() {
  static const std::shared_ptr<const Knowledge> loaded = [] {
    auto k = Knowledge::load({.directory = TOCSIN_KNOWLEDGE, .gazetteer = {}, .rules = {}, .presets = {}});
    if (!k) ADD_FAILURE() << k.error().message;
    return k ? *k : nullptr;
  }();
  return loaded;
}

// One article of a stream: prepared, and its payload.
struct Sent {
  Prepared prepared;
  std::string payload;
};

class Stream1 {
 public:
  Stream1() : preparer_(knowledge(), {}) {}
  Sent send(std::string payload, std::int64_t record_ms = 1678953600000) {
    Arrival arrival;
    arrival.at = {"wire.raw", 0, offset_++};
    arrival.record_ms = record_ms;
    Prepared p = preparer_.prepare(payload, arrival);
    return {std::move(p), std::move(payload)};
  }

 private:
  Preparer preparer_;
  std::int64_t offset_ = 0;
};

std::string launch(const std::string& uri, const std::string& more = "") {
  return R"({"uri":")" + uri +
         R"(","title":"North Korea fires ballistic missile into the sea","source":"Example Wire","text":)" +
         R"("North Korea fired a ballistic missile into the sea on Thursday, South Korea's military said. The missile flew for an hour and fell into the water west of Japan. Ships in the area were told to keep away from the debris, an officer said in Seoul.",)" +
         R"("published":"2023-03-16T07:00:00Z")" + more + "}";
}

TEST(Enrich, KnowsCountriesAsOtherLanguagesWriteThem) {
  Stream1 stream;
  for (const char* text : {"Le président du Brésil est arrivé lundi.", "وصل رئيس البرازيل يوم الاثنين.",
                           "巴西总统周一抵达。", "Der Präsident traf am Montag aus Brasilien ein."}) {
    const Sent sent = stream.send(R"({"uri":"urn:a:1","text":")" + std::string(text) + R"("})");
    EXPECT_NE(sent.prepared.geotags.find("3469034"), std::string::npos) << text;  // GeoNames' Brazil
  }
  const Sent financial = stream.send(R"({"uri":"urn:a:2","text":"تقرير مالي جديد صدر اليوم."})");
  EXPECT_EQ(financial.prepared.geotags.find("2453866"), std::string::npos);  // "financial", not Mali
}

TEST(Enrich, SaysWhenNobodyLookedForEvents) {
  Stream1 stream;
  Mind mind({});
  const Sent french = stream.send(
      R"({"uri":"urn:a:1","language":"fr","title":"Un missile tombe en mer","text":"La Corée du Nord a tiré un )"
      R"(missile balistique vers la mer jeudi, selon les militaires de la Corée du Sud."})");
  EXPECT_TRUE(french.prepared.unsupported_language);
  EXPECT_EQ(french.prepared.preset, "plain");
  const std::string record = mind.decide(french.prepared, french.payload).record();
  EXPECT_NE(record.find(R"("events":[],"noEvents":"unsupported_language")"), std::string::npos) << record;
  const Sent english = stream.send(launch("urn:a:2"));
  EXPECT_FALSE(english.prepared.unsupported_language);
  EXPECT_EQ(mind.decide(english.prepared, english.payload).record().find("noEvents"), std::string::npos);
}

TEST(Enrich, OneBlastRingsOneBellThatNamesItsTypes) {
  Stream1 stream;
  Mind mind({});
  const Sent sent = stream.send(
      R"({"uri":"urn:a:1","title":"Car bomb kills minister in Mosul","source":"Example Wire","text":"A suicide car bomb killed )"
      R"(the interior minister and four passers-by at a market in Mosul on Monday.","published":"2023-03-14T07:00:00Z"})");
  const Decision told = mind.decide(sent.prepared, sent.payload);
  ASSERT_EQ(told.alerts.size(), 1U);
  EXPECT_EQ(told.alerts[0].claim.type, EventType::kAssassination);
  EXPECT_NE(told.outputs[1].value.find(R"("also":["bombing","terror_attack"])"), std::string::npos)
      << told.outputs[1].value;
}

TEST(Enrich, AHeadACopyAndARejectionGoToTheirTopics) {
  Stream1 stream;
  Mind mind({});
  const Sent head = stream.send(launch("urn:a:1"));
  const Decision first = mind.decide(head.prepared, head.payload);
  EXPECT_EQ(first.outcome, Outcome::kNew);
  ASSERT_FALSE(first.outputs.empty());
  EXPECT_EQ(first.outputs[0].stream, Stream::kEnriched);
  EXPECT_EQ(first.outputs[0].key, "urn:a:1");
  ASSERT_EQ(first.alerts.size(), 1U);
  EXPECT_EQ(first.outputs[1].stream, Stream::kAlerts);
  EXPECT_EQ(first.outputs[1].key, first.alerts[0].incident);
  EXPECT_NE(first.record().find(first.alerts[0].incident), std::string::npos);

  const Sent copy = stream.send(launch("urn:b:1"));
  const Decision second = mind.decide(copy.prepared, copy.payload);
  EXPECT_EQ(second.outcome, Outcome::kDuplicate);
  EXPECT_EQ(second.outputs[0].stream, Stream::kDuplicates);
  EXPECT_TRUE(second.alerts.empty());
  EXPECT_EQ(second.record().find("\"places\""), std::string::npos);
  EXPECT_EQ(second.record().find("\"bodies\""), std::string::npos);

  const Sent broken = stream.send("{\"uri\":");
  const Decision third = mind.decide(broken.prepared, broken.payload);
  EXPECT_EQ(third.outcome, Outcome::kRejected);
  EXPECT_EQ(third.reason, Reason::kCutJson);
  ASSERT_EQ(third.outputs.size(), 1U);
  EXPECT_EQ(third.outputs[0].stream, Stream::kDeadLetter);
  EXPECT_NE(third.record().find("\"cut_json\""), std::string::npos);
}

TEST(Enrich, AKillWithdrawsWithoutText) {
  Stream1 stream;
  Mind mind({});
  const Sent head = stream.send(launch("urn:a:1"));
  mind.decide(head.prepared, head.payload);
  const Sent kill = stream.send(R"({"uri":"urn:a:1","source":"Example Wire","title":"x","status":"canceled"})");
  const Decision decision = mind.decide(kill.prepared, kill.payload);
  EXPECT_EQ(decision.outcome, Outcome::kKill);
  EXPECT_EQ(decision.outputs[0].stream, Stream::kEnriched);
  EXPECT_NE(decision.record().find("\"pubStatus\":\"canceled\""), std::string::npos) << decision.record();
}

TEST(Enrich, AnEmbargoedArticleIsHeldAndToldWhenDue) {
  Stream1 stream;
  Mind mind({});
  const Sent early = stream.send(launch("urn:a:1", R"(,"embargo":"2023-03-17T08:00:00Z")"));
  const Decision held = mind.decide(early.prepared, early.payload);
  EXPECT_EQ(held.outcome, Outcome::kHeld);
  EXPECT_TRUE(held.outputs.empty());
  EXPECT_NE(held.record().find("\"held\""), std::string::npos);
  EXPECT_EQ(mind.size().held, 1U);
  EXPECT_TRUE(mind.take_due(1679040000000 - 1, 10).empty());
  const auto due = mind.take_due(1679040000000, 10);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].payload, early.payload);
  const Decision told = mind.decide(early.prepared, due[0].payload, true);
  EXPECT_EQ(told.outcome, Outcome::kNew);
  EXPECT_EQ(mind.size().held, 0U);
}

// Others publish it when the embargo ends, longer after its arrival than texts are compared.
TEST(Enrich, ACopyAtTheEndOfALongEmbargoIsOne) {
  Stream1 stream;
  Mind mind({});
  const Sent early = stream.send(launch("urn:a:1", R"(,"embargo":"2023-03-22T08:00:00Z")"));
  mind.decide(early.prepared, early.payload);
  constexpr std::int64_t kEmbargo_ms = 1'679'472'000'000;
  const auto due = mind.take_due(kEmbargo_ms, 10);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(mind.decide(early.prepared, due[0].payload, true).outcome, Outcome::kNew);
  const Sent copy = stream.send(launch("urn:b:1", R"(,"provider":"Another")"), kEmbargo_ms + 60'000);
  EXPECT_EQ(mind.decide(copy.prepared, copy.payload).outcome, Outcome::kDuplicate);
}

TEST(Enrich, ALoneRecordTimeFarAheadForgetsNoIncident) {
  Stream1 stream;
  Mind mind({});
  const Sent first = stream.send(launch("urn:a:1"));
  ASSERT_EQ(mind.decide(first.prepared, first.payload).alerts.size(), 1U);
  const Sent stray = stream.send(R"({"uri":"urn:n:1","text":"Nothing happened here."})", 3'760'000'000'000);
  mind.decide(stray.prepared, stray.payload);
  const Sent second = stream.send(
      R"({"uri":"urn:b:1","source":"Another Wire","published":"2023-03-16T08:00:00Z","text":"A ballistic missile was launched by North Korea on Thursday, officials in Tokyo said, and the coast guard warned all vessels."})");
  const Decision told = mind.decide(second.prepared, second.payload);
  ASSERT_EQ(told.outcome, Outcome::kNew);
  ASSERT_EQ(told.alerts.size(), 1U);
  EXPECT_EQ(told.alerts[0].change, AlertChange::kCorroborated);
}

TEST(Enrich, AnEmbargoedArticleThatIsReplacedTellsNothingOfItself) {
  Stream1 stream;
  Mind mind({});
  const Sent first = stream.send(launch("urn:a:1", R"(,"version":1,"embargo":"2023-03-22T08:00:00Z")"));
  const Sent second = stream.send(launch("urn:a:1", R"(,"version":2,"embargo":"2023-03-22T08:00:00Z")"));
  mind.decide(first.prepared, first.payload);
  mind.decide(second.prepared, second.payload);
  const auto due = mind.take_due(0, 10);
  ASSERT_EQ(due.size(), 1U);
  const Decision told = mind.decide(first.prepared, due[0].payload, true);
  EXPECT_EQ(told.outcome, Outcome::kStale);
  EXPECT_NE(told.record().find(R"({"uri":"urn:a:1","type":"text","enrichment":)"), std::string::npos) << told.record();
}

// wire.memory forgets what is older than a month.
TEST(Enrich, WhatIsHeldForLongIsWrittenAgain) {
  Stream1 stream;
  Mind mind({});
  const Sent early = stream.send(launch("urn:a:1", R"(,"embargo":"2023-06-16T08:00:00Z")"));
  mind.decide(early.prepared, early.payload);
  mind.take_delta();
  std::vector<MemoryRecord> late;
  for (int day = 1; day <= 40; ++day) {
    const Sent other = stream.send(R"({"uri":"urn:n:)" + std::to_string(day) + R"(","text":"Nothing happened here."})",
                                   1'678'953'600'000 + day * 86'400'000LL);
    mind.decide(other.prepared, other.payload);
    StateDelta delta = mind.take_delta();
    for (MemoryRecord& record : delta.memory)
      if (day > 30 && record.key.starts_with("hold/")) late.push_back(std::move(record));
  }
  ASSERT_FALSE(late.empty());
  Mind restored({});
  for (const MemoryRecord& record : late) ASSERT_TRUE(restored.apply_memory(record.key, record.value));
  EXPECT_EQ(restored.size().held, 1U);
}

TEST(Enrich, PreparedThroughItsBytesDecidesTheSame) {
  Stream1 stream;
  Mind direct({});
  Mind remote({});
  for (int i = 0; i < 6; ++i) {
    const Sent sent = stream.send(launch("urn:a:" + std::to_string(i / 2), i % 2 == 0 ? "" : R"(,"version":2)"));
    std::string bytes;
    append_prepared(sent.prepared, bytes);
    const auto back = read_prepared(bytes);
    ASSERT_TRUE(back);
    EXPECT_EQ(direct.decide(sent.prepared, sent.payload).record(), remote.decide(*back, sent.payload).record());
  }
}

TEST(Enrich, AMindRestoredFromDeltasGoesOnAsIfNothingHadBeen) {
  Stream1 stream;
  std::vector<Sent> all;
  for (int i = 0; i < 12; ++i)
    all.push_back(
        stream.send(launch("urn:a:" + std::to_string(i % 5), i % 3 == 0 ? "" : R"(,"version":)" + std::to_string(i))));
  all.push_back(stream.send(launch("urn:h:1", R"(,"embargo":"2024-01-01T00:00:00Z")")));
  for (std::size_t cut = 0; cut <= all.size(); cut += 3) {
    Mind first({});
    Mind second({});
    for (std::size_t i = 0; i < cut; ++i) {
      first.decide(all[i].prepared, all[i].payload);
      const StateDelta delta = first.take_delta();
      if (!delta.block.empty()) {
        ASSERT_TRUE(second.apply_block(delta.block));
      }
      for (const MemoryRecord& record : delta.memory) {
        const auto applied = second.apply_memory(record.key, record.value);
        ASSERT_TRUE(applied) << applied.error().message;
      }
    }
    for (std::size_t i = cut; i < all.size(); ++i)
      ASSERT_EQ(first.decide(all[i].prepared, all[i].payload).record(),
                second.decide(all[i].prepared, all[i].payload).record())
          << "article " << i << " after " << cut;
    EXPECT_EQ(first.size().held, second.size().held);
  }
}

// Stories of one desk, each with a text of its own and the same line below it.
std::string story_with_footer(int i) {
  static const char* const kStories[] = {
      "The harbour of Bergen was closed for an hour on Monday because of fog, the port said in a statement to "
      "shippers.",
      "A museum in Lyon has bought two clocks made by hand, its director told visitors at the opening of the new wing.",
      "Farmers near Cordoba finished their harvest a week early this year, and most of them blamed a dry and hot "
      "spring.",
      "The council of Leeds voted to plant nine hundred trees along the canal, and to mend the path that runs beside "
      "it.",
      "Students in Nairobi built a radio telescope out of old dishes, and it heard the hydrogen of our galaxy in "
      "April.",
      "A bakery in Turin gives its unsold bread away at night, and the queue in front of it grows longer every "
      "evening."};
  return R"({"uri":"urn:f:)" + std::to_string(i) + R"(","title":"Story number )" + std::to_string(i) +
         R"(","source":"Harbour Desk","text":")" + kStories[i] + R"(\nHarbour Desk owns these words\n"})";
}

TEST(Enrich, ALineThatItsSourceRepeatsIsRemovedAndTold) {
  Stream1 stream;
  Mind mind({});
  Mind restored({});
  Preparer again(knowledge(), {});
  constexpr std::string_view kFooter = "Harbour Desk owns these words";
  for (int i = 0; i < 6; ++i) {
    // Prepared ahead of the mind, with no line promoted; what a restarted one decides is the same.
    const Sent sent = stream.send(story_with_footer(i));
    ASSERT_EQ(mind.outdated(sent.prepared), i >= 3) << i;
    ASSERT_EQ(restored.outdated(sent.prepared), i >= 3) << i;
    Prepared p = sent.prepared;
    if (mind.outdated(p)) {
      p = again.prepare(sent.payload, {p.at, p.record_ms, {}}, mind.promoted_lines());
      EXPECT_FALSE(mind.outdated(p));
      EXPECT_NE(p.fingerprint.exact, sent.prepared.fingerprint.exact);
    }
    const std::string record = mind.decide(p, sent.payload).record();
    EXPECT_EQ(record.find("\"repeatedLines\":[\"" + std::string(kFooter) + "\"]") != std::string::npos, i >= 3);
    EXPECT_EQ(record.find(kFooter) == record.rfind(kFooter), true) << "in the body or beside it";
    const StateDelta delta = mind.take_delta();
    ASSERT_TRUE(restored.apply_block(delta.block));
    for (const MemoryRecord& r : delta.memory) ASSERT_TRUE(restored.apply_memory(r.key, r.value));
  }
  EXPECT_EQ(mind.size().promoted_lines, 1U);
}

TEST(Enrich, CopiesAndWhatIsDoneAgainDoNotMakeALineARepeatedOne) {
  Stream1 stream;
  Mind mind({});
  const Sent first = stream.send(story_with_footer(0));
  for (int i = 0; i < 5; ++i) mind.decide(first.prepared, first.payload);
  const std::string payload = story_with_footer(0);
  for (int i = 0; i < 5; ++i) {
    std::string copy = payload;
    copy.replace(copy.find("urn:f:0"), 7, "urn:c:" + std::to_string(i));
    const Sent sent = stream.send(copy);
    EXPECT_EQ(mind.decide(sent.prepared, sent.payload).outcome, Outcome::kDuplicate);
  }
  EXPECT_EQ(mind.size().promoted_lines, 0U);
}

// So that an upgrade may go back: then blocks are those of the program before.
TEST(Enrich, WhoDoesNotLearnLinesWritesBlocksWithoutThem) {
  Stream1 stream;
  MindOptions options;
  options.learn_lines = false;
  Mind mind(options);
  Mind learner({});
  for (int i = 0; i < 6; ++i) {
    const Sent sent = stream.send(story_with_footer(i));
    mind.decide(sent.prepared, sent.payload);
    learner.decide(sent.prepared, sent.payload);
    const std::string without = mind.take_delta().block;
    const std::string with = learner.take_delta().block;
    EXPECT_EQ(unframe_state(without)->front(), 1) << "the stories' part alone";
    EXPECT_EQ(unframe_state(with)->front(), 3);
  }
  EXPECT_EQ(mind.size().promoted_lines, 0U);
}

TEST(Enrich, StateOfAnotherFormatIsRefusedWhole) {
  Mind mind({});
  EXPECT_FALSE(mind.apply_block("anything"));
  EXPECT_FALSE(mind.apply_memory("incident/x", "anything"));
  EXPECT_FALSE(mind.apply_memory("who/x", std::nullopt));
}

TEST(Enrich, ABlockWithAnyByteDamagedIsRefusedWhole) {
  Stream1 stream;
  Mind writer({});
  for (int i = 0; i < 3; ++i) {
    const Sent sent = stream.send(i == 0 ? story_with_footer(0) : launch("urn:a:" + std::to_string(i), ""));
    writer.decide(sent.prepared, sent.payload);
  }
  const std::string block = writer.take_delta().block;
  Mind mind({});
  for (std::size_t i = 0; i < block.size(); ++i) {
    std::string damaged = block;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    ASSERT_FALSE(mind.apply_block(damaged)) << i;
    ASSERT_EQ(mind.size().heads + mind.size().ids, 0U) << i;
  }
  EXPECT_TRUE(mind.apply_block(block));
}

TEST(Enrich, KnowledgeThatIsNotThereSaysWhere) {
  const auto missing = Knowledge::load({.directory = "/nowhere", .gazetteer = {}, .rules = {}, .presets = {}});
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("/nowhere/"), std::string::npos);
}

}  // namespace
}  // namespace tocsin
