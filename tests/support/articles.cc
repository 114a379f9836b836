#include "tests/support/articles.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace tocsin::test {
namespace {

using namespace std::string_view_literals;

constexpr std::array kAdjectives = {
    "narrow"sv,  "wooden"sv,   "quiet"sv,     "yellow"sv,   "spare"sv,     "costly"sv,    "local"sv,    "ancient"sv,
    "muddy"sv,   "cheerful"sv, "crowded"sv,   "modest"sv,   "brick"sv,     "northern"sv,  "floating"sv, "electric"sv,
    "rusty"sv,   "seasonal"sv, "borrowed"sv,  "tiled"sv,    "winding"sv,   "municipal"sv, "gentle"sv,   "frozen"sv,
    "rented"sv,  "handmade"sv, "forgotten"sv, "spacious"sv, "temporary"sv, "painted"sv,   "leaky"sv,    "rural"sv,
    "slender"sv, "patient"sv,  "copper"sv,    "shaded"sv,   "noisy"sv,     "square"sv,    "humble"sv,   "elegant"sv,
    "salty"sv,   "woollen"sv,  "hollow"sv,    "striped"sv,  "mild"sv,      "tidy"sv,      "dusty"sv,    "round"sv,
    "eastern"sv, "curious"sv,  "sturdy"sv,    "faded"sv,    "leafy"sv,     "upper"sv,     "brisk"sv,    "velvet"sv};
constexpr std::array kNouns = {
    "library"sv,   "orchard"sv,    "ferry"sv,       "bakery"sv,     "museum"sv,      "choir"sv,         "tramway"sv,
    "canal"sv,     "greenhouse"sv, "lighthouse"sv,  "playground"sv, "workshop"sv,    "vineyard"sv,      "theatre"sv,
    "reservoir"sv, "dairy"sv,      "footbridge"sv,  "archive"sv,    "nursery"sv,     "quarry"sv,        "market"sv,
    "cinema"sv,    "gallery"sv,    "stadium"sv,     "kitchen"sv,    "aquarium"sv,    "harvest"sv,       "kiosk"sv,
    "laundry"sv,   "mill"sv,       "museum shop"sv, "pavilion"sv,   "school"sv,      "swimming pool"sv, "tower"sv,
    "warehouse"sv, "windmill"sv,   "observatory"sv, "bus depot"sv,  "boathouse"sv,   "chapel"sv,        "clinic"sv,
    "fountain"sv,  "garden"sv,     "hostel"sv,      "ice rink"sv,   "jetty"sv,       "loom"sv,          "meadow"sv,
    "newsstand"sv, "orchestra"sv,  "piano"sv,       "railcar"sv,    "sawmill"sv,     "tannery"sv,       "viaduct"sv,
    "bookshop"sv,  "cannery"sv,    "dormitory"sv,   "elevator"sv,   "fish market"sv, "glassworks"sv,    "hedge"sv,
    "inn"sv};
constexpr std::array kVerbs = {
    "repaired"sv,   "painted"sv,   "measured"sv, "visited"sv,      "leased"sv,   "described"sv, "inherited"sv,
    "renamed"sv,    "praised"sv,   "sketched"sv, "insured"sv,      "emptied"sv,  "polished"sv,  "donated"sv,
    "cleaned"sv,    "widened"sv,   "rebuilt"sv,  "photographed"sv, "admired"sv,  "weighed"sv,   "catalogued"sv,
    "decorated"sv,  "fenced"sv,    "financed"sv, "furnished"sv,    "heated"sv,   "inspected"sv, "labelled"sv,
    "lengthened"sv, "mapped"sv,    "moved"sv,    "numbered"sv,     "planted"sv,  "priced"sv,    "restored"sv,
    "roofed"sv,     "shortened"sv, "stocked"sv,  "swept"sv,        "varnished"sv};
constexpr std::array kThings = {
    "benches"sv,   "recipes"sv,   "lanterns"sv, "violins"sv, "apple trees"sv,  "tickets"sv,   "blankets"sv,
    "postcards"sv, "bicycles"sv,  "teapots"sv,  "ledgers"sv, "curtains"sv,     "baskets"sv,   "carpets"sv,
    "kettles"sv,   "umbrellas"sv, "chairs"sv,   "poems"sv,   "maps"sv,         "portraits"sv, "beehives"sv,
    "barrels"sv,   "clocks"sv,    "candles"sv,  "ropes"sv,   "seeds"sv,        "stamps"sv,    "tiles"sv,
    "scarves"sv,   "ladders"sv,   "mirrors"sv,  "puppets"sv, "quilts"sv,       "shelves"sv,   "sledges"sv,
    "spoons"sv,    "tents"sv,     "vases"sv,    "wagons"sv,  "window frames"sv};
constexpr std::array kRoles = {"gardener"sv,  "librarian"sv,     "treasurer"sv, "baker"sv,     "teacher"sv,
                               "conductor"sv, "architect"sv,     "beekeeper"sv, "carpenter"sv, "curator"sv,
                               "ferryman"sv,  "florist"sv,       "geologist"sv, "innkeeper"sv, "joiner"sv,
                               "surveyor"sv,  "weaver"sv,        "potter"sv,    "nurse"sv,     "plumber"sv,
                               "painter"sv,   "retired judge"sv, "student"sv,   "tailor"sv};
constexpr std::array kWhen = {"last spring"sv,        "on Monday"sv,       "before noon"sv,     "during the holidays"sv,
                              "at the weekend"sv,     "in early autumn"sv, "on Tuesday"sv,      "after lunch"sv,
                              "in the evening"sv,     "over the winter"sv, "this month"sv,      "on Friday"sv,
                              "a week ago"sv,         "without notice"sv,  "at short notice"sv, "after much talk"sv,
                              "with some help"sv,     "by hand"sv,         "in the rain"sv,     "before the fair"sv,
                              "for the first time"sv, "once more"sv,       "in two days"sv,     "at dawn"sv};
constexpr std::array kSyllables = {"ba"sv,  "del"sv, "fen"sv, "gor"sv, "hal"sv, "ik"sv,   "jor"sv, "kel"sv,
                                   "lum"sv, "mar"sv, "nes"sv, "ol"sv,  "pri"sv, "quen"sv, "ros"sv, "sil"sv,
                                   "tam"sv, "ul"sv,  "ver"sv, "wyn"sv, "xan"sv, "yor"sv,  "zel"sv, "bri"sv,
                                   "cor"sv, "dun"sv, "esk"sv, "fal"sv, "gri"sv, "hov"sv};
constexpr std::array kAgencies = {"North Line Press"sv, "Harbour News Agency"sv, "Meridian Report"sv, "Old Town Wire"sv,
                                  "Plain Dispatch"sv};
// Who launches, who says so, over which water.
struct Launch {
  std::string_view who, neighbour, water;
};
constexpr std::array<Launch, 6> kLaunches = {{{"North Korea", "Japan", "the Sea of Japan"},
                                              {"Iran", "Israel", "the Persian Gulf"},
                                              {"Russia", "Ukraine", "the Black Sea"},
                                              {"China", "Taiwan", "the Taiwan Strait"},
                                              {"Pakistan", "India", "the Arabian Sea"},
                                              {"India", "Pakistan", "the Bay of Bengal"}}};
constexpr std::int64_t kBeyondTests_ms = 30LL * 24 * 3600 * 1000;
constexpr std::array kDays = {"Monday"sv, "Tuesday"sv,  "Wednesday"sv, "Thursday"sv,
                              "Friday"sv, "Saturday"sv, "Sunday"sv};
constexpr std::array kMissiles = {"ballistic missile"sv, "cruise missile"sv, "short-range ballistic missile"sv,
                                  "long-range ballistic missile"sv};

std::string date_of(std::int64_t unix_ms) {
  const std::time_t seconds = static_cast<std::time_t>(unix_ms / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

void append_json(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  out += '"';
}

std::string capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

}  // namespace

std::uint64_t Draw::next() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}

namespace {

class Writer {
 public:
  explicit Writer(Draw& draw) : draw_(draw) {
    town_ = name(2);
    person_ = name(2) + " " + name(2);
  }

