#include "common/events/phrases.h"

#include <string>
#include <utility>

#include "common/events/lexicon.h"

namespace tocsin {
namespace {

Result<std::vector<Inflected>> forms_of(std::string_view word, std::string_view suffix) {
  if (suffix == "v") return verb_forms(word);
  if (suffix == "n") return noun_forms(word);
  const Form wanted = suffix == "base"  ? Form::kBase
                      : suffix == "s"   ? Form::kThird
                      : suffix == "ed"  ? Form::kPast
                      : suffix == "ing" ? Form::kIng
                                        : Form::kNone;
  if (wanted == Form::kNone)
    return fail("\"/" + std::string(suffix) + "\" is no form: use /v, /n, /base, /s, /ed or /ing");
  std::vector<Inflected> out;
  for (Inflected& f : verb_forms(word))
    if (f.form == wanted) out.push_back(std::move(f));
  return out;
}

bool starts_with_capital(std::string_view s) { return !s.empty() && s[0] >= 'A' && s[0] <= 'Z'; }

}  // namespace

Result<std::vector<HashedPhrase>> expand_phrase(std::string_view phrase, Document& scratch) {
  // "test-fire/v now" is "test-" + forms of "fire" + " now".
  std::size_t slash = phrase.find('/');
  const char after_slash = slash + 1 < phrase.size() ? phrase[slash + 1] : ' ';
  if (after_slash >= '0' && after_slash <= '9') slash = std::string_view::npos;  // "9/11"
  std::string before(phrase);
  std::string after;
  std::vector<Inflected> forms = {{"", Form::kNone}};
  if (slash != std::string_view::npos) {
    const std::size_t begin = phrase.find_last_of(" -", slash);
    const std::size_t word = begin == std::string_view::npos ? 0 : begin + 1;
    const std::size_t end = std::min(phrase.find_first_of(" -", slash), phrase.size());
    if (word == slash) return fail("\"" + std::string(phrase) + "\": a form without a word");
    auto made = forms_of(phrase.substr(word, slash - word), phrase.substr(slash + 1, end - slash - 1));
    if (!made) return fail("\"" + std::string(phrase) + "\": " + made.error().message);
    forms = std::move(*made);
    before = std::string(phrase.substr(0, word));
    after = std::string(phrase.substr(end));
    if (after.find('/') != std::string::npos)
      return fail("\"" + std::string(phrase) + "\": only one word of a phrase may carry a form");
  }
  std::vector<HashedPhrase> out;
  for (const Inflected& f : forms) {
    HashedPhrase hashed;
    hashed.form = f.form;
    std::string text = before;
    text.append(f.word).append(after);
    hashed.capital = starts_with_capital(text);
    scratch.assign(text);
    for (const Token& t : scratch.tokens())
      if (!t.is(kPunct) && !t.is(kPossessive)) hashed.words.push_back(t.hash);
    if (hashed.words.empty()) return fail("\"" + std::string(phrase) + "\" has no word");
    if (hashed.words.size() > Lexicon::kMaxPhraseWords)
      return fail("\"" + std::string(phrase) + "\": more than " + std::to_string(Lexicon::kMaxPhraseWords) + " words");
    out.push_back(std::move(hashed));
  }
  return out;
}

}  // namespace tocsin
