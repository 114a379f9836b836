#include "common/text/language.h"

#include <cld2/public/compact_lang_det.h>

#include <algorithm>
#include <array>
#include <cstdio>  // CLD2's header needs it before itself
#include <iterator>

#include "common/text/unicode.h"
#include "common/text/word_table.h"

namespace tocsin {
namespace {

struct Code {
  std::string_view from;
  std::string_view to;
};
// ISO 639-3, 639-2/B, members of macrolanguages, withdrawn codes and English names, sorted. From the tables of
// iso-codes.
constexpr Code kCodes[] = {
    {"aar", "aa"},      {"abk", "ab"},     {"afr", "af"},       {"aka", "ak"},        {"alb", "sq"},
    {"als", "sq"},      {"amh", "am"},     {"apc", "ar"},       {"ara", "ar"},        {"arabic", "ar"},
    {"arb", "ar"},      {"arg", "an"},     {"arm", "hy"},       {"arz", "ar"},        {"asm", "as"},
    {"ava", "av"},      {"ave", "ae"},     {"aym", "ay"},       {"azb", "az"},        {"aze", "az"},
    {"azj", "az"},      {"bak", "ba"},     {"bam", "bm"},       {"baq", "eu"},        {"bel", "be"},
    {"ben", "bn"},      {"bengali", "bn"}, {"bih", "bh"},       {"bis", "bi"},        {"bod", "bo"},
    {"bos", "bs"},      {"bre", "br"},     {"bul", "bg"},       {"bur", "my"},        {"cat", "ca"},
    {"ces", "cs"},      {"cha", "ch"},     {"che", "ce"},       {"chi", "zh"},        {"chinese", "zh"},
    {"chu", "cu"},      {"chv", "cv"},     {"ckb", "ku"},       {"cmn", "zh"},        {"cor", "kw"},
    {"cos", "co"},      {"cre", "cr"},     {"cym", "cy"},       {"cze", "cs"},        {"czech", "cs"},
    {"dan", "da"},      {"danish", "da"},  {"deu", "de"},       {"div", "dv"},        {"dut", "nl"},
    {"dutch", "nl"},    {"dzo", "dz"},     {"ekk", "et"},       {"ell", "el"},        {"eng", "en"},
    {"english", "en"},  {"epo", "eo"},     {"est", "et"},       {"eus", "eu"},        {"ewe", "ee"},
    {"fao", "fo"},      {"farsi", "fa"},   {"fas", "fa"},       {"fij", "fj"},        {"fin", "fi"},
    {"finnish", "fi"},  {"fra", "fr"},     {"fre", "fr"},       {"french", "fr"},     {"fry", "fy"},
    {"ful", "ff"},      {"fuv", "ff"},     {"gaz", "om"},       {"geo", "ka"},        {"ger", "de"},
    {"german", "de"},   {"gla", "gd"},     {"gle", "ga"},       {"glg", "gl"},        {"glv", "gv"},
    {"gre", "el"},      {"greek", "el"},   {"grn", "gn"},       {"gug", "gn"},        {"guj", "gu"},
    {"hae", "om"},      {"hat", "ht"},     {"hau", "ha"},       {"hbs", "sh"},        {"heb", "he"},
    {"hebrew", "he"},   {"her", "hz"},     {"hin", "hi"},       {"hindi", "hi"},      {"hmo", "ho"},
    {"hrv", "hr"},      {"hun", "hu"},     {"hungarian", "hu"}, {"hye", "hy"},        {"ibo", "ig"},
    {"ice", "is"},      {"ido", "io"},     {"iii", "ii"},       {"iku", "iu"},        {"ile", "ie"},
    {"in", "id"},       {"ina", "ia"},     {"ind", "id"},       {"indonesian", "id"}, {"ipk", "ik"},
    {"isl", "is"},      {"ita", "it"},     {"italian", "it"},   {"iw", "he"},         {"japanese", "ja"},
    {"jav", "jv"},      {"ji", "yi"},      {"jpn", "ja"},       {"jw", "jv"},         {"kal", "kl"},
    {"kan", "kn"},      {"kas", "ks"},     {"kat", "ka"},       {"kau", "kr"},        {"kaz", "kk"},
    {"khk", "mn"},      {"khm", "km"},     {"kik", "ki"},       {"kin", "rw"},        {"kir", "ky"},
    {"kmr", "ku"},      {"kng", "kg"},     {"kom", "kv"},       {"kon", "kg"},        {"kor", "ko"},
    {"korean", "ko"},   {"kua", "kj"},     {"kur", "ku"},       {"lao", "lo"},        {"lat", "la"},
    {"lav", "lv"},      {"lim", "li"},     {"lin", "ln"},       {"lit", "lt"},        {"ltz", "lb"},
    {"lub", "lu"},      {"lug", "lg"},     {"lvs", "lv"},       {"mac", "mk"},        {"mah", "mh"},
    {"mal", "ml"},      {"mao", "mi"},     {"mar", "mr"},       {"may", "ms"},        {"mkd", "mk"},
    {"mlg", "mg"},      {"mlt", "mt"},     {"mo", "ro"},        {"mon", "mn"},        {"mri", "mi"},
    {"msa", "ms"},      {"mya", "my"},     {"nau", "na"},       {"nav", "nv"},        {"nbl", "nr"},
    {"nde", "nd"},      {"ndo", "ng"},     {"nep", "ne"},       {"nld", "nl"},        {"nno", "nn"},
    {"nob", "nb"},      {"nor", "no"},     {"norwegian", "no"}, {"npi", "ne"},        {"nya", "ny"},
    {"oci", "oc"},      {"oji", "oj"},     {"orc", "om"},       {"ori", "or"},        {"orm", "om"},
    {"ory", "or"},      {"oss", "os"},     {"pan", "pa"},       {"pbt", "ps"},        {"pbu", "ps"},
    {"per", "fa"},      {"persian", "fa"}, {"pes", "fa"},       {"pli", "pi"},        {"plt", "mg"},
    {"pol", "pl"},      {"polish", "pl"},  {"por", "pt"},       {"portuguese", "pt"}, {"prs", "fa"},
    {"pst", "ps"},      {"pus", "ps"},     {"que", "qu"},       {"quz", "qu"},        {"roh", "rm"},
    {"romanian", "ro"}, {"ron", "ro"},     {"rum", "ro"},       {"run", "rn"},        {"rus", "ru"},
    {"russian", "ru"},  {"sag", "sg"},     {"san", "sa"},       {"sh", "sr"},         {"sin", "si"},
    {"slk", "sk"},      {"slo", "sk"},     {"slv", "sl"},       {"sme", "se"},        {"smo", "sm"},
    {"sna", "sn"},      {"snd", "sd"},     {"som", "so"},       {"sot", "st"},        {"spa", "es"},
    {"spanish", "es"},  {"sqi", "sq"},     {"srd", "sc"},       {"srp", "sr"},        {"ssw", "ss"},
    {"sun", "su"},      {"swa", "sw"},     {"swahili", "sw"},   {"swc", "sw"},        {"swe", "sv"},
    {"swedish", "sv"},  {"swh", "sw"},     {"tah", "ty"},       {"tam", "ta"},        {"tat", "tt"},
    {"tel", "te"},      {"tgk", "tg"},     {"tgl", "tl"},       {"tha", "th"},        {"thai", "th"},
    {"tib", "bo"},      {"tir", "ti"},     {"tl", "tl"},        {"ton", "to"},        {"tsn", "tn"},
    {"tso", "ts"},      {"tuk", "tk"},     {"tur", "tr"},       {"turkish", "tr"},    {"twi", "tw"},
    {"uig", "ug"},      {"ukr", "uk"},     {"ukrainian", "uk"}, {"urd", "ur"},        {"urdu", "ur"},
    {"uzb", "uz"},      {"uzn", "uz"},     {"ven", "ve"},       {"vie", "vi"},        {"vietnamese", "vi"},
    {"vol", "vo"},      {"wel", "cy"},     {"wln", "wa"},       {"wol", "wo"},        {"xho", "xh"},
    {"ydd", "yi"},      {"yid", "yi"},     {"yor", "yo"},       {"yue", "zh"},        {"zha", "za"},
    {"zho", "zh"},      {"zsm", "ms"},     {"zul", "zu"},
};

constexpr std::size_t kFirstLook = 400;  // bytes that CLD2 sees; measured: facts on its cost are in docs/text.md
constexpr std::size_t kSecondLook = 1600;
constexpr std::size_t kTokensLooked = 120;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

// What the first tokens of a text show.
struct Look {
  std::uint32_t words = 0;
  std::uint32_t english = 0;  // function words of English
  std::uint32_t telling = 0;  // of those, ones that few other languages have
  std::array<std::uint32_t, 8> scripts{};
};

enum Script : std::uint8_t { kLatin, kCyrillic, kGreek, kArabic, kHebrew, kIndic, kEastAsian, kElse };

Script script_of(char32_t c) {
  if (c < 0x370) return kLatin;
  if (c < 0x400) return kGreek;
  if (c < 0x530) return kCyrillic;
  if (c >= 0x590 && c < 0x600) return kHebrew;
  if (c >= 0x600 && c < 0x780) return kArabic;
  if (c >= 0x900 && c < 0xe00) return kIndic;
  if (c >= 0x1e00 && c < 0x1f00) return kLatin;
  if (c >= 0x1f00 && c < 0x2000) return kGreek;
  if ((c >= 0x3000 && c < 0xa000) || (c >= 0xac00 && c < 0xd7b0) || c >= 0xf900) return kEastAsian;
  return kElse;
}

constexpr std::string_view kEnglish[] = {
    "a",    "an",  "and", "are",  "as",    "at",  "be",   "but",  "by",    "for",  "from",  "had",  "has", "have",
    "he",   "his", "in",  "is",   "it",    "its", "not",  "of",   "on",    "or",   "said",  "that", "the", "they",
    "this", "to",  "was", "were", "which", "who", "will", "with", "their", "been", "would", "she",  "her", "more"};
constexpr std::string_view kTelling[] = {"and", "from", "had",  "have", "his",   "its",  "of",    "said", "that",
                                         "the", "they", "this", "were", "which", "with", "their", "been", "would"};

// The words above, each with whether it tells English from its neighbours.
WordTable<bool> english_words() {
  WordTable<bool> table;
  for (const std::string_view w : kTelling) table.put(w, true);
  for (const std::string_view w : kEnglish) table.put(w, false);
  return table;
}

void look_at(const Document& d, Look& look) {
  static const WordTable<bool> english = english_words();
  for (const Token& t : d.tokens()) {
    if (!t.is(kWord) || t.is(kNumber)) continue;
    if (++look.words > kTokensLooked) return;
    ++look.scripts[script_of(decode_utf8(d.text().data() + t.start).code_point)];
    const bool* const telling = english.find(t.hash);
    if (telling == nullptr) continue;
    ++look.english;
    look.telling += *telling;
  }
}

bool is_english(const Look& look) {
  return look.words >= 12 && look.english * 100 >= look.words * 28 && look.telling * 100 >= look.words * 9;
}

Script main_script(const Look& look) {
  const auto most = std::max_element(look.scripts.begin(), look.scripts.end());
  return static_cast<Script>(most - look.scripts.begin());
}

// Scripts that a language is not written in tell that it was stated wrongly; unknown ones tell nothing.
bool may_be_written_in(std::string_view language, Script script) {
  static constexpr std::string_view kCyrillics[] = {"be", "bg", "kk", "ky", "mk", "mn", "ru",
                                                    "sr", "tg", "tt", "uk", "ba", "os", "ce"};
  static constexpr std::string_view kArabics[] = {"ar", "fa", "ps", "ur", "ug", "ku", "sd", "ckb"};
  static constexpr std::string_view kEast[] = {"zh", "ja", "ko", "ii"};
  static constexpr std::string_view kIndics[] = {"hi", "bn", "ta", "te", "mr", "gu", "kn",
                                                 "ml", "pa", "ne", "or", "si", "as", "sa"};
  static constexpr std::string_view kElses[] = {"th", "lo", "my", "km", "am", "ti", "ka", "hy", "bo", "dv"};
  const auto in = [language](const auto& list) {
    return std::find(std::begin(list), std::end(list), language) != std::end(list);
  };
  const bool latin = !in(kCyrillics) && !in(kArabics) && !in(kEast) && !in(kIndics) && !in(kElses) &&
                     language != "el" && language != "he" && language != "yi";
  switch (script) {
    case kLatin:
      return latin || language == "sr" || language == "uz" || language == "ku" || language == "az";
    case kCyrillic:
      return in(kCyrillics) || language == "uz" || language == "az" || language == "ro";
    case kGreek:
      return language == "el";
    case kArabic:
      return in(kArabics) || language == "az" || language == "ms";
    case kHebrew:
      return language == "he" || language == "yi";
    case kIndic:
      return in(kIndics);
    case kEastAsian:
      return in(kEast);
    case kElse:
      return true;
  }
  return true;
}

struct Detected {
  std::string tag;
  bool sure = false;
};

Detected detect(std::string_view text) {
  CLD2::Language languages[3];
  int percents[3];
  double scores[3];
  int bytes = 0, valid = 0;
  bool reliable = false;
  const CLD2::CLDHints hints = {nullptr, nullptr, 0, CLD2::UNKNOWN_LANGUAGE};
  const CLD2::Language found =
      CLD2::ExtDetectLanguageSummaryCheckUTF8(text.data(), static_cast<int>(text.size()), true, &hints, 0, languages,
                                              percents, scores, nullptr, &bytes, &reliable, &valid);
  if (found == CLD2::UNKNOWN_LANGUAGE || found == CLD2::TG_UNKNOWN_LANGUAGE) return {};
  return {language_tag(CLD2::LanguageCode(found)), reliable && percents[0] >= 60};
}

// The first bytes of a text, from its second sentence when there are enough: first lines are names and datelines.
std::string_view sample(const Document& body, std::size_t bytes) {
  const std::string_view text = body.text();
  std::size_t start = 0;
  if (body.sentences().size() > 3 && text.size() > 2 * bytes) start = body.tokens()[body.sentences()[1].first].start;
  std::size_t end = std::min(start + bytes, text.size());
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
  return text.substr(start, end - start);
}

std::string_view primary(std::string_view tag) { return tag.substr(0, tag.find('-')); }

}  // namespace

std::string language_tag(std::string_view stated) {
  std::string parts;
  for (const char c : stated.substr(0, 35)) {
    const char l = c == '_' ? '-' : lower(c);
    if (!((l >= 'a' && l <= 'z') || (l >= '0' && l <= '9') || l == '-')) break;
    parts.push_back(l);
  }
  while (!parts.empty() && parts.back() == '-') parts.pop_back();
  const std::string first(primary(parts));
  const auto code = std::lower_bound(std::begin(kCodes), std::end(kCodes), std::string_view(first),
                                     [](const Code& c, std::string_view s) { return c.from < s; });
  const bool known = code != std::end(kCodes) && code->from == first;
  if (!known && (first.size() < 2 || first.size() > 3)) return {};
  if (first == "und" || first == "zxx" || first == "mul" || first == "unk" || first == "un") return {};
  std::string tag(known ? code->to : std::string_view(first));
  for (std::size_t at = first.size(); at < parts.size();) {
    const std::size_t next = std::min(parts.find('-', at + 1), parts.size());
    std::string part = parts.substr(at + 1, next - at - 1);
    if (part.size() == 2) std::transform(part.begin(), part.end(), part.begin(), upper);
    if (part.size() == 4) part[0] = upper(part[0]);
    if (!part.empty()) tag += "-" + part;
    at = next;
  }
  return tag;
}

Language find_language(std::string_view stated, const Document& headline, const Document& body) {
  Look look;
  look_at(body, look);
  if (look.words < kTokensLooked) look_at(headline, look);
  std::string tag = language_tag(stated);
  const bool english = is_english(look);
  if (!tag.empty()) {
    const std::string_view language = primary(tag);
    const bool doubtful = look.words >= 20 && (!may_be_written_in(language, main_script(look)) ||
                                               (language == "en" && look.english * 100 < look.words * 12) ||
                                               (language != "en" && language != "pcm" && english));
    if (!doubtful) return {std::move(tag), LanguageSource::kStated, {}};
  } else if (english) {
    return {"en", LanguageSource::kWords, {}};
  }
  const Document& longer = body.text().size() > headline.text().size() ? body : headline;
  Detected found = detect(sample(longer, kFirstLook));
  if (!found.sure && longer.text().size() > kFirstLook) found = detect(sample(longer, kSecondLook));
  if (!tag.empty()) {
    if (!found.sure || primary(found.tag) == primary(tag)) return {std::move(tag), LanguageSource::kStated, {}};
    return {std::move(found.tag), LanguageSource::kDetected, std::move(tag)};
  }
  if (!found.sure) return {};
  return {std::move(found.tag), LanguageSource::kDetected, {}};
}

}  // namespace tocsin