  std::string headline() {
    return capital(std::string(pick(kAdjectives))) + " " + std::string(pick(kNouns)) + " in " + town_ + " " +
           std::string(pick(kVerbs)) + " " + std::string(pick(kWhen));
  }

  std::string sentence() {
    switch (draw_.below(8)) {
      case 0:
        return "The " + thing() + " in " + place() + " was " + std::string(pick(kVerbs)) + " " +
               std::string(pick(kWhen)) + " " + why() + ".";
      case 1:
        return capital(someone()) + " " + std::string(pick(kVerbs)) + " " + number() + " " +
               std::string(pick(kAdjectives)) + " " + std::string(pick(kThings)) + " and " + std::string(pick(kVerbs)) +
               " the " + thing() + " " + std::string(pick(kWhen)) + ".";
      case 2:
        return "\"We " + std::string(pick(kVerbs)) + " the " + thing() + " " + why() + ",\" said " + someone() + ".";
      case 3:
        return "About " + number() + " " + std::string(pick(kThings)) + " from the " + thing() + " went to the " +
               thing() + " " + why() + ".";
      case 4:
        return person() + ", a " + std::string(pick(kRoles)) + " from " + place() + ", " + std::string(pick(kVerbs)) +
               " the " + thing() + " together with " + someone() + ".";
      case 5:
        return capital(std::string(pick(kWhen))) + ", " + number() + " " + std::string(pick(kThings)) + " were " +
               std::string(pick(kVerbs)) + " beside the " + thing() + " of " + place() + ".";
      case 6:
        return "Nobody in " + place() + " had " + std::string(pick(kVerbs)) + " a " + thing() + " with so many " +
               std::string(pick(kThings)) + ", " + someone() + " noted.";
      default:
        return "A " + std::string(pick(kRoles)) + " compared the " + thing() + " with " + number() + " " +
               std::string(pick(kAdjectives)) + " " + std::string(pick(kThings)) + " that " + person() + " " +
               std::string(pick(kVerbs)) + " " + std::string(pick(kWhen)) + ".";
    }
  }

