// Document: one zone of an article (headline or body), tokenised once; dedupe, places and events all read this.
//
// Offsets are bytes of text(), which is the published text: valid UTF-8, junk lines gone, otherwise the source's.
// Normal forms are internal: folded() is the token, mojibake mended, lower-cased (simple case folding), NFC, with curly
// apostrophes as ' and dashes as -, without soft hyphens and zero-width characters. Possessive 's is a token of its own
// flagged kPossessive and not kWord; so "Iran's" is two tokens. Other apostrophes inside a word stay ("don't",
// "Sana'a"), but an elided article before a capital is cut off with its apostrophe: "l'" and "Iran", "d'" and "Ivoire".
// "U.S.", "N.Y.", "a.m." are one token each, the full stops inside it; so are abbreviations and initials with their
// full stop ("Gen.", "St.", "J." in "J. Smith"). "Hwasong-17", "anti-ship", "Bab-el-Mandeb" and "Russia–Ukraine" are
// split at hyphens into tokens, the hyphen itself being no token; kHyphenBefore is set on the right one.
// Numbers keep their separators: "1,234.5" is one token. Punctuation characters (.,;:!?()[]"'%$ and their like) are
// tokens of their own, flagged kPunct, but for those swallowed above; a run of full stops ("...") or of hyphens ("--")
// is one token. Scripts without spaces (Han, kana, Thai, Lao, Khmer, Myanmar) give one token a letter (with its marks),
// flagged kWord and kIdeograph. Hangul words are tokens like Latin ones.
// A word longer than kMaxTokenBytes is cut into several tokens.
//
// Sentences cover all tokens in order. They end at . ! ? and their like, but not after abbreviations, initials and
// decimals, nor where the text goes on in lower case; at a blank line; and at a line break after a line that ends in
// such punctuation, is longer than 100 bytes (a paragraph a line), or looks like a title. So hard-wrapped text is
// whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/text/ascii_map.h"
#include "common/text/word_hash.h"

namespace tocsin {

enum TokenFlag : std::uint16_t {
  kWord = 1,     // letters or digits, but not the 's of a possessive
  kCapital = 2,  // first letter upper-case
  kAllCaps = 4,  // two or more letters, all upper-case (digits may stand among them)
  kNumber = 8,   // starts with a digit
  kPunct = 16,
  kSentenceStart = 32,  // first word token of its sentence
  kPossessive = 64,     // the 's or ' of a possessive
  kAbbreviation = 128,  // ends in a full stop that belongs to it
  kIdeograph = 256,
  kHyphenBefore = 512,  // joined to the token before by a hyphen
  kSpaceBefore = 1024,  // white space stands before it (a line break too)
  kLineStart = 2048,    // first token of its line
  kInQuote = 4096,      // between double quotation marks of any kind, the marks themselves not
};

struct Token {
  std::uint32_t start = 0;  // bytes [start, end) of text()
  std::uint32_t end = 0;
  std::uint64_t hash = 0;    // of folded(); hash_word() gives the same for the same folded bytes
  std::uint32_t folded = 0;  // offset into the folded buffer
  std::uint16_t folded_size = 0;
  std::uint16_t flags = 0;
  bool is(std::uint16_t f) const { return (flags & f) != 0; }
};

struct Sentence {
  std::uint32_t first = 0;  // tokens [first, last)
  std::uint32_t last = 0;
};

inline constexpr std::size_t kMaxTokenBytes = 200;

// Folds a name the way tokens are folded, for tables and rules: fold("Île-de-France") == "île-de-france". White space
// becomes single blanks, none at the ends. Takes valid UTF-8.
std::string fold(std::string_view text);

class Document {
 public:
  // Tokenises. `text` must be valid UTF-8 (wire/encoding.h makes it so) of less than 4 GiB. Buffers are reused from
  // call to call.
  void assign(std::string text);
  const std::string& text() const { return text_; }
  const std::vector<Token>& tokens() const { return tokens_; }
  const std::vector<Sentence>& sentences() const { return sentences_; }
  std::string_view raw(const Token& t) const { return std::string_view(text_).substr(t.start, t.end - t.start); }
  std::string_view folded(const Token& t) const { return std::string_view(folded_).substr(t.folded, t.folded_size); }
  std::string_view folded() const { return folded_; }  // what all folded tokens lie in, zeros between
  std::uint32_t sentence_of(std::size_t token) const;  // index into sentences()

 private:
  std::string text_;
  std::string folded_;
  std::vector<Token> tokens_;
  std::vector<Sentence> sentences_;
  AsciiMap map_;                       // scratch: letters of the text as it is read
  std::vector<std::uint32_t> breaks_;  // scratch: tokens where a sentence may end
};

// Code points before a byte offset; ask with ascending offsets (one pass over the text for all mentions of an article).
class CodePoints {
 public:
  explicit CodePoints(std::string_view text) : text_(text) {}
  std::uint32_t before(std::uint32_t byte);

 private:
  std::string_view text_;
  std::uint32_t byte_ = 0;
  std::uint32_t count_ = 0;
};

}  // namespace tocsin
