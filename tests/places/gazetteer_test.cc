#include "common/places/gazetteer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <random>
#include <vector>

#include "tests/places/small_gazetteer.h"

namespace tocsin {
namespace {

// The image with its checksum made to fit again, as a forger would.
std::string forged(std::string image) {
  const std::uint64_t sum = image_checksum(std::string_view(image).substr(sizeof(places::ImageHeader)));
  image.replace(offsetof(places::ImageHeader, checksum), sizeof sum, reinterpret_cast<const char*>(&sum), sizeof sum);
  return image;
}

TEST(Gazetteer, KnowsItsPlacesByAnyOfTheirNames) {
  const Gazetteer g = small_gazetteer();
  for (const char* name : {"Tokyo", "東京", "Токио", "tokyo"}) {
    const auto found = g.lookup(name);
    ASSERT_FALSE(found.empty()) << name;
    EXPECT_EQ(g.place(places::place_of(found[0])).geoname_id, 1850147u) << name;
  }
  EXPECT_TRUE(g.lookup("Nowhere").empty());
  EXPECT_TRUE(g.lookup("").empty());
}

TEST(Gazetteer, PutsTheBestKnownFirst) {
  const Gazetteer g = small_gazetteer();
  const auto paris = g.lookup("Paris");
  ASSERT_EQ(paris.size(), 2u);
  EXPECT_EQ(g.place(places::place_of(paris[0])).geoname_id, 2988507u);
}

// Places of a name, best known first, by id.
std::vector<std::uint32_t> ids(const Gazetteer& g, const char* name) {
  std::vector<std::uint32_t> out;
  for (const std::uint32_t candidate : g.lookup(name)) out.push_back(g.place(places::place_of(candidate)).geoname_id);
  return out;
}

TEST(Gazetteer, ALongerOneKeepsTheOrderOfMatches) {
  GazetteerSources more = small_sources();
  more.places.text += small_place(1, "Paris", "", "36.3", "-88.3", "PPLA2", "US", "TN", 10156);
  more.places.text += small_place(2, "Paris", "", "44.2", "-70.5", "PPL", "US", "ME", 90'000'000);
  more.places.text += small_place(3, "Texas City", "Tokyo", "29.4", "-94.9", "PPL", "US", "TX", 45000);
  more.places.text += small_place(4, "Aachen", "", "50.8", "6.1", "PPL", "FR", "11", 250000);
  const Gazetteer small = small_gazetteer();
  const Gazetteer longer = *Gazetteer::from_bytes(*compile_gazetteer(more));
  for (const char* name :
       {"Paris", "Париж", "Texas", "Tokyo", "東京", "Georgia", "Black Sea", "Sohae", "Dallas", "TX"}) {
    const std::vector<std::uint32_t> before = ids(small, name);
    std::vector<std::uint32_t> now = ids(longer, name);
    ASSERT_FALSE(before.empty()) << name;
    EXPECT_GE(now.size(), before.size()) << name;
    std::erase_if(now, [](std::uint32_t id) { return id >= 1 && id <= 4; });
    EXPECT_EQ(now, before) << name;
  }
  EXPECT_EQ(ids(longer, "Paris").size(), 4U);
}

TEST(Gazetteer, LeavesOutNamesThatNewsDoesNotMean) {
  GazetteerSources s = small_sources();
  s.places.text += small_place(1, "Hamm", "Hamas,Hammona", "51.7", "7.8", "PPL", "FR", "11", 180000);
  s.places.text += small_place(2, "Dhaka", "Dacca,Daka", "23.7", "90.4", "PPL", "FR", "11", 10000000);
  s.places.text += small_place(3, "Daka", "", "0", "10", "PPL", "FR", "11", 700);
  s.places.text += small_place(4, "Valle Vista", "Florida,Vista Vale", "33.7", "-116.9", "PPL", "US", "TX", 14578);
  s.places.text += small_place(5, "Houston", "Baghdad on the Bayou", "29.8", "-95.4", "PPLA2", "US", "TX", 2300000);
  s.admin2.text += "US.TX.1\t6\tHarris County\nUS.TX.2\t7\tTexas County\n";
  s.words.text += "surname\tHarris\n";
  s.aliases.text += "Hamas\t-\tnever\nDaka\t2\tnever\nSohae\t-\tnever\n";
  const Gazetteer g = *Gazetteer::from_bytes(*compile_gazetteer(s));
  using testing::ElementsAre;
  EXPECT_TRUE(ids(g, "Hamas").empty());
  EXPECT_THAT(ids(g, "Hammona"), ElementsAre(1U));
  EXPECT_THAT(ids(g, "Daka"), ElementsAre(3U)) << "of one place only";
  EXPECT_THAT(ids(g, "Dacca"), ElementsAre(2U));
  EXPECT_EQ(ids(g, "Sohae").size(), 1U) << "our own tables say what they mean";
  EXPECT_TRUE(ids(g, "Florida").empty()) << "another name of a town where English is spoken";
  EXPECT_THAT(ids(g, "Baghdad on the Bayou"), ElementsAre(5U)) << "of a city";
  EXPECT_THAT(ids(g, "Lamar"), ElementsAre(4705086U));
  EXPECT_TRUE(ids(g, "Harris").empty()) << "a surname";
  EXPECT_THAT(ids(g, "Harris County"), ElementsAre(6U));
  EXPECT_THAT(ids(g, "Texas"), ElementsAre(4736286U)) << "not a county that bears the state's name";
}

TEST(Gazetteer, IsEqualForEqualTables) {
  EXPECT_EQ(*compile_gazetteer(small_sources()), *compile_gazetteer(small_sources()));
  GazetteerSources other = small_sources();
  other.homes.text += "Elsewhere\t1850147\n";
  EXPECT_NE(Gazetteer::from_bytes(*compile_gazetteer(other))->hash(), small_gazetteer().hash());
}

TEST(Gazetteer, RefusesEveryCut) {
  const std::string image = *compile_gazetteer(small_sources());
  for (std::size_t size = 0; size < image.size(); size += 97)
    EXPECT_FALSE(Gazetteer::from_bytes(image.substr(0, size)));
}

TEST(Gazetteer, RefusesAChangedByte) {
  const std::string image = *compile_gazetteer(small_sources());
  std::mt19937 random(7);
  for (int i = 0; i < 500; ++i) {
    std::string broken = image;
    broken[random() % broken.size()] ^= static_cast<char>(1 + random() % 255);
    EXPECT_FALSE(Gazetteer::from_bytes(broken));
  }
}

// With a checksum that fits, what is let through must be safe to read: run with sanitizers.
TEST(Gazetteer, ReadsNothingOutsideAForgedImage) {
  const std::string image = *compile_gazetteer(small_sources());
  std::mt19937 random(8);
  for (int i = 0; i < 2000; ++i) {
    std::string broken = image;
    for (int k = 0; k < 3; ++k)
      broken[sizeof(places::ImageHeader) + random() % (broken.size() - sizeof(places::ImageHeader))] ^=
          static_cast<char>(1 + random() % 255);
    const auto g = Gazetteer::from_bytes(forged(std::move(broken)));
    if (!g) continue;
    for (const char* name : {"Paris", "Tokyo", "Texas"})
      for (const std::uint32_t c : g->lookup(name)) (void)g->string(g->place(places::place_of(c)).name).size();
  }
}

TEST(Compile, NamesTheLineThatIsWrong) {
  GazetteerSources s = small_sources();
  s.sites.text += "x\tlaunch site\tX\tKP\t99\t1\t1\t\tours\n";
  const auto image = compile_gazetteer(s);
  ASSERT_FALSE(image);
  EXPECT_NE(image.error().message.find("strategic_sites.tsv:2:"), std::string::npos) << image.error().message;
}

TEST(Compile, RefusesAnUnknownFeature) {
  GazetteerSources s = small_sources();
  s.weights.text += "no-such-feature\t1\n";
  EXPECT_FALSE(compile_gazetteer(s));
}

}  // namespace
}  // namespace tocsin
