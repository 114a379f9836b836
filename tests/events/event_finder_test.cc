#include "common/events/event_finder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/events/knowledge.h"

namespace tocsin {
namespace {

std::vector<Event> missiles(std::string_view body, std::string_view published = {}) {
  return of_type(find_in("", body, published), EventType::kMissileLaunch);
}

Factuality only_factuality(std::string_view body) {
  const auto events = missiles(body, "2024-05-10");
  EXPECT_EQ(events.size(), 1U) << body;
  return events.empty() ? Factuality::kHypothetical : events[0].factuality;
}

TEST(EventFinder, FindsALaunchWithWhatTheTextStates) {
  const auto events =
      missiles("North Korea fired two ballistic missiles into the sea on Thursday morning.", "2024-05-10");
  ASSERT_EQ(events.size(), 1U);
  const Event& e = events[0];
  EXPECT_EQ(e.factuality, Factuality::kOccurred);
  EXPECT_EQ(e.salience, Salience::kMain);
  EXPECT_EQ(e.actors, std::vector<std::string>{"PRK"});
  EXPECT_EQ(e.weapon_class, "ballistic");
  EXPECT_EQ(e.weapon_count, 2);
  EXPECT_EQ(e.weapon_designation, "");
  EXPECT_EQ(e.time_text, "Thursday morning");
  EXPECT_EQ(e.time_resolved, "2024-05-09");
}

// Which of its events an article tells to be one happening, as "type=type" of the first and the later one.
std::vector<std::string> one_happening(std::string_view body) {
  std::vector<std::string> out;
  const auto events = find_in("", body, "2024-05-10");
  for (const Event& e : events)
    if (e.same_as)
      out.push_back(std::string(to_string(events[*e.same_as].type)) + "=" + std::string(to_string(e.type)));
  return out;
}

TEST(EventFinder, TypesThatShareWordsOrAClauseAreOneHappening) {
  using testing::ElementsAre;
  EXPECT_THAT(one_happening("A suicide car bomb killed the interior minister and four passers-by at a market."),
              ElementsAre("bombing=terror_attack", "bombing=assassination"));
  EXPECT_THAT(one_happening("Militants stormed a hotel, killing 20 people and taking hostages."),
              ElementsAre("terror_attack=kidnapping"));
  EXPECT_THAT(one_happening("An oil tanker was struck by two missiles off the coast on Thursday."),
              ElementsAre("maritime_air_incident=missile_launch"));
  // Two sides of one fight.
  EXPECT_THAT(one_happening("Boko Haram militants ambushed a patrol near Diffa, killing seven Nigerien soldiers."),
              testing::Each("armed_clash=armed_clash"));
}

TEST(EventFinder, ABlowAndTheAnswerToItAreTwo) {
  EXPECT_TRUE(
      one_happening("Rockets were fired at the town. The air force carried out air strikes on the port.").empty());
  EXPECT_TRUE(one_happening("Israel bombarded tunnels along the border in response to rocket fire.").empty());
}

TEST(EventFinder, WhoOnlySpeaksIsNoActor) {
  const auto actors = [](std::string_view body) {
    const auto events = missiles(body, "2024-05-10");
    return events.size() == 1 ? events[0].actors : std::vector<std::string>{"?"};
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(actors("Japan said North Korea fired a missile."), Names{"PRK"});
  EXPECT_EQ(actors("South Korea's military said two missiles were fired."), Names{});
  EXPECT_EQ(actors("North Korea said it fired two missiles."), Names{"PRK"});
  EXPECT_EQ(actors("The United States and South Korea fired four missiles."), (Names{"KOR", "USA"}));
}

TEST(EventFinder, ANounThatIsKnownIsNotTheMainEvent) {
  const auto salience = [](std::string_view body) {
    const auto events = missiles(body, "2024-05-10");
    return events.size() == 1 ? events[0].salience : Salience::kSecondary;
  };
  EXPECT_EQ(salience("The council condemned the missile launch."), Salience::kBackground);
  EXPECT_EQ(salience("The treasury fined two firms in response to a missile test."), Salience::kBackground);
  EXPECT_EQ(salience("The missile strike on the depot killed four soldiers."), Salience::kMain);
  EXPECT_EQ(salience("In response to the drills, the army fired a missile."), Salience::kMain);
}

TEST(EventFinder, ADayOfAnotherClauseCountsOnlyBeforeTheEventAndInAMainClause) {
  const auto day = [](std::string_view body) {
    const auto events = missiles(body, "2024-05-10");
    return events.size() == 1 ? events[0].time_resolved : "?";
  };
  EXPECT_EQ(day("Just before he left on Thursday, the army fired a missile."), "2024-05-09");
  EXPECT_EQ(day("The army fired a missile, following one on Monday."), "");
  EXPECT_EQ(day("When it fired a missile at the port, parliament voted on Monday."), "");
}

TEST(EventFinder, WhatHasANameOfItsOwnIsHistorical) {
  for (const char* text : {"The 9/11 terrorist attacks changed it.", "They spoke of the terrorist attacks of 9/11."})
    for (const Event& e : find_in("", text, "2024-05-10")) EXPECT_EQ(e.factuality, Factuality::kHistorical) << text;
}

TEST(EventFinder, WithoutAPublishedTimeNoWeekdayIsResolved) {
  const auto events = missiles("The army fired a missile on Thursday.");
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].time_text, "Thursday");
  EXPECT_EQ(events[0].time_resolved, "");
}

TEST(EventFinder, EvidenceIsTheTextsOwnWords) {
  const std::string body = "Nothing here. The coast guard said a missile struck the pier.";
  const auto events = missiles(body);
  ASSERT_EQ(events.size(), 1U);
  ASSERT_EQ(events[0].evidence.size(), 1U);
  const Evidence v = events[0].evidence[0];
  EXPECT_EQ(body.substr(v.start, v.end - v.start), "missile struck");
}

TEST(EventFinder, TheMissileOfADestroyerAGoalkeeperOrATreatyIsNoLaunch) {
  for (const char* text :
       {"The guided missile destroyer Alva was launched in May.",
        "The goalkeeper was struck by a missile from the stands.",
        "They launched the summit and spoke of the missile programme.",
        "The missile deal was struck after a long night.", "The magnitude of the quake was launched into debate."})
    for (const Event& e : missiles(text)) EXPECT_NE(e.factuality, Factuality::kOccurred) << text;
}

TEST(EventFinder, FactualityFollowsTheCueOfTheTriggersOwnClause) {
  EXPECT_EQ(only_factuality("The navy launched a missile."), Factuality::kOccurred);
  EXPECT_EQ(only_factuality("The navy denied that it had fired a missile."), Factuality::kDenied);
  EXPECT_EQ(only_factuality("The navy will launch a missile."), Factuality::kPlanned);
  EXPECT_EQ(only_factuality("The navy threatened to launch a missile."), Factuality::kThreatened);
  EXPECT_EQ(only_factuality("The navy could launch a missile."), Factuality::kHypothetical);
  EXPECT_EQ(only_factuality("The navy claimed it fired a missile."), Factuality::kClaimed);
  EXPECT_EQ(only_factuality("The navy fired a missile in 1998."), Factuality::kHistorical);
  EXPECT_EQ(only_factuality("The navy fired a missile while the army could not agree on a parade."),
            Factuality::kOccurred);
}

TEST(EventFinder, MentionsOfOneHappeningAreOneEvent) {
  const auto events = missiles(
      "North Korea fired a missile on Thursday. The missile landed in the sea. The launch of the "
      "ballistic missile was condemned in Seoul.",
      "2024-05-10");
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].evidence.size(), 3U);
  EXPECT_EQ(events[0].weapon_class, "ballistic");
}