  std::vector<std::string> launch() {
    const Launch& launch = kLaunches[draw_.below(kLaunches.size())];
    const std::string who(launch.who);
    const std::string when(pick(kDays));
    return {who + " fired a " + std::string(pick(kMissiles)) + " toward " + std::string(launch.water) + " on " + when +
                ", " + std::string(launch.neighbour) + "'s defence ministry said.",
            "From " + place() + " it flew about " + std::to_string(200 + draw_.below(900)) + " kilometres, " +
                person() + " counted " + number() + " " + std::string(pick(kThings)) + " that shook."};
  }
  // Up to the day.
  static std::string launch_headline(const std::string& first) { return first.substr(0, first.find(" on ")); }

 private:
  // No phrase of more than a few words may come again and again: what stands in many stories is no sign of a copy, and
  // then a part of one would not be known by what is left.
  std::string why() {
    switch (draw_.below(6)) {
      case 0:
        return "because the " + thing() + " had become too " + std::string(pick(kAdjectives));
      case 1:
        return "so that " + std::string(pick(kThings)) + " and " + std::string(pick(kThings)) + " could be " +
               std::string(pick(kVerbs));
      case 2:
        return "although no " + std::string(pick(kRoles)) + " had " + std::string(pick(kVerbs)) + " it";
      case 3:
        return "while a " + std::string(pick(kRoles)) + " " + std::string(pick(kVerbs)) + " " +
               std::string(pick(kThings));
      case 4:
        return "despite the " + std::string(pick(kAdjectives)) + " " + std::string(pick(kThings)) + " of the " +
               std::string(pick(kNouns));
      default:
        return "as the " + std::string(pick(kNouns)) + " needed " + number() + " " + std::string(pick(kThings));
    }
  }

  template <std::size_t N>
  std::string_view pick(const std::array<std::string_view, N>& words) {
    return words[draw_.below(N)];
  }
  std::string name(std::size_t syllables) {
    std::string text;
    for (std::size_t i = 0; i <= syllables; ++i) text += pick(kSyllables);
    return capital(text);
  }
  std::string thing() { return std::string(pick(kAdjectives)) + " " + std::string(pick(kNouns)); }
  std::string number() { return std::to_string(11 + draw_.below(880)); }
  std::string place() { return draw_.below(3) == 0 ? town_ : name(2); }
  std::string person() { return draw_.below(3) == 0 ? person_ : name(1) + " " + name(2); }
  std::string someone() { return draw_.below(2) == 0 ? person() : "the " + std::string(pick(kRoles)); }

