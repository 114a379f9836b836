#include "common/events/incident_book.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <set>

#include "common/events/event_scan.h"
#include "common/events/incident.h"
#include "tests/events/knowledge.h"

namespace tocsin {
namespace {

// The log stands where the article does.
class Book : public IncidentBook {
 public:
  explicit Book(IncidentOptions options = {}) : IncidentBook(std::move(options)) {}
  Incidents report(const Prepared& article, const Story& story) {
    return IncidentBook::report(article, story, article.record_ms);
  }
};

constexpr std::int64_t kHour = 3'600'000;

Claim launch(std::string day, std::vector<std::string> actors = {"PRK"}) {
  Claim c;
  c.type = EventType::kMissileLaunch;
  c.severity = 3;
  c.confidence = 0.9F;
  c.actors = std::move(actors);
  c.weapon_class = "missile";
  c.day = std::move(day);
  return c;
}

Prepared article(std::string uri, std::string provider, std::int64_t ms, std::vector<Claim> claims) {
  Prepared p;
  p.uri = std::move(uri);
  p.at.offset = static_cast<std::int64_t>(std::hash<std::string>()(p.uri) % 100000);
  p.provider = std::move(provider);
  p.record_ms = p.published_ms = ms;
  p.claims = std::move(claims);
  return p;
}

Story story(std::string cluster, Outcome outcome = Outcome::kNew) {
  Story s;
  s.cluster = std::move(cluster);
  s.outcome = outcome;
  return s;
}

std::string changes(const Incidents& i) {
  std::string out;
  for (const Alert& a : i.alerts) out += std::string(to_string(a.change)) + (a.backfill ? "(backfill) " : " ");
  return out;
}

const std::int64_t kNoon = noon_of("2024-05-10");

Claim sure(Claim claim, float confidence) {
  claim.confidence = confidence;
  return claim;
}

TEST(IncidentBook, AnotherSourceMakesItSurerTheSameOneAndADenialDoNot) {
  Book book;
  int n = 0;
  const auto tell = [&](const std::string& provider, Claim claim) {
    ++n;
    return book.report(article("a" + std::to_string(n), provider, kNoon + n * kHour, {std::move(claim)}),
                       story("s" + std::to_string(n)));
  };
  const auto first = tell("Wire", sure(launch("2024-05-10"), 0.6F));
  ASSERT_EQ(changes(first), "first ");
  EXPECT_FLOAT_EQ(first.alerts[0].claim.confidence, 0.6F);
  EXPECT_EQ(changes(tell("Wire", sure(launch("2024-05-10"), 0.5F))), "");
  const auto second = tell("Paper", sure(launch("2024-05-10"), 0.5F));
  ASSERT_EQ(changes(second), "corroborated ");
  EXPECT_FLOAT_EQ(second.alerts[0].claim.confidence, 0.8F);  // 1 - (1 - 0.6) (1 - 0.5)
  Claim denial = sure(launch("2024-05-10"), 0.9F);
  denial.factuality = Factuality::kDenied;
  const auto denied = tell("Ministry", denial);
  ASSERT_EQ(changes(denied), "denied ");
  EXPECT_FLOAT_EQ(denied.alerts[0].claim.confidence, 0.8F);
}

TEST(IncidentBook, OneArticleIsAsSureAsTheSurestOfItsTypes) {
  Book book;
  Claim raid = sure(launch("2024-05-10"), 0.7F);
  raid.type = EventType::kAirStrike;
  raid.same_as = 0;
  const auto first = book.report(article("a", "Wire", kNoon, {sure(launch("2024-05-10"), 0.4F), raid}), story("s1"));
  ASSERT_EQ(changes(first), "first ");
  EXPECT_FLOAT_EQ(first.alerts[0].claim.confidence, 0.7F);
}

TEST(IncidentBook, WithoutRulesAnUnsureOneRingsWhenASecondSourceTellsItAndALaunchAtOnce) {
  Book book;
  Claim bombing = sure(launch("2024-05-10", {"Harbour Front"}), 0.29F);
  bombing.type = EventType::kBombing;
  EXPECT_EQ(changes(book.report(article("a", "Wire", kNoon, {bombing}), story("s1"))), "");
  const auto second = book.report(article("b", "Paper", kNoon + kHour, {bombing}), story("s2"));
  ASSERT_EQ(changes(second), "first ");
  EXPECT_NEAR(second.alerts[0].claim.confidence, 0.4959F, 1e-6);
  bombing.confidence = 0.3F;
  bombing.actors = {"Valley Front"};
  EXPECT_EQ(changes(book.report(article("c", "Wire", kNoon + 2 * kHour, {bombing}), story("s3"))), "first ");
  EXPECT_EQ(changes(book.report(article("d", "Wire", kNoon, {sure(launch("2024-05-10"), 0.1F)}), story("s4"))),
            "first ");
}

TEST(IncidentBook, TheFirstReportRingsAtOnceAndACopyDoesNot) {
  Book book;
  const auto first = book.report(article("a", "Wire", kNoon, {launch("2024-05-10")}), story("s1"));
  EXPECT_EQ(changes(first), "first ");
  EXPECT_EQ(first.alerts[0].sequence, 1U);
  EXPECT_EQ(first.incidents[0], first.alerts[0].incident);
  EXPECT_EQ(changes(book.report(article("b", "Paper", kNoon + kHour, {launch("2024-05-10")}),
                                story("s1", Outcome::kDuplicate))),
            "");
  EXPECT_EQ(book.size(), 1U);
}

// A day: a launch, four copies, two independent reports, a place, a denial, a second launch, a kill.
TEST(IncidentBook, AScriptedDayGivesExactlyTheAlertsExpected) {
  Book book;
  std::string log;
  const auto tell = [&](const Prepared& p, const Story& s) {
    const auto told = book.report(p, s);
    log += changes(told);
    return told;
  };
  const auto one = tell(article("a", "Wire", kNoon, {launch("2024-05-10")}), story("s1")).incidents[0];
  for (int i = 0; i < 4; ++i)
    tell(article("c" + std::to_string(i), "Paper", kNoon + i, {launch("2024-05-10")}),
         story("s1", Outcome::kDuplicate));
  EXPECT_EQ(tell(article("d", "Agency", kNoon + kHour, {launch("2024-05-10")}), story("s2")).incidents[0], one);
  EXPECT_EQ(tell(article("e", "Radio", kNoon + 2 * kHour, {launch("")}), story("s3")).incidents[0], one);
  Claim placed = launch("2024-05-10");
  placed.place_name = "Wonsan";
  placed.place_kind = "PPLA";
  placed.country = "KP";
  placed.geoname_id = 1877535;
  placed.lat = 39.15F;
  placed.lon = 127.44F;
  placed.placed = true;
  tell(article("f", "Agency", kNoon + 3 * kHour, {placed}), story("s2", Outcome::kRevision));
  Claim denial = launch("2024-05-10");
  denial.factuality = Factuality::kDenied;
  EXPECT_EQ(tell(article("g", "State TV", kNoon + 4 * kHour, {denial}), story("s4")).incidents[0], one);
  Claim second = launch("2024-05-10");
  second.another = true;
  const auto two = tell(article("h", "Wire", kNoon + 6 * kHour, {second}), story("s5")).incidents[0];
  EXPECT_NE(two, one);
  tell(article("h", "Wire", kNoon + 7 * kHour, {}), story("s5", Outcome::kKill));
  EXPECT_EQ(log, "first corroborated placed denied first withdrawn ");
  EXPECT_EQ(book.size(), 2U);
}

Claim deed(EventType type, int severity, std::string day = "2024-05-10") {
  Claim c;
  c.confidence = 0.9F;
  c.type = type;
  c.severity = static_cast<std::uint8_t>(severity);
  c.salience = Salience::kMain;
  c.place_name = "Mosul";
  c.place_kind = "PPLA";
  c.country = "IQ";
  c.geoname_id = 99072;
  c.lat = 36.34F;
  c.lon = 43.12F;
  c.placed = true;
  c.day = std::move(day);
  c.json = "{\"type\":\"" + std::string(to_string(type)) + "\"";
  return c;
}

// A car bomb kills a minister: three types of one happening.
std::vector<Claim> blast() {
  std::vector<Claim> claims = {deed(EventType::kTerrorAttack, 4), deed(EventType::kBombing, 4),
                               deed(EventType::kAssassination, 3)};
  claims[1].same_as = claims[2].same_as = 0;
  return claims;
}

TEST(IncidentBook, OneHappeningRingsOnceByTheGravestTypeThatSaysMost) {
  Book book;
  const auto told = book.report(article("a", "Wire", kNoon, blast()), story("s1"));
  ASSERT_EQ(changes(told), "first ");
  const Alert& alert = told.alerts[0];
  EXPECT_EQ(alert.claim.type, EventType::kBombing);
  EXPECT_EQ(alert.claim.severity, 4);
  EXPECT_EQ(alert.claim.json, "{\"type\":\"bombing\"");
  EXPECT_EQ(alert.also, (std::vector{EventType::kTerrorAttack, EventType::kAssassination}));
  EXPECT_TRUE(alert.incident.starts_with("bombing-2024-05-10-"));
  EXPECT_EQ(told.incidents, std::vector<std::string>(3, alert.incident));
  EXPECT_EQ(book.size(), 1U);
}

TEST(IncidentBook, TwoHappeningsOfOneArticleAreTwoIncidents) {
  Book book;
  EXPECT_EQ(changes(book.report(
                article("a", "Wire", kNoon, {deed(EventType::kAirStrike, 3), deed(EventType::kRocketAttack, 3)}),
                story("s1"))),
            "first first ");
}

// A day: the blast, its copy, a report that names one type and one that names another, the dead that were not known
// at first, a second blast, the kill of what tells it.
TEST(IncidentBook, AScriptedDayOfOneBlastRingsOneBell) {
  Book book;
  std::string log;
  const auto tell = [&](const Prepared& p, const Story& s) {
    const auto told = book.report(p, s);
    log += changes(told);
    return told;
  };
  const auto one = tell(article("a", "Wire", kNoon, blast()), story("s1")).incidents[0];
  tell(article("b", "Paper", kNoon + 1, blast()), story("s1", Outcome::kDuplicate));
  EXPECT_EQ(tell(article("c", "Wire", kNoon + kHour, {deed(EventType::kBombing, 3)}), story("s2")).incidents[0], one);
  EXPECT_EQ(tell(article("d", "Radio", kNoon + 2 * kHour, {deed(EventType::kAssassination, 3, "")}), story("s3"))
                .incidents[0],
            one);
  const auto graver = tell(article("e", "Wire", kNoon + 3 * kHour, {deed(EventType::kTerrorAttack, 5)}), story("s4"));
  EXPECT_EQ(graver.incidents[0], one);
  EXPECT_EQ(graver.alerts.at(0).claim.type, EventType::kTerrorAttack);
  EXPECT_EQ(graver.alerts.at(0).also, (std::vector{EventType::kBombing, EventType::kAssassination}));
  std::vector<Claim> second = blast();
  for (Claim& c : second) c.another = true;
  EXPECT_NE(tell(article("f", "Wire", kNoon + 4 * kHour, second), story("s5")).incidents[0], one);
  tell(article("f", "Wire", kNoon + 5 * kHour, {}), story("s5", Outcome::kKill));
  EXPECT_EQ(log, "first corroborated escalated first withdrawn ");
  EXPECT_EQ(book.size(), 2U);
}

// "Terror attack in Mosul", then "the Mosul blast": names of one deed, when day and town are one.
TEST(IncidentBook, ADeedReportedByAnotherOfItsNamesJoinsOfTheSameDayAndTown) {
  const auto joins = [](const Claim& claim) {
    Book book;
    const auto first = book.report(article("a", "W", kNoon, {deed(EventType::kTerrorAttack, 3)}), story("1"));
    return book.report(article("b", "X", kNoon + kHour, {claim}), story("2")).incidents[0] == first.incidents[0];
  };
  EXPECT_TRUE(joins(deed(EventType::kBombing, 3)));
  EXPECT_TRUE(joins(deed(EventType::kAssassination, 3, "")));
  EXPECT_FALSE(joins(deed(EventType::kBombing, 3, "2024-05-09")));
  EXPECT_FALSE(joins(deed(EventType::kArmedClash, 3)));
  Claim country = deed(EventType::kBombing, 3);
  country.place_kind = "PCLI";
  country.geoname_id = 99237;
  EXPECT_FALSE(joins(country));
}

TEST(IncidentBook, WhoAsksForATypeThatComesLaterIsRungThen) {
  IncidentOptions options;
  options.rules.resize(2);
  options.rules[0].name = "blasts";
  options.rules[0].types = {"bombing"};
  options.rules[1].name = "murders";
  options.rules[1].types = {"assassination"};
  Book book(options);
  const auto first = book.report(article("a", "W", kNoon, {deed(EventType::kBombing, 3)}), story("1"));
  EXPECT_EQ(first.alerts.at(0).rules, std::vector<std::string>{"blasts"});
  const auto later = book.report(article("b", "W", kNoon + 1, {deed(EventType::kAssassination, 3)}), story("2"));
  ASSERT_EQ(changes(later), "escalated ");
  EXPECT_EQ(later.alerts[0].incident, first.alerts[0].incident);
  EXPECT_EQ(later.alerts[0].rules, (std::vector<std::string>{"blasts", "murders"}));
}

TEST(IncidentBook, TwoDaysTwoActorsTwoPlacesAreTwoIncidents) {
  Book book;
  book.report(article("a", "W", kNoon, {launch("2024-05-10")}), story("1"));
  book.report(article("b", "W", kNoon, {launch("2024-05-08")}), story("2"));
  book.report(article("c", "W", kNoon, {launch("2024-05-10", {"IRN"})}), story("3"));
  EXPECT_EQ(book.size(), 3U);
}

TEST(IncidentBook, GunmenHereAndGunmenThereAreTwo) {
  const auto incidents = [](const std::string& actor) {
    Book book;
    book.report(article("a", "W", kNoon, {launch("2024-05-10", {actor})}), story("1"));
    book.report(article("b", "W", kNoon, {launch("2024-05-10", {actor})}), story("2"));
    return book.size();
  };
  EXPECT_EQ(incidents("Hamas"), 1U);
  EXPECT_EQ(incidents("gunmen"), 2U);
  EXPECT_EQ(incidents("Gunmen"), 2U);
}

TEST(IncidentBook, HistoricalPlannedAndDeniedClaimsAndRoundupsOpenNone) {
  Book book;
  for (const Factuality f : {Factuality::kHistorical, Factuality::kPlanned, Factuality::kThreatened,
                             Factuality::kHypothetical, Factuality::kDenied}) {
    Claim c = launch("2024-05-10");
    c.factuality = f;
    const auto told = book.report(article("a", "W", kNoon, {c}), story("1"));
    EXPECT_EQ(told.incidents[0], "");
    EXPECT_TRUE(told.alerts.empty());
  }
  Story roundup = story("2");
  roundup.relation = Relation::kRoundup;
  EXPECT_EQ(book.report(article("b", "W", kNoon, {launch("2024-05-10")}), roundup).incidents[0], "");
  EXPECT_EQ(book.size(), 0U);
}

TEST(IncidentBook, BackfillRingsNobodyAndAFreshReportIsThenTheFirst) {
  Book book;
  Prepared old = article("a", "W", kNoon, {launch("2024-05-08")});
  old.published_ms = kNoon - 48 * kHour;
  EXPECT_EQ(changes(book.report(old, story("1"))), "first(backfill) ");
  EXPECT_EQ(changes(book.report(article("b", "X", kNoon + kHour, {launch("2024-05-08")}), story("2"))), "first ");
}

TEST(IncidentBook, AKillWithdrawsOnlyWhatNobodyElseReports) {
  Book book;
  book.report(article("a", "W", kNoon, {launch("2024-05-10")}), story("1"));
  book.report(article("b", "X", kNoon, {launch("2024-05-10")}), story("2"));
  EXPECT_EQ(changes(book.report(article("a", "W", kNoon, {}), story("1", Outcome::kKill))), "");
  EXPECT_EQ(changes(book.report(article("b", "X", kNoon, {}), story("2", Outcome::kKill))), "withdrawn ");
}

TEST(CountryCodes, AlphaThreeOfAlphaTwo) {
  EXPECT_EQ(alpha3("AD"), "AND");
  EXPECT_EQ(alpha3("KP"), "PRK");
  EXPECT_EQ(alpha3("JP"), "JPN");
  EXPECT_EQ(alpha3("ZW"), "ZWE");
  EXPECT_EQ(alpha3("XK"), "XKX");
  EXPECT_EQ(alpha3("QQ"), "");
  EXPECT_EQ(alpha3(""), "");
}

TEST(IncidentBook, RulesChooseWhatRings) {
  Claim c = launch("2024-05-10");
  c.country = "KP";
  const auto with = [&](const auto& set) {
    AlertRule rule;
    rule.name = "x";
    set(rule);
    return asks_for(rule, c);
  };
  EXPECT_TRUE(with([](AlertRule& r) { r.types = {"missile_launch"}; }));
  EXPECT_FALSE(with([](AlertRule& r) { r.types = {"coup"}; }));
  EXPECT_TRUE(with([](AlertRule& r) { r.countries = {"PRK"}; }));
  EXPECT_TRUE(with([](AlertRule& r) { r.countries = {"KP"}; }));
  EXPECT_FALSE(with([](AlertRule& r) { r.countries = {"JP"}; }));
  EXPECT_FALSE(with([](AlertRule& r) { r.min_severity = 4; }));
  EXPECT_FALSE(with([](AlertRule& r) { r.saliences = {"main"}; }));
  c.actors = {"PRK", "Example Brigades"};
  EXPECT_TRUE(with([](AlertRule& r) { r.actors = {"KP"}; }));
  EXPECT_TRUE(with([](AlertRule& r) { r.actors = {"JPN", "example brigades"}; }));
  EXPECT_FALSE(with([](AlertRule& r) { r.actors = {"Example"}; }));
  const Area sea{33, 124, 43, 131};
  EXPECT_FALSE(with([&](AlertRule& r) { r.area = sea; })) << "its place is not known";
  c.placed = true;
  c.lat = 39;
  c.lon = 125.7F;
  EXPECT_TRUE(with([&](AlertRule& r) { r.area = sea; }));
  c.lon = 140;
  EXPECT_FALSE(with([&](AlertRule& r) { r.area = sea; }));
  c.security = false;
  EXPECT_FALSE(with([](AlertRule&) {}));
}

TEST(IncidentBook, AnAreaReachesOverTheHundredAndEightiethMeridian) {
  const Area pacific{-50, 170, 0, -170};
  EXPECT_TRUE(pacific.holds(-18, 178));
  EXPECT_TRUE(pacific.holds(-18, -175));
  EXPECT_FALSE(pacific.holds(-18, 160));
  EXPECT_FALSE(pacific.holds(10, 178));
}

TEST(IncidentBook, WhoAsksForTwoSourcesIsRungByTheSecond) {
  IncidentOptions options;
  options.rules.resize(1);
  options.rules[0].name = "sure";
  options.rules[0].min_sources = 2;
  Book book(options);
  EXPECT_EQ(changes(book.report(article("a", "Wire", kNoon, {launch("2024-05-10")}), story("1"))), "");
  EXPECT_EQ(changes(book.report(article("b", "Wire", kNoon + kHour, {launch("2024-05-10")}), story("2"))), "")
      << "the same source again";
  const Incidents second = book.report(article("c", "Post", kNoon + 2 * kHour, {launch("2024-05-10")}), story("3"));
  ASSERT_EQ(changes(second), "first ");
  EXPECT_EQ(second.alerts[0].sources, 2U);

  options.rules.resize(2);
  options.rules[1].name = "all";
  Book both(options);
  const Incidents first = both.report(article("a", "Wire", kNoon, {launch("2024-05-10")}), story("1"));
  ASSERT_EQ(changes(first), "first ");
  EXPECT_EQ(first.alerts[0].rules, std::vector<std::string>{"all"});
  const Incidents next = both.report(article("c", "Post", kNoon + kHour, {launch("2024-05-10")}), story("3"));
  ASSERT_EQ(changes(next), "corroborated ");
  EXPECT_EQ(next.alerts[0].rules, (std::vector<std::string>{"sure", "all"}));
}

TEST(IncidentBook, AnIncidentLeavesThirtyOneDaysAfterItsLastReport) {
  Book book;
  book.report(article("a", "W", kNoon, {launch("2024-05-10")}), story("1"));
  book.report(article("b", "W", kNoon + IncidentBook::kForgetMs, {}), story("2"));
  EXPECT_EQ(book.size(), 1U);
  book.report(article("c", "W", kNoon + IncidentBook::kForgetMs + 1, {}), story("3"));
  EXPECT_EQ(book.size(), 0U);
  std::vector<MemoryRecord> memory;
  book.take_memory(memory);
  ASSERT_EQ(memory.size(), 1U);
  EXPECT_FALSE(memory[0].value);
}

struct Stream {
  std::vector<Prepared> articles;
  std::vector<Story> stories;
};

Stream random_stream(unsigned seed, int n) {
  std::mt19937 random(seed);
  Stream s;
  std::int64_t ms = kNoon;
  for (int i = 0; i < n; ++i) {
    ms += static_cast<std::int64_t>(random() % (40 * kHour)) - kHour;
    std::vector<Claim> claims;
    for (auto k = random() % 3; k > 0; --k) {
      Claim c = launch(
          random() % 3 ? iso_day(static_cast<int>(ms / 86'400'000) - static_cast<int>(random() % 3)) : "",
          random() % 4 ? std::vector<std::string>{random() % 2 == 0 ? "PRK" : "IRN"} : std::vector<std::string>{});
      c.severity = static_cast<std::uint8_t>(1 + random() % 5);
      c.factuality = static_cast<Factuality>(random() % 8);
      c.another = random() % 5 == 0;
      constexpr std::array kTypes = {EventType::kMissileLaunch, EventType::kBombing, EventType::kTerrorAttack};
      c.type = kTypes[random() % kTypes.size()];
      if (!claims.empty() && random() % 2) c.same_as = 0;
      if (random() % 2) {
        c.place_name = "P" + std::to_string(random() % 3);
        c.place_kind = random() % 2 ? "PCLI" : "PPL";
        c.country = "KP";
        c.geoname_id = 1 + static_cast<std::int64_t>(random() % 3);
        c.lat = static_cast<float>(random() % 3);
        c.placed = true;
      }
      claims.push_back(std::move(c));
    }
    s.articles.push_back(article("u" + std::to_string(i), "p" + std::to_string(random() % 4), ms, std::move(claims)));
    if (random() % 6 == 0) s.articles.back().published_ms -= 60 * kHour;
    s.stories.push_back(story("s" + std::to_string(random() % 40), random() % 8 == 0   ? Outcome::kKill
                                                                   : random() % 8 == 1 ? Outcome::kDuplicate
                                                                                       : Outcome::kNew));
  }
  return s;
}

std::string told(const Incidents& i) {
  std::string out;
  for (const std::string& id : i.incidents) out += id + ";";
  for (const Alert& a : i.alerts)
    out += a.incident + "#" + std::to_string(a.sequence) + std::string(to_string(a.change)) + (a.backfill ? "b" : "") +
           std::to_string(a.reports) + "/" + std::to_string(a.sources);
  return out;
}

// Law: a book restored from another's memory records decides as that one does.
TEST(IncidentBook, ARestoredBookDecidesAsTheOneItWasRestoredFrom) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const Stream s = random_stream(seed, 120);
    Book book;
    std::vector<MemoryRecord> log;
    const std::size_t cut = 20 + seed * 4;
    for (std::size_t i = 0; i < cut; ++i) {
      book.report(s.articles[i], s.stories[i]);
      if (i % 3 == 0) book.take_memory(log);
    }
    book.take_memory(log);
    Book restored;
    for (const MemoryRecord& r : log)
      ASSERT_TRUE(restored.apply_memory(r.key, r.value ? std::optional<std::string_view>(*r.value) : std::nullopt));
    EXPECT_EQ(restored.size(), book.size());
    for (std::size_t i = cut; i < s.articles.size(); ++i)
      ASSERT_EQ(told(restored.report(s.articles[i], s.stories[i])), told(book.report(s.articles[i], s.stories[i])))
          << seed << " " << i;
  }
}

