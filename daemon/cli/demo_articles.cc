#include "daemon/cli/demo_articles.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace tocsin {
namespace {

std::string article(const std::string& id, int version, std::string_view source, std::string_view title,
                    const std::string& text) {
  std::string out = "{\"id\":\"" + id + "\",\"version\":" + std::to_string(version) + ",\"source\":\"";
  out.append(source).append("\",\"title\":\"").append(title).append("\",\"language\":\"en\",\"text\":\"");
  for (const char c : text) {
    if (c == '\n')
      out += "\\n";
    else if (c == '"' || c == '\\')
      (out += '\\') += c;
    else
      out += c;
  }
  return out + "\"}";
}

struct Town {
  std::string_view name, country, river, mayor;
};
constexpr std::array<Town, 10> kTowns = {{{"Gdansk", "Poland", "Motlawa", "Anna Zielinska"},
                                          {"Porto", "Portugal", "Douro", "Rui Marques"},
                                          {"Tampere", "Finland", "Tammerkoski", "Liisa Korhonen"},
                                          {"Mendoza", "Argentina", "Mendoza", "Carla Bustos"},
                                          {"Kumasi", "Ghana", "Subin", "Kwame Asante"},
                                          {"Da Nang", "Vietnam", "Han", "Tran Thi Hoa"},
                                          {"Halifax", "Canada", "Sackville", "Grant Fraser"},
                                          {"Bergen", "Norway", "Storelva", "Ingrid Dahl"},
                                          {"Puebla", "Mexico", "Atoyac", "Jorge Salinas"},
                                          {"Nagoya", "Japan", "Horikawa", "Kenji Mori"}}};

struct Subject {
  std::string_view title, what, why, next;
};
constexpr std::array<Subject, 8> kSubjects = {{
    {"opens a new tram line", "a tram line of nine stops that links the station with the university",
     "Traffic on the ring road has doubled in a decade, and the council had argued about rails for six years",
     "A second branch to the hospital is planned once the bridge has been widened"},
    {"closes its old fish market", "the covered fish market, which had traded on the same square since 1911",
     "Inspectors found that the cooling no longer met the rules and repairs would cost more than a new hall",
     "Traders will move to a tent beside the harbour until the new hall is ready"},
    {"votes for a longer school day", "a school day that ends at four in the afternoon for all pupils under twelve",
     "Parents who work shifts had collected signatures, while teachers asked for more staff first",
     "The first ten schools begin after the winter holidays and report to the council in June"},
    {"restores its opera house", "the opera house, whose ceiling had been hidden behind boards for twenty years",
     "Water had come through the roof and loosened the plaster above the cheaper seats",
     "The first evening will be a concert by the city's youth orchestra, with tickets drawn by lot"},
    {"bans cars from the old quarter", "a quarter without cars between the cathedral and the quay",
     "Shopkeepers feared for their trade, but a trial in the summer brought more people than before",
     "Deliveries are allowed until ten in the morning, and taxis may bring those who cannot walk"},
    {"finds a Roman road", "a stretch of paved road two metres below a car park",
     "Workers who laid cables for a bakery noticed the stones and called the museum at once",
     "The museum wants to leave forty metres open to visitors under a roof of glass"},
    {"plants ten thousand trees", "ten thousand young limes, oaks and wild cherries along its streets",
     "Two hot summers had shown that streets without shade were seven degrees warmer in the evening",
     "Every household can name one tree and is asked to water it in its first two years"},
    {"loses its last cinema", "the last cinema in the centre, with three screens and a bar that students loved",
     "The owner said that rent had risen faster than tickets could and that her sons did not want to go on",
     "A group of neighbours has begun to collect money and will meet the owner next week"},
}};

std::string story(const Town& town, const Subject& subject, std::size_t number) {
  std::string text;
  text.append(town.name).append(", ").append(town.country).append(" - The city of ").append(town.name);
  text.append(" has presented ").append(subject.what).append(". ").append(subject.why).append(".\n\n");
  text.append("\"We have waited for this day in ").append(town.name).append(" for a long time,\" said ");
  text.append(town.mayor).append(", who leads the council, beside the ").append(town.river).append(". ");
  text.append("About ").append(std::to_string(120 + number * 37)).append(" people had come to hear the details.\n\n");
  text.append(subject.next).append(". The plan costs ").append(std::to_string(2 + number % 19));
  text.append(" million, half of it paid by the region around ").append(town.name).append(".\n");
  return text;
}

std::string launch() {
  return "SEOUL, South Korea - North Korea fired a ballistic missile toward the East Sea early on Tuesday, South "
         "Korea's military said, the first launch in two months.\n\nThe missile was launched from Sunan near "
         "Pyongyang and flew about 700 kilometres, the Joint Chiefs of Staff said in a message to reporters. Japan's "
         "coast guard told ships to stay away from fallen objects.\n\nThe launch came a day after the two allies ended "
         "an exercise at sea. Officials in Washington said that they were consulting closely with Seoul and Tokyo.\n";
}

std::string denial() {
  return "TEHRAN - Iran's defence ministry on Wednesday denied firing a missile near the Strait of Hormuz, calling a "
         "report by a shipping newsletter baseless. No other source had reported a launch. Two tankers passed the "
         "strait without incident, port agents said.\n";
}

}  // namespace