TEST(EventFinder, EventsOfTwoDaysAreTwo) {
  const auto events = missiles("Iran fired a missile on Monday. Iran fired a missile on Wednesday.", "2024-05-10");
  EXPECT_EQ(events.size(), 2U);
}

TEST(EventFinder, ASecondLaunchOfTheDayIsSetOff) {
  const auto events = missiles("Iran fired a missile on Monday. Hours later it fired another missile.", "2024-05-10");
  ASSERT_EQ(events.size(), 2U);
  EXPECT_FALSE(events[0].another);
  EXPECT_TRUE(events[1].another);
}

TEST(EventFinder, ALaunchToldInPassingIsBackground) {
  std::string body =
      "The ministers met in the capital. They spoke of trade. They ate well. They spoke of fish. They left late. ";
  body += "Hours before, North Korea had fired a missile.";
  const auto events = missiles(body);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].salience, Salience::kBackground);
  EXPECT_EQ(events[0].factuality, Factuality::kOccurred);
}

TEST(EventFinder, HeadlineEventsAreMain) {
  const auto events = of_type(find_in("North Korea fires missile", "The ministers met."), EventType::kMissileLaunch);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].salience, Salience::kMain);
  EXPECT_EQ(events[0].evidence[0].zone, Zone::kHeadline);
}