// Law: (incident, sequence) is given once, and sequences of an incident count up from 1.
TEST(IncidentBook, WhatAnArticleIsNotAboutOpensAnIncidentOnlyWithADayOfTheLastWeek) {
  const auto rung = [](Salience salience, std::string day) {
    Book book;
    Claim c = launch(std::move(day));
    c.salience = salience;
    return !book.report(article("a", "Wire", kNoon, {c}), story("s")).alerts.empty();
  };
  EXPECT_TRUE(rung(Salience::kMain, ""));
  EXPECT_FALSE(rung(Salience::kSecondary, ""));
  EXPECT_FALSE(rung(Salience::kBackground, ""));
  EXPECT_TRUE(rung(Salience::kBackground, "2024-05-03"));
  EXPECT_FALSE(rung(Salience::kBackground, "2024-05-02"));
}

TEST(IncidentBook, AMainEventWithoutADayIsOfItsOwnDayOrTheOneBefore) {
  const auto joins = [](Salience salience, int days) {
    Book book;
    const auto first = book.report(article("a", "Wire", kNoon, {launch("2024-05-10")}), story("s1"));
    Claim c = launch("");
    c.salience = salience;
    return book.report(article("b", "Paper", kNoon + days * 24 * kHour, {c}), story("s2")).incidents[0] ==
           first.incidents[0];
  };
  EXPECT_TRUE(joins(Salience::kMain, 1));
  EXPECT_FALSE(joins(Salience::kMain, 2));
  EXPECT_TRUE(joins(Salience::kBackground, 6));
}

