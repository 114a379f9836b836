// A gazetteer of a few dozen rows of our own, so that tests of places need no download.
#pragma once

#include <string>

#include "common/places/compile.h"
#include "common/places/gazetteer.h"

namespace tocsin {

inline std::string small_place(int id, const char* name, const char* alternates, const char* lat, const char* lon,
                               const char* code, const char* country, const char* admin1, int population) {
  return std::to_string(id) + "\t" + name + "\t" + name + "\t" + alternates + "\t" + lat + "\t" + lon + "\tP\t" + code +
         "\t" + country + "\t\t" + admin1 + "\t\t\t\t" + std::to_string(population) + "\n";
}

inline GazetteerSources small_sources() {
  GazetteerSources s;
  s.countries = {"countries.tsv",
                 "US\tUSA\t6252001\tUnited States\tPCLI\t38\t-97\t327000000\tWashington\tUS;U.S.\tAmerican\n"
                 "FR\tFRA\t3017382\tFrance\tPCLI\t46\t2\t67000000\tParis\t\tFrench\n"
                 "GE\tGEO\t614540\tGeorgia\tPCLI\t42\t43.5\t3700000\tTbilisi\t\tGeorgian\n"
                 "JP\tJPN\t1861060\tJapan\tPCLI\t36\t138\t126000000\tTokyo\t\tJapanese\n"
                 "KP\tPRK\t1873107\tNorth Korea\tPCLI\t40\t127\t25000000\tPyongyang\tDPRK;PRK\tNorth Korean\n"};
  s.country_names = {"country_names.tsv", "JP\t日本;Япония;اليابان\n"};
  s.demonyms = {"demonyms.tsv", "JP\tjaponais;japanischen;ياباني;يابانية\n"};
  s.admin1 = {"admin1.tsv",
              "US.TX\t4736286\tTexas\nUS.GA\t4197000\tGeorgia\nFR.11\t3012874\tÎle-de-France\tIle-de-France\n"};
  s.admin2 = {"admin2.tsv", "US.TX.277\t4705086\tLamar County\n"};
  s.places = {"places.txt",
              small_place(2988507, "Paris", "Paryż,Париж,巴黎", "48.853", "2.349", "PPLC", "FR", "11", 2138551) +
                  small_place(4717560, "Paris", "", "33.661", "-95.556", "PPLA2", "US", "TX", 24782) +
                  small_place(1850147, "Tokyo", "東京,Токио", "35.69", "139.692", "PPLC", "JP", "40", 9733276) +
                  small_place(4684888, "Dallas", "", "32.783", "-96.807", "PPLA2", "US", "TX", 1300092) +
                  small_place(1871859, "Pyongyang", "", "39.034", "125.754", "PPLC", "KP", "12", 3222000)};
  s.regions = {"regions.tsv", "Black Sea\tSEA\t-\t-\t43.5\t34\t10000000\t\t\n"};
  s.waters = {"waters.tsv", "Volga\tSTM\t3\t53.8\t43.6\n"};
  s.sites = {"strategic_sites.tsv", "kp-sohae\tlaunch site\tSohae\tKP\t39.66\t124.705\t300000\tTongchang-ri\tours\n"};
  s.aliases = {"aliases.tsv", "TX;Tex.\t4736286\tabbreviation\n"};
  s.words = {"words.tsv",
             "preposition\tin near from\ntitle\tMr. President\ngiven\tDavid\nacting\tdenied\nblaming\tagainst\n"};
  s.weights = {
      "weights.tsv",
      "bias\t1\nprev:preposition\t2\nprev:given\t-4\nprev:title\t-4\nresolve:population\t1\nresolve:country\t4\n"
      "resolve:capital\t1\nresolve:inside-next\t6\nresolve:inside-doc-admin1\t3\nresolve:temperature\t1\n"
      "resolve:home-country\t1\nresolve:home-near\t6\n"};
  s.homes = {"source_homes.tsv", "The Paris News;theparisnews.com\t4717560\n"};
  return s;
}

inline Gazetteer small_gazetteer() { return *Gazetteer::from_bytes(*compile_gazetteer(small_sources())); }

}  // namespace tocsin