TEST(EventFinder, OtherLanguagesGiveNoEvents) {
  EXPECT_TRUE(find_in("", "The army fired a missile.", "", {}, "de").empty());
  EXPECT_FALSE(find_in("", "The army fired a missile.", "", {}, "en-GB").empty());
}

TEST(EventFinder, PlacesAndActorsComeFromGeotags) {
  const std::string body = "Peru fired a missile at a hill near Cusco.";
  Geotags g;
  const auto place = [&](std::int64_t id, std::string name, std::string kind) {
    Place p;
    p.geoname_id = id;
    p.name = std::move(name);
    p.kind = std::move(kind);
    p.country = "PE";
    p.resolved = true;
    g.places.push_back(std::move(p));
  };
  place(1, "Peru", "PCLI");
  place(2, "Cusco", "PPLA");
  g.mentions.push_back({Zone::kBody, 0, 4, 0, MentionForm::kName});
  const auto at = static_cast<std::uint32_t>(body.find("Cusco"));
  g.mentions.push_back({Zone::kBody, at, at + 5, 1, MentionForm::kName});
  const auto events = of_type(find_in("", body, "", g), EventType::kMissileLaunch);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].actors, std::vector<std::string>{"PER"});
  EXPECT_EQ(events[0].place, 1U);
}

// Who says it is not where it happened, though a place's word stands before: "on Thursday, South Korea's military
// said".
TEST(EventFinder, WhoSaysItIsNoPlaceOfIt) {
  const auto place_in = [](const std::string& body) {
    Geotags g;
    const auto at = static_cast<std::uint32_t>(body.find("Chile"));
    g.places.push_back({});
    g.places[0].geoname_id = 1;
    g.places[0].name = "Chile";
    g.places[0].kind = "PCLI";
    g.places[0].country = "CL";
    g.places[0].resolved = true;
    g.mentions.push_back({Zone::kBody, at, at + 5, 0, MentionForm::kName});
    const auto events = of_type(find_in("", body, "", g), EventType::kBombing);
    return events.size() == 1 && events[0].place.has_value();
  };
  EXPECT_FALSE(place_in("A car bomb exploded in the city on Thursday, Chile's interior ministry said."));
  EXPECT_TRUE(place_in("A car bomb exploded in the city on Thursday, police in Chile said."));
  EXPECT_TRUE(place_in("A car bomb exploded in the town of Arsal, Chile, the police said."));
}

TEST(EventFinder, DeathsRaiseSeverity) {
  EXPECT_EQ(missiles("A missile hit a bus.")[0].severity, 3);
  EXPECT_EQ(missiles("A missile hit a bus, killing 14 people.")[0].severity, 4);
  EXPECT_EQ(missiles("A missile hit a station, killing 61 people.")[0].severity, 5);
}

// Law: what is found in a text depends on the text alone, not on what the same finder read before.
TEST(EventFinder, RemembersNothingFromArticleToArticle) {
  const std::vector<std::string> texts = {"Iran fired a missile on Monday.", "",
                                          "A bomb exploded in a market and killed ten people.",
                                          "Thousands protested in the capital.", "The navy could launch a missile."};
  EventFinder finder(own_rules());
  Document none;
  none.assign("");
  std::mt19937 random(3);
  for (int i = 0; i < 200; ++i) {
    const std::string& text = texts[random() % texts.size()];
    Document body;
    body.assign(text);
    const auto events = finder.find(none, body, {}, noon_of("2024-05-10"), "en");
    const auto fresh = find_in("", text, "2024-05-10");
    ASSERT_EQ(events.size(), fresh.size()) << text;
    for (std::size_t n = 0; n < events.size(); ++n) EXPECT_EQ(events[n].rule, fresh[n].rule);
  }
}

// Law: evidence lies inside its zone, whatever the text.
TEST(EventFinder, EvidenceNeverLeavesTheText) {
  const std::vector<std::string> words = {
      "missile",      "fired",      "bomb", "killed", "\xe2\x80\x94", "\"",     "U.S.", "1,200", "\n\n",
      "attack",       ".",          ",",    "could",  "on",           "Monday", "in",   "2019",  "Hwasong-17",
      "\xe6\x9d\xb1", "protesters", "(",    "'s"};
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    std::string body;
    for (auto n = random() % 400; n > 0; --n) body += words[random() % words.size()] + (random() % 5 ? " " : "");
    for (const Event& e : find_in("", body, "2024-05-10")) {
      ASSERT_FALSE(e.evidence.empty());
      for (const Evidence& v : e.evidence) {
        EXPECT_LT(v.start, v.end);
        EXPECT_LE(v.end, body.size());
      }
    }
  }
}

}  // namespace
}  // namespace tocsin