TEST(IncidentBook, ABackgroundMentionJoinsWhatIsKnown) {
  Book book;
  const auto first = book.report(article("a", "Wire", kNoon, {launch("2024-05-10")}), story("s1"));
  Claim c = launch("");
  c.salience = Salience::kBackground;
  EXPECT_EQ(book.report(article("b", "Paper", kNoon + kHour, {c}), story("s2")).incidents[0], first.incidents[0]);
}

TEST(IncidentBook, SequencesCountUpFromOne) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const Stream s = random_stream(seed, 200);
    Book book;
    std::map<std::string, std::uint32_t> last;
    for (std::size_t i = 0; i < s.articles.size(); ++i)
      for (const Alert& a : book.report(s.articles[i], s.stories[i]).alerts) EXPECT_EQ(a.sequence, ++last[a.incident]);
  }
}

TEST(IncidentBook, CutAndForeignRecordsAreRefused) {
  Book book;
  book.report(article("a", "W", kNoon, blast()), story("1"));
  std::vector<MemoryRecord> memory;
  book.take_memory(memory);
  ASSERT_EQ(memory.size(), 1U);
  const std::string& whole = *memory[0].value;
  for (std::size_t n = 0; n < whole.size(); ++n)
    EXPECT_FALSE(IncidentBook({}).apply_memory(memory[0].key, std::string_view(whole).substr(0, n)));
  EXPECT_FALSE(book.apply_memory("incident/other", whole));
  EXPECT_FALSE(book.apply_memory("hold/x", whole));
}