  Draw& draw_;
  std::string town_;
  std::string person_;
};

std::string joined(const std::vector<std::string>& sentences, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < std::min(count, sentences.size()); ++i) {
    if (i > 0) text += i % 3 == 0 ? "\n\n" : " ";
    text += sentences[i];
  }
  return text;
}

// Each letter half an alphabet on: words that no other text has.
void turn_letters(std::string& text) {
  for (char& c : text) {
    const char first = c >= 'a' && c <= 'z' ? 'a' : c >= 'A' && c <= 'Z' ? 'A' : '\0';
    if (first != '\0') c = static_cast<char>(first + (c - first + 13) % 26);
  }
}

}  // namespace

ArticleMaker::Text ArticleMaker::text_of(std::size_t story, bool event) const {
  // Mixed once: numbers that follow one another would give streams that overlap.
  Draw draw(Draw((options_.seed << 40U) + story).next());
  Writer writer(draw);
  Text text;
  text.headline = writer.headline();
  if (event) {
    text.sentences = writer.launch();
    text.headline = Writer::launch_headline(text.sentences.front());
  }
  const std::size_t third = std::max<std::size_t>(1, options_.sentences / 3);
  const std::size_t count = options_.sentences - third + draw.below(2 * third + 1);
  for (std::size_t i = 0; i < count; ++i) text.sentences.push_back(writer.sentence());
  return text;
}

std::string plain_article(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string json = "{";
  for (const auto& [name, value] : members) {
    if (json.size() > 1) json += ',';
    append_json(json, name);
    json += ':';
    append_json(json, value);
  }
  return json + "}";
}

// Digits of a kind that no rule knows.
std::string roman(std::uint64_t n) {
  std::string text;
  for (; n > 0; n /= 5) text += "ivxlc"[n % 5];
  return "o" + text;
}

// Such stories are told once: that a copy without the line is known is asked elsewhere.
bool has_footer(std::uint64_t story) { return story % 8 == 0; }

std::string made_up_text(std::uint64_t seed, std::size_t sentences) {
  Draw draw(Draw(seed).next());
  Writer writer(draw);
  std::vector<std::string> all;
  for (std::size_t i = 0; i < sentences; ++i) all.push_back(writer.sentence());
  return joined(all, sentences);
}

// One text as it is sent: version, agency and changes by what it is.
MadeArticle ArticleMaker::make(const FollowUp& what, std::int64_t record_ms) const {
  const Text text = text_of(what.story, what.event);
  std::string headline = text.headline;
  std::string body = joined(text.sentences, text.sentences.size());
  std::string id = "urn:made:" + std::to_string(options_.seed) + ":" + std::to_string(what.story);
  std::size_t agency = what.story % kAgencies.size();
  int version = what.made == Made::kStale || what.number == 0 ? 1 : 2;
  MadeArticle a;
  a.made = what.made;
  a.story = what.story;
  a.crosses = what.crosses;
  a.likeness = what.made == Made::kPart || what.made == Made::kNear;
  a.fate = Fate::kLink;
  a.outcome = "duplicate";
  std::string status;
  switch (what.made) {
    case Made::kExact:
    case Made::kNear:
    case Made::kPart:
      agency = (agency + 1 + what.number) % kAgencies.size();
      id += ":copy" + std::to_string(what.number);
      version = 1;
      if (what.made == Made::kPart) body = joined(text.sentences, text.sentences.size() * 5 / 6);
      if (what.made == Made::kNear) {
        headline = "In brief: " + headline;
        body += "\n\nEditing by the night desk of " + std::string(kAgencies[agency]) + ".";
      }
      break;
    case Made::kRevision:
      body += "\n\n" + made_up_text(options_.seed + what.story * 7 + 5, 1);
      a.fate = Fate::kEnriched;
      a.outcome = "revision";
      break;
    case Made::kStale:
      a.outcome = "stale";
      break;
    case Made::kRedelivery:
      version = 1;
      break;
    case Made::kKill:
      status = "canceled";
      a.fate = Fate::kEnriched;
      a.outcome = "kill";
      break;
    case Made::kLateCopy:
      id += ":late";
      version = 1;
      a.outcome = "stale";
      break;
    case Made::kWithheld:
      a.fate = what.ended ? Fate::kLink : Fate::kNowhere;
      a.outcome = what.ended ? "stale" : "";
      break;
    case Made::kOtherFirst:
      agency = (agency + 1) % kAgencies.size();
      id += ":first";
      version = 1;
      a.fate = Fate::kEnriched;
      a.outcome = "new";
      break;
    case Made::kStory:
      // A line that an agency repeats a few times, and then another: many are promoted while articles are in work.
      if (has_footer(what.story))
        body += "\n\nColumn " + roman(what.story / 240) + " of the " + std::string(kAgencies[agency]);
      a.fate = Fate::kEnriched;
      a.outcome = "new";
      break;
    case Made::kEvent:
    case Made::kEmbargoed:
    case Made::kUsable:
    case Made::kBad:
      a.fate = Fate::kEnriched;
      a.outcome = "new";
      break;
  }
  a.uri = id;
  if (what.made == Made::kEmbargoed) {
    turn_letters(headline);
    turn_letters(body);
  }
  std::vector<std::pair<std::string, std::string>> members = {{"id", id},
                                                              {"provider", std::string(kAgencies[agency])},
                                                              {"source", std::string(kAgencies[agency])},
                                                              {"version", std::to_string(version)},
                                                              {"published", date_of(what.published_ms)},
                                                              {"title", headline},
                                                              {"text", body}};
  if (!status.empty()) members.emplace_back("status", status);
  if (what.made == Made::kEmbargoed) a.not_before_ms = options_.embargo_ms;
  if (what.made == Made::kWithheld) a.not_before_ms = options_.embargo_ms + kBeyondTests_ms;
  a.not_before_ms -= a.not_before_ms % 1000;  // as date_of says it
  if (a.not_before_ms != 0) members.emplace_back("embargo", date_of(a.not_before_ms));
  a.record.partition = what.partition;
  a.record.key = id;
  a.record.value = plain_article(members);
  a.record.timestamp_ms = record_ms;
  return a;
}