std::string demo_sample() {
  return "Share this page\n\nLeaders Agree To Meet Every Spring After Lisbon Talks\n\nBy Marta Oliveira\n\n"
         "LISBON, Portugal - The leaders of Japan and South Korea agreed in Lisbon on Thursday to meet every spring, "
         "and "
         "launched a forum for young scientists from both countries.\n\n"
         "Standing side by side, the two spoke of a new chapter after years of quarrels over trade and history. Aides "
         "said "
         "that the talks had gone on past midnight.\n\n1200 31\n\n"
         "The agreement names three fields of work: shipbuilding, chips and the care of the old. Ministers are to "
         "report "
         "twice a year.\n\n"
         "Hours before the meeting began, North Korea fired an intercontinental ballistic missile that fell into the "
         "sea, "
         "according to Japan's government. Tokyo protested through its embassy in Beijing.\n\n"
         "A dinner of grilled sardines and rice closed the day. Both delegations were to fly home from Lisbon on "
         "Friday.\n\nContinue Reading\n\nSubscribe to our newsletter\n";
}

std::vector<DemoArticle> demo_articles() {
  std::vector<DemoArticle> all;
  const auto add = [&](const std::string& id, int version, std::string_view source, std::string_view title,
                       const std::string& text) {
    all.push_back({id, article(id, version, source, title, text)});
  };
  std::size_t number = 0;
  for (const Town& town : kTowns) {
    for (const Subject& subject : kSubjects) {
      const std::string id = "city-" + std::to_string(number);
      const std::string title = std::string(town.name) + " " + std::string(subject.title);
      const std::string text = story(town, subject, number);
      add(id, 1, "City Wire", title, text);
      if (number % 9 == 2) add("copy-" + id, 1, "Morning Copy", title, text);
      if (number % 9 == 5) add("cut-" + id, 1, "Short Reader", title, text.substr(0, text.rfind("\n\n")));
      if (number == 40) add(id, 1, "City Wire", title, text);  // delivered again
      if (number == 41)
        add(id, 2, "City Wire", title, text + "\nThe council corrected the number of stops on Monday.\n");
      ++number;
    }
  }
  add("launch-1", 1, "Peninsula Press", "North Korea fires ballistic missile toward East Sea", launch());
  add("launch-copy", 1, "World Digest", "North Korea fires ballistic missile toward East Sea", launch());
  add("denial-1", 1, "Gulf Desk", "Iran denies firing missile near Hormuz", denial());
  all.push_back({"broken", "{\"id\":\"broken\",\"title\":\"Cut in the mid"});
  return all;
}

}  // namespace tocsin