TEST(Incident, AnEncodedIncidentReadsBackEqual) {
  Incident i;
  i.id = "missile_launch-2024-05-10-abc";
  i.claim = launch("2024-05-10");
  i.day = 19853;
  i.sequence = 3;
  i.rung = i.denied = true;
  i.reports = {{1, 2}, {3, 0}};
  for (const EventType also : {EventType::kMissileLaunch, EventType::kMaritimeAirIncident}) {
    i.types.set(static_cast<std::size_t>(also));
    std::string bytes;
    append_incident(i, bytes);
    const auto back = read_incident(bytes);
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, i);
    EXPECT_EQ(back->types, i.types);
  }
}

// As it was written when format 1 was the newest; an incident that is one type is written so still.
TEST(Incident, Format1IsReadAndWrittenWhereItHoldsTheIncident) {
  std::ifstream file(TOCSIN_SOURCE_DIR "/tests/events/state_format_1/incident", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  ASSERT_FALSE(bytes.empty());
  auto incident = read_incident(bytes);
  ASSERT_TRUE(incident);
  EXPECT_TRUE(incident->is(EventType::kBombing));
  EXPECT_EQ(incident->types.count(), 1U);
  std::string again;
  append_incident(*incident, again);
  EXPECT_EQ(again, bytes);
  incident->types.set(static_cast<std::size_t>(EventType::kArson));
  std::string newer;
  append_incident(*incident, newer);
  EXPECT_EQ(newer[0], 2);

  Book book;  // and the book goes on with it
  ASSERT_TRUE(book.apply_memory("incident/" + incident->id, bytes));
  EXPECT_EQ(book.report(article("a", "W", kNoon, blast()), story("9")).incidents[0], incident->id);
}

}  // namespace
}  // namespace tocsin