MadeArticle ArticleMaker::bad(std::int64_t record_ms) {
  static const std::vector<BadInput> kinds = [] {
    std::vector<BadInput> small;  // a stream of many is not to be filled with those of a megabyte
    for (BadInput& each : bad_inputs())
      if (each.preset == "auto" && each.record.value.value_or("").size() < 4096) small.push_back(std::move(each));
    return small;
  }();
  const BadInput& kind = kinds[draw_.below(kinds.size())];
  MadeArticle a;
  a.made = Made::kBad;
  a.story = stories_++;
  a.record = kind.record;
  a.record.partition = static_cast<int>(draw_.below(static_cast<std::size_t>(options_.partitions)));
  a.record.timestamp_ms = record_ms;
  a.fate = Fate::kDeadLetter;
  a.reason = kind.reason;
  return a;
}

// Copies near and far: the distance to the head is spread evenly over its logarithm.
void ArticleMaker::follow(FollowUp follow_up) {
  const auto distance =
      static_cast<std::size_t>(std::exp(draw_.share() * std::log(static_cast<double>(options_.reach))));
  due_.emplace(position_ + std::max<std::size_t>(1, distance), follow_up);
}

void ArticleMaker::plan(const MadeArticle& head, std::int64_t published_ms) {
  FollowUp next{.story = head.story,
                .number = 1,
                .partition = head.record.partition,
                .published_ms = published_ms,
                .event = head.made == Made::kEvent};
  const auto cross = [&] {
    FollowUp copy = next;
    if (options_.partitions > 1 && draw_.chance(options_.crossing)) {
      copy.partition = static_cast<int>(draw_.below(static_cast<std::size_t>(options_.partitions)));
      copy.crosses = copy.partition != next.partition;
    }
    return copy;
  };
  // At most one of these, so that what must become of each is known without judging texts.
  if (draw_.chance(options_.copied)) {
    const std::size_t copies = 1 + draw_.below(3);
    for (; next.number <= copies; ++next.number) {
      const std::size_t kind = draw_.below(3);
      // One that comes before its head would be the head, so only what is alike for certain may.
      FollowUp copy = kind == 0 ? cross() : next;
      copy.made = kind == 0 ? Made::kExact : kind == 1 ? Made::kNear : Made::kPart;
      follow(copy);
    }
  } else if (draw_.chance(options_.revised)) {
    next.made = Made::kRevision;
    follow(next);
  } else if (draw_.chance(options_.redelivered)) {
    FollowUp again = cross();
    again.made = Made::kRedelivery;
    follow(again);
  } else if (draw_.chance(options_.killed)) {
    next.made = Made::kKill;
    follow(next);
  }
}

