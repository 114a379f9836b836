#include "common/text/abbreviations.h"

#include <algorithm>
#include <iterator>

#include "common/text/word_table.h"

namespace tocsin {
namespace {

using Table = WordTable<Abbreviation, 512>;

Table make_table() {
  static constexpr std::string_view kTitles[] = {
      "mr",  "mrs",  "ms",   "dr",  "prof", "gen",  "col",  "lt",  "maj", "capt",   "cmdr", "cdr",  "adm", "sgt",
      "cpl", "pvt",  "brig", "sen", "rep",  "gov",  "pres", "rev", "hon", "st",     "mt",   "ft",   "mme", "mlle",
      "mgr", "supt", "insp", "det", "amb",  "atty", "sec",  "fr",  "sr",  "messrs", "spc",  "comdr"};
  static constexpr std::string_view kEndings[] = {"inc", "corp", "co",   "ltd", "bros", "jr",
                                                  "plc", "assn", "dept", "ave", "blvd", "rd"};
  static constexpr std::string_view kMonths[] = {"jan",  "feb",  "mar", "apr",   "jun", "jul", "aug",
                                                 "sep",  "sept", "oct", "nov",   "dec", "mon", "tue",
                                                 "tues", "wed",  "thu", "thurs", "fri"};
  static constexpr std::string_view kStates[] = {
      "ala", "ariz", "ark", "calif", "colo", "conn", "del",  "fla",  "ga",   "ill",  "ind",
      "kan", "ky",   "la",  "md",    "mass", "mich", "minn", "miss", "mo",   "mont", "neb",
      "nev", "okla", "ore", "pa",    "tenn", "tex",  "vt",   "va",   "wash", "wis",  "wyo"};
  static constexpr std::string_view kNumbers[] = {"no", "nos", "vol", "fig", "art", "ch"};
  static constexpr std::string_view kLower[] = {"vs", "approx", "est", "cf", "viz", "al", "bzw", "etc"};
  Table table;
  for (const auto w : kTitles) table.put(w, Abbreviation::kTitle);
  for (const auto w : kEndings) table.put(w, Abbreviation::kEnding);
  for (const auto w : kMonths) table.put(w, Abbreviation::kMonth);
  for (const auto w : kStates) table.put(w, Abbreviation::kState);
  for (const auto w : kNumbers) table.put(w, Abbreviation::kNumber);
  for (const auto w : kLower) table.put(w, Abbreviation::kLowerCase);
  return table;
}

}  // namespace

Abbreviation abbreviation(std::uint64_t word) {
  static const Table table = make_table();
  const Abbreviation* found = table.find(word);
  return found != nullptr ? *found : Abbreviation::kNone;
}

bool starts_sentences(std::string_view folded) {
  static constexpr std::string_view kStarters[] = {
      "a",      "after", "all",  "also",      "although", "an",    "and",  "as",      "at",    "but",  "by",
      "during", "each",  "for",  "from",      "he",       "her",   "his",  "however", "i",     "if",   "in",
      "it",     "its",   "many", "meanwhile", "most",     "no",    "not",  "on",      "one",   "our",  "she",
      "since",  "so",    "some", "that",      "the",      "their", "then", "there",   "these", "they", "this",
      "those",  "to",    "two",  "under",     "we",       "what",  "when", "while",   "with",  "you"};
  static_assert(std::is_sorted(std::begin(kStarters), std::end(kStarters)));
  return std::binary_search(std::begin(kStarters), std::end(kStarters), folded);
}

}  // namespace tocsin
