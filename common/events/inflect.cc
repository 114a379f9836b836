#include "common/events/inflect.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tocsin {
namespace {

struct Irregular {
  std::string_view base;
  std::string_view past;
  std::string_view participle;
};

// Verbs that security news uses and that do not add -ed.
constexpr std::array kIrregular = std::to_array<Irregular>({
    {"strike", "struck", "stricken"},
    {"shoot", "shot", "shot"},
    {"hit", "hit", "hit"},
    {"blow", "blew", "blown"},
    {"break", "broke", "broken"},
    {"burn", "burned", "burnt"},
    {"bring", "brought", "brought"},
    {"build", "built", "built"},
    {"begin", "began", "begun"},
    {"come", "came", "come"},
    {"cut", "cut", "cut"},
    {"do", "did", "done"},
    {"draw", "drew", "drawn"},
    {"drive", "drove", "driven"},
    {"drop", "dropped", "dropped"},
    {"fall", "fell", "fallen"},
    {"fight", "fought", "fought"},
    {"find", "found", "found"},
    {"flee", "fled", "fled"},
    {"fly", "flew", "flown"},
    {"get", "got", "gotten"},
    {"give", "gave", "given"},
    {"go", "went", "gone"},
    {"have", "had", "had"},
    {"hold", "held", "held"},
    {"keep", "kept", "kept"},
    {"lead", "led", "led"},
    {"leave", "left", "left"},
    {"lose", "lost", "lost"},
    {"make", "made", "made"},
    {"meet", "met", "met"},
    {"put", "put", "put"},
    {"overthrow", "overthrew", "overthrown"},
    {"rise", "rose", "risen"},
    {"run", "ran", "run"},
    {"say", "said", "said"},
    {"see", "saw", "seen"},
    {"seek", "sought", "sought"},
    {"send", "sent", "sent"},
    {"set", "set", "set"},
    {"shed", "shed", "shed"},
    {"shut", "shut", "shut"},
    {"sink", "sank", "sunk"},
    {"slay", "slew", "slain"},
    {"spread", "spread", "spread"},
    {"steal", "stole", "stolen"},
    {"swear", "swore", "sworn"},
    {"sweep", "swept", "swept"},
    {"take", "took", "taken"},
    {"overtake", "overtook", "overtaken"},
    {"tear", "tore", "torn"},
    {"tell", "told", "told"},
    {"think", "thought", "thought"},
    {"throw", "threw", "thrown"},
    {"win", "won", "won"},
    {"withdraw", "withdrew", "withdrawn"},
    {"write", "wrote", "written"},
    {"lay", "laid", "laid"},
    {"lie", "lay", "lain"},
    {"pay", "paid", "paid"},
    {"behead", "beheaded", "beheaded"},
    {"spend", "spent", "spent"},
    {"stand", "stood", "stood"},
    {"bear", "bore", "borne"},
    {"be", "was", "been"},
    {"ring", "rang", "rung"},
    {"understand", "understood", "understood"},
    {"foresee", "foresaw", "foreseen"},
    {"light", "lit", "lit"},
    {"mean", "meant", "meant"},
    {"become", "became", "become"},
    {"retake", "retook", "retaken"},
    {"hear", "heard", "heard"},
    {"forbid", "forbade", "forbidden"},
    {"undergo", "underwent", "undergone"},
});

// Verbs whose last consonant doubles ("ram, rammed"); two-syllable ones only if stressed at the end.
constexpr std::array kDoubling = std::to_array<std::string_view>(
    {"ram",   "rob",    "gun",  "stab",  "stop",   "plan",   "plot",  "drop",   "cut",   "hit",  "set",  "put",
     "run",   "get",    "shut", "win",   "bar",    "ban",    "equip", "commit", "gas",   "slam", "trap", "grab",
     "strip", "rip",    "whip", "quit",  "begin",  "step",   "ship",  "wrap",   "scrap", "tip",  "tap",  "nab",
     "refer", "occur",  "zap",  "admit", "permit", "submit", "spot",  "chop",   "mob",   "pin",  "sit",  "top",
     "wed",   "kidnap", "lob",  "repel", "expel",  "deter",  "slap",  "swap",   "scrub", "rebel"});

bool vowel(char c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u'; }
bool ends(std::string_view w, std::string_view tail) { return w.size() >= tail.size() && w.ends_with(tail); }

std::string with_s(std::string_view w) {
  std::string out(w);
  const bool sibilant = ends(w, "s") || ends(w, "x") || ends(w, "z") || ends(w, "ch") || ends(w, "sh") || ends(w, "o");
  if (sibilant) return out + "es";
  if (ends(w, "y") && w.size() > 1 && !vowel(w[w.size() - 2])) {
    out.pop_back();
    return out + "ies";
  }
  return out + "s";
}

std::string stem_for_suffix(std::string_view w) {
  std::string out(w);
  if (std::ranges::find(kDoubling, w) != kDoubling.end()) out.push_back(w.back());
  return out;
}

std::string with_ed(std::string_view w) {
  if (ends(w, "e")) return std::string(w) + "d";
  if (ends(w, "y") && w.size() > 1 && !vowel(w[w.size() - 2])) return std::string(w.substr(0, w.size() - 1)) + "ied";
  return stem_for_suffix(w) + "ed";
}

std::string with_ing(std::string_view w) {
  if (ends(w, "ie")) return std::string(w.substr(0, w.size() - 2)) + "ying";
  if (ends(w, "e") && !ends(w, "ee") && !ends(w, "oe") && !ends(w, "ye") && w != "be")
    return std::string(w.substr(0, w.size() - 1)) + "ing";
  return stem_for_suffix(w) + "ing";
}

void add(std::vector<Inflected>& out, std::string word, Form form) {
  Inflected f{std::move(word), form};
  if (std::ranges::find(out, f) == out.end()) out.push_back(std::move(f));
}

}  // namespace

std::vector<Inflected> verb_forms(std::string_view base) {
  std::vector<Inflected> out;
  add(out, std::string(base), Form::kBase);
  add(out, base == "have" ? "has" : base == "be" ? "is" : with_s(base), Form::kThird);
  const auto irregular = std::ranges::find(kIrregular, base, &Irregular::base);
  if (irregular != kIrregular.end()) {
    add(out, std::string(irregular->past), Form::kPast);
    add(out, std::string(irregular->participle), Form::kPast);
  } else {
    add(out, with_ed(base), Form::kPast);
  }
  if (base == "be") {
    add(out, "are", Form::kThird);
    add(out, "were", Form::kPast);
  }
  if (base == "kidnap") {  // both spellings are in use
    add(out, "kidnaped", Form::kPast);
    add(out, "kidnaping", Form::kIng);
  }
  const bool british = ends(base, "el") && with_ed(base) == std::string(base) + "ed";  // "canceled", "cancelled"
  if (british) add(out, std::string(base) + "led", Form::kPast);
  add(out, with_ing(base), Form::kIng);
  if (british) add(out, std::string(base) + "ling", Form::kIng);
  return out;
}

std::vector<Inflected> noun_forms(std::string_view singular) {
  static constexpr std::array kPlurals =
      std::to_array<std::pair<std::string_view, std::string_view>>({{"man", "men"},
                                                                    {"woman", "women"},
                                                                    {"gunman", "gunmen"},
                                                                    {"policeman", "policemen"},
                                                                    {"child", "children"},
                                                                    {"aircraft", "aircraft"},
                                                                    {"person", "people"},
                                                                    {"military", "militaries"},
                                                                    {"crisis", "crises"},
                                                                    {"serviceman", "servicemen"},
                                                                    {"fisherman", "fishermen"},
                                                                    {"ordnance", "ordnance"},
                                                                    {"troops", "troops"}});
  std::vector<Inflected> out;
  add(out, std::string(singular), Form::kSingular);
  const auto odd = std::ranges::find(kPlurals, singular, &std::pair<std::string_view, std::string_view>::first);
  if (odd != kPlurals.end())
    add(out, std::string(odd->second), Form::kPlural);
  else if (singular.size() > 3 && ends(singular, "man"))
    add(out, std::string(singular.substr(0, singular.size() - 2)) + "en", Form::kPlural);
  else
    add(out, with_s(singular), Form::kPlural);
  return out;
}

}  // namespace tocsin