// Another agency's text, the embargo's end by a version or by a kill, or nothing at all.
void ArticleMaker::plan_withheld(FollowUp& head) {
  constexpr std::array kinds = {Made::kOtherFirst, Made::kUsable, Made::kKill, Made::kWithheld};
  FollowUp next = head;
  next.embargoed = true;
  next.made = kinds[draw_.below(kinds.size())];
  next.number = 1;
  head.ended = next.made == Made::kUsable || next.made == Made::kKill;
  if (next.made != Made::kWithheld) follow(next);
}

MadeArticle ArticleMaker::next() {
  const std::int64_t record_ms = options_.start_ms + static_cast<std::int64_t>(position_) * options_.interval_ms;
  if (const auto first = due_.begin(); first != due_.end() && first->first <= position_) {
    const FollowUp follow_up = first->second;
    due_.erase(first);
    if (follow_up.made == Made::kKill && !follow_up.embargoed && draw_.chance(0.5)) {
      FollowUp late = follow_up;
      late.made = Made::kLateCopy;
      follow(late);
    }
    ++position_;
    return make(follow_up, record_ms);
  }
  if (draw_.chance(options_.bad)) {
    ++position_;
    return bad(record_ms);
  }
  FollowUp head{.made = Made::kStory,
                .story = stories_++,
                .number = 0,
                .partition = static_cast<int>(draw_.below(static_cast<std::size_t>(options_.partitions))),
                .published_ms = record_ms};
  head.event = draw_.chance(options_.events);
  if (head.event) head.made = Made::kEvent;
  const bool embargoed = !head.event && options_.embargo_ms > 0 && draw_.chance(options_.embargoed);
  const bool withheld = !head.event && !embargoed && options_.embargo_ms > 0 && draw_.chance(options_.withheld);
  const bool stale = !head.event && !embargoed && !withheld && draw_.chance(options_.stale);
  if (embargoed) head.made = Made::kEmbargoed;
  if (withheld) {
    head.made = Made::kWithheld;
    plan_withheld(head);
  }
  if (stale) head.number = 1;  // version 2; the lower one comes later
  MadeArticle article = make(head, record_ms);
  if (stale) {
    head.made = Made::kStale;
    follow(head);
  } else if (!embargoed && !withheld && !has_footer(head.story)) {
    plan(article, record_ms);
  }
  ++position_;
  return article;
}

std::vector<MadeArticle> ArticleMaker::take(std::size_t count) {
  std::vector<MadeArticle> all;
  all.reserve(count);
  for (std::size_t i = 0; i < count; ++i) all.push_back(next());
  for (const auto& due : due_) {  // the ends of embargoes that lie behind these
    const auto& follow_up = due.second;
    if (!follow_up.embargoed) continue;
    const auto waits = [&](const MadeArticle& a) { return a.made == Made::kWithheld && a.story == follow_up.story; };
    if (const auto held = std::ranges::find_if(all, waits); held != all.end()) held->fate = Fate::kNowhere;
  }
  return all;
}

namespace {

std::string repeated(std::string_view what, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += what;
  return text;
}

const std::string kWell =
    R"({"id":"bad:1","title":"Ferry timetable","text":"The ferry leaves at nine and returns at six."})";

}  // namespace

