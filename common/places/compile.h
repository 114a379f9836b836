// Makes the gazetteer image (gazetteer.h) from tables that people edit. Runs at build time and in `tocsin compile`.
//
// Pure: equal tables give equal bytes. Tables are tab-separated lines, `#` begins a comment line; their columns stand
// in the head of each file in common/knowledge/places and in docs/places.md. A wrong line is an error that names it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/article/result.h"

namespace tocsin {

// One table: its file name, for errors, and its text.
struct SourceTable {
  std::string file;
  std::string text;
};

struct GazetteerSources {
  SourceTable places;         // populated places, columns as in GeoNames' dumps (cities500.txt, allCountries.txt)
  SourceTable countries;      // countries.tsv
  SourceTable country_names;  // country_names.tsv: their names in other languages and scripts
  SourceTable demonyms;       // demonyms.tsv: demonyms and adjectives in languages other than English
  SourceTable admin1;         // admin1.tsv
  SourceTable admin2;         // admin2.tsv
  SourceTable regions;        // regions.tsv: continents, regions, islands, ranges, seas with what is missing elsewhere
  SourceTable waters;         // waters.tsv
  SourceTable sites;          // strategic_sites.tsv
  SourceTable aliases;        // aliases.tsv: more names for places of the tables above, and names that are none
  SourceTable words;          // words.tsv: classes of words (given names, titles, ...)
  SourceTable weights;        // weights.tsv: what the recogniser has learnt
  SourceTable homes;          // source_homes.tsv
};

// Reads the tables from a folder (common/knowledge/places) and the populated places from their own file.
Result<GazetteerSources> read_gazetteer_sources(const std::string& folder, const std::string& places_file);

// The bytes of the image. The limits: 16 million places, 65,535 units of each level, 4 GB of names.
Result<std::string> compile_gazetteer(const GazetteerSources& sources);

}  // namespace tocsin