std::vector<BadInput> bad_inputs() {
  std::vector<BadInput> all;
  const auto add = [&](const char* name, const char* preset, std::optional<std::string> value, const char* reason) {
    Record record;
    record.key = "key of " + std::string(name);
    record.value = std::move(value);
    record.headers = {{"from", "desk 7"}, {"empty", ""}, {"null", std::nullopt}, {"from", "desk 8"}};
    all.push_back({name, preset, std::move(record), reason});
  };
  add("tombstone", "auto", std::nullopt, "tombstone");
  add("no bytes", "auto", "", "empty");
  add("white space", "auto", " \r\n\t ", "empty");
  add("only a byte order mark", "auto", "\xEF\xBB\xBF", "empty");
  add("one brace", "auto", "{", "cut_json");
  add("cut in a string", "auto", kWell.substr(0, 70), "cut_json");
  add("cut after a comma", "auto", R"({"id":"bad:2","title":"Ferry",)", "cut_json");
  add("cut in a name", "auto", R"({"id":"bad:3","tit)", "cut_json");
  add("a literal that is none", "auto", R"({"title":tru,"text":"The ferry leaves at nine."})", "not_json");
  add("single quotes", "auto", "{'title':'Ferry','text':'The ferry leaves at nine.'}", "not_json");
  add("names without quotes", "auto", R"({title:"Ferry",text:"The ferry leaves at nine."})", "not_json");
  add("text behind it", "auto", kWell + " and more", "not_json");
  add("two articles", "auto", kWell + "\n" + kWell, "not_json");
  add("a comma too many", "auto", R"({"title":"Ferry","text":"The ferry leaves at nine.",})", "not_json");
  add("a line feed in a string", "auto", "{\"title\":\"Ferry\",\"text\":\"The ferry\nleaves at nine.\"}", "not_json");
  add("an escape that is none", "auto", R"({"title":"Ferry","text":"The ferry \x leaves at nine."})", "not_json");
  add("a comment", "auto", R"({"title":"Ferry", /* draft */ "text":"The ferry leaves at nine."})", "not_json");
  add("a number as text", "auto", R"({"id":"bad:4","title":"Ferry","text":17})", "wrong_type");
  add("an object as title", "auto", R"({"id":"bad:5","title":{"a":1},"text":"The ferry leaves."})", "wrong_type");
  add("a list as text", "auto", R"({"id":"bad:6","title":"Ferry","text":[1,2,3]})", "wrong_type");
  add("an object as id", "auto", R"({"id":{"a":1},"title":"Ferry","text":"The ferry leaves."})", "wrong_type");
  add("a list of articles", "plain", "[" + kWell + "]", "wrong_type");
  add("null", "plain", "null", "wrong_type");
  add("a string", "plain", R"("The ferry leaves at nine.")", "wrong_type");
  add("a number", "plain", "42", "wrong_type");
  add("plain text where JSON is due", "plain", "The ferry leaves at nine.", "not_json");
  add("XML where JSON is due", "plain", "<article><title>Ferry</title></article>", "not_json");
  add("neither headline nor body", "auto", R"({"id":"bad:7","title":null,"text":null,"source":"desk"})", "no_text");
  add("blank headline and body", "auto", R"({"id":"bad:8","title":"  ","text":"\n\t"})", "no_text");
  add("a page without text", "auto", R"({"id":"bad:9","title":"","html":"<p> </p><script>x=1</script>"})", "no_text");
  add("no members", "auto", "{}", "unknown_preset");
  add("members that no preset knows", "auto", R"({"sensor":12,"celsius":-3.5})", "unknown_preset");
  add("an article of 3 MB", "auto",
      R"({"id":"bad:10","title":"Ferry","text":")" + repeated("The ferry leaves at nine. ", 120'000) + "\"}",
      "too_large");
  add("lists 100 deep", "auto",
      R"({"id":"bad:11","title":"Ferry","text":"x","n":)" + repeated("[", 100) + repeated("]", 100) + "}", "too_deep");
  add("objects 100 deep", "auto",
      R"({"id":"bad:12","title":"Ferry","text":"x","n":)" + repeated(R"({"a":)", 100) + "1" + repeated("}", 100) + "}",
      "too_deep");
  add("bad UTF-8 throughout", "auto", R"({"title":"Ferry","text":")" + repeated("\xff\xfe\xc0 ", 400) + "\"}",
      "bad_utf8");
  add("plain text, bad UTF-8 throughout", "auto", repeated("\xc3\x28\xa0\xa1\x81 ", 400), "bad_utf8");
  add("a NUL byte in the text", "auto", R"({"title":"Ferry","text":"The )" + std::string(1, '\0') + R"(ferry"})",
      "binary");
  add("a picture", "auto", std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\2\0", 20), "binary");
  add("an id of 1 MB", "auto", R"({"id":")" + repeated("i", 1'000'000) + R"(","title":"Ferry","text":"It leaves."})",
      "bad_id");
  add("control characters in the id", "auto", R"({"id":"bad\u0007:13","title":"Ferry","text":"It leaves."})", "bad_id");
  add("150 headers", "auto", kWell, "too_many_headers");
  all.back().record.headers.clear();
  for (int i = 0; i < 150; ++i) all.back().record.headers.emplace_back("h" + std::to_string(i), std::to_string(i));
  add("100 kB of headers", "auto", kWell, "too_many_headers");
  all.back().record.headers = {{"large", repeated("x", 100'000)}};
  return all;
}

}  // namespace tocsin::test
