#include "common/wire/decode.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "common/wire/count_bytes.h"
#include "common/wire/encoding.h"
#include "common/wire/json_check.h"
#include "common/wire/json_walk.h"
#include "common/wire/json_writer.h"
#include "common/wire/trim.h"
#include "common/wire/xml_walk.h"

namespace tocsin {
namespace {

namespace od = simdjson::ondemand;

bool starts_with(std::string_view s, std::string_view prefix) { return s.substr(0, prefix.size()) == prefix; }

tl::unexpected<Rejection> reject(Reason reason, std::string detail, std::string uri = {}) {
  return tl::unexpected(Rejection{reason, std::move(detail), std::move(uri)});
}

// Opening brackets in all, strings included: an upper bound of the nesting that the compiler can vectorise.
std::size_t opening_brackets(std::string_view text) {
  static_assert(('[' | 0x20) == '{');
  return count_bytes(text, [](char c) { return (c | 0x20) == '{'; });
}

// "https://www.example.com/a" and "urn:newsml:example.com:2023:x" are both sent by example.com.
std::string host_of(std::string_view address) {
  if (starts_with(address, "urn:newsml:") || starts_with(address, "tag:")) {
    address.remove_prefix(address[0] == 'u' ? 11 : 4);
    return std::string(address.substr(0, address.find_first_of(":,")));
  }
  const std::size_t scheme = address.find("://");
  if (scheme == std::string_view::npos) return {};
  address.remove_prefix(scheme + 3);
  address = address.substr(0, address.find_first_of("/?#:"));
  if (starts_with(address, "www.")) address.remove_prefix(4);
  return std::string(address);
}

std::int64_t version_from(std::string_view text) {
  text = trim(text);
  std::int64_t version = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), version);
  return end.ec == std::errc{} && version > 0 ? version : 0;
}

// NewsCodes are written "stat:canceled" or "http://cv.iptc.org/newscodes/pubstatusg2/canceled".
std::string_view without_scheme(std::string_view code) { return code.substr(code.find_last_of(":/") + 1); }

PubStatus status_from(std::string_view text) {
  text = without_scheme(text);
  if (text == "canceled" || text == "cancelled" || text == "killed") return PubStatus::kCanceled;
  return text == "withheld" ? PubStatus::kWithheld : PubStatus::kUsable;
}

// An embargo that ends when a newer version says so: the year 2099.
constexpr std::int64_t kEmbargoWithoutEnd = 4'070'908'800'000;

// newsapi's "... [+1234 chars]": the mark goes, with the ellipsis before it.
bool take_cut_mark(std::string& body) {
  std::string_view text = trim(body);
  constexpr std::string_view kEnd = " chars]";
  if (text.size() < 12 || text.substr(text.size() - kEnd.size()) != kEnd) return false;
  const std::size_t start = text.rfind("[+");
  if (start == std::string_view::npos) return false;
  const std::string_view number = text.substr(start + 2, text.size() - kEnd.size() - start - 2);
  if (number.empty() || number.find_first_not_of("0123456789") != std::string_view::npos) return false;
  text = trim(text.substr(0, start));
  constexpr std::string_view kEllipsis = "\xE2\x80\xA6";
  if (text.size() >= 3 && (text.substr(text.size() - 3) == kEllipsis || text.substr(text.size() - 3) == "..."))
    text = trim(text.substr(0, text.size() - 3));
  body = std::string(text);
  return true;
}

std::string at_byte(const JsonCheck& check) {
  return "byte " + std::to_string(check.at) + ": expected " + std::string(check.expected);
}

// IPTC signal NewsCodes.
Mark mark_from(std::string_view signal) {
  signal = without_scheme(signal);
  return signal == "correction" ? Mark::kCorrected : signal == "update" ? Mark::kUpdate : Mark::kNone;
}

// What a preset reads for the record alone: members of ninjs 3, as they came.
void carry_stated(const Findings& found, Carried& out) {
  constexpr std::array<std::pair<Field, std::string_view>, 5> kTexts = {{{Field::kSlugline, "slugline"},
                                                                         {Field::kEdNote, "edNote"},
                                                                         {Field::kCopyrightHolder, "copyrightHolder"},
                                                                         {Field::kCopyrightNotice, "copyrightNotice"},
                                                                         {Field::kUsageTerms, "usageTerms"}}};
  for (const auto& [field, name] : kTexts)
    if (const std::string_view text = trim(found.found(field).text); !text.empty()) {
      out.standard.append(",\"").append(name).append("\":");
      append_json_string(text, out.standard);
    }
  const std::string_view urgency = trim(found.found(Field::kUrgency).text);
  if (urgency.size() == 1 && urgency[0] >= '1' && urgency[0] <= '9')
    out.standard += ",\"urgency\":" + std::string(urgency);
  constexpr std::array<std::string_view, 9> kTypes = {"text",      "audio",     "video", "picture", "graphic",
                                                      "composite", "component", "event", "planning"};
  const std::string_view type = without_scheme(trim(found.found(Field::kType).text));
  if (std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end()) out.type = type;
  if (!found.subjects().empty() && !out.subjects.empty()) out.subjects += ',';
  JsonWriter subjects(out.subjects);
  for (const Findings::Subject& s : found.subjects()) {
    const bool topic = starts_with(s.code, "medtop:");
    subjects.open('{').member_if("name", s.name);
    if (topic)
      subjects.member("uri", "http://cv.iptc.org/newscodes/mediatopic/" + s.code.substr(7));
    else
      subjects.member_if("literal", s.code);
    subjects.close('}');
  }
}

// XML's `encoding="..."`; empty: UTF-8, or none is declared.
std::string declared_encoding(std::string_view xml) {
  xml = trim(xml);
  if (!starts_with(xml, "<?xml")) return {};
  xml = xml.substr(0, std::min(xml.find("?>"), std::size_t{200}));
  const std::size_t at = xml.find("encoding");
  if (at == std::string_view::npos) return {};
  const std::size_t quote = xml.find_first_of("\"'", at);
  if (quote == std::string_view::npos) return {};
  const std::string_view name = xml.substr(quote + 1, xml.find(xml[quote], quote + 1) - quote - 1);
  return name == "UTF-8" || name == "utf-8" ? std::string() : std::string(name);
}

bool control_characters(std::string_view s) {
  return std::any_of(s.begin(), s.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

}  // namespace

std::string uri_from(const Coordinates& at) {
  if (at.topic.empty()) return "urn:tocsin:line:" + std::to_string(at.offset + 1);
  return "urn:tocsin:" + at.topic + ":" + std::to_string(at.partition) + ":" + std::to_string(at.offset);
}

struct Decoder::State {
  State(const Presets& p, const DecodeLimits& l) : presets(p), limits(l) {}

  using Decoded = tl::expected<Article, Rejection>;

  Decoded decode(std::string_view payload, std::string_view preset, const Arrival& arrival);
  Decoded decode_json(std::string_view name, const Arrival& arrival);
  Decoded decode_file(std::string_view payload, std::string_view name, const Arrival& arrival);
  simdjson::error_code recognise(od::document& document, const Preset*& preset);
  simdjson::error_code walk(std::string_view name, const Preset*& preset, JsonWalk*& result);
  Decoded broken_json() const;
  bool reads_xml(std::string_view preset) const;
  bool is_xml(std::string_view payload) const;
  Decoded decode_xml(std::string_view payload, std::string_view name, const Arrival& arrival);
  Decoded article_from(Findings& found, const Preset& preset, const Arrival& arrival);
  std::string stated_uri(std::string_view id, const Arrival& arrival) const;

  const Presets& presets;
  const DecodeLimits limits;
  od::parser parser;
  std::string text;  // the payload as UTF-8, with simdjson's padding behind it
  std::size_t size = 0;
  std::string why;
  std::optional<JsonWalk> walked;
};

Decoder::Decoder(const Presets& presets, const DecodeLimits& limits)
    : state_(std::make_unique<State>(presets, limits)) {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
const std::string& Decoder::why() const { return state_->why; }

tl::expected<Article, Rejection> Decoder::decode(std::string_view payload, std::string_view preset,
                                                 const Arrival& arrival) {
  return state_->decode(payload, preset, arrival);
}

Decoder::State::Decoded Decoder::State::decode(std::string_view payload, std::string_view preset,
                                               const Arrival& arrival) {
  why.clear();
  if (payload.size() > limits.article_bytes)
    return reject(Reason::kTooLarge, std::to_string(payload.size()) + " bytes, over limits.article_bytes " +
                                         std::to_string(limits.article_bytes));
  text.clear();
  if (starts_with(payload, "\xEF\xBB\xBF")) payload.remove_prefix(3);
  if (append_from_utf16(payload, text)) {
    payload = text;
  } else if (const void* nul = payload.empty() ? nullptr : std::memchr(payload.data(), 0, payload.size())) {
    return reject(Reason::kBinary, "a NUL byte at " + std::to_string(static_cast<const char*>(nul) - payload.data()));
  }
  if (trim(payload).empty()) return reject(Reason::kEmpty, "nothing but white space");
  if (preset == "text" || preset == "html") return decode_file(payload, preset, arrival);
  const char first = trim(payload).front();
  if (preset == "auto" ? is_xml(payload) : first == '<' && reads_xml(preset))
    return decode_xml(payload, preset, arrival);
  if (preset == "auto" && first != '{') return decode_file(payload, preset, arrival);
  if (payload.data() != text.data()) text.assign(payload);
  return decode_json(preset, arrival);
}

simdjson::error_code Decoder::State::recognise(od::document& document, const Preset*& preset) {
  od::object root;
  if (const auto e = document.get_object().get(root)) return e;
  KeySet members;
  for (auto result : root) {
    od::field field;
    if (const auto e = std::move(result).get(field)) return e;
    const char* start = field.key().raw();
    const char* end = start;
    while (*end != '"') ++end;
    const std::uint16_t key = presets.keys().find(std::string_view(start, static_cast<std::size_t>(end - start)));
    if (key != KeyTable::kNone) members.set(key);
  }
  preset = presets.recognise(members);
  document.rewind();
  if (preset == nullptr) return simdjson::SUCCESS;
  why = "auto:";
  const KeySet reasons = (preset->all | preset->any) & members;
  for (std::size_t key = 0; key < presets.keys().size(); ++key)
    if (reasons.test(key)) why += " " + presets.keys().name(static_cast<std::uint16_t>(key));
  return simdjson::SUCCESS;
}

// Parses and walks `text`. A preset that is null afterwards: there is none of that name, or none fits.
simdjson::error_code Decoder::State::walk(std::string_view name, const Preset*& preset, JsonWalk*& result) {
  size = text.size();
  text.resize(size + simdjson::SIMDJSON_PADDING);
  od::document document;
  if (const auto e = parser.iterate(text.data(), size, text.size()).get(document)) return e;
  od::json_type type{};
  if (const auto e = document.type().get(type)) return e;
  preset = nullptr;
  result = nullptr;
  if (type != od::json_type::object) return simdjson::INCORRECT_TYPE;
  if (name == "auto") {
    if (const auto e = recognise(document, preset)) return e;
  } else {
    preset = presets.find(name);
    why = "preset " + std::string(name);
  }
  if (preset == nullptr) return simdjson::SUCCESS;
  od::object root;
  if (const auto e = document.get_object().get(root)) return e;
  walked.emplace(*preset, presets.keys(), limits.depth);
  if (const auto e = walked->run(root)) return e;
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) return simdjson::TRAILING_CONTENT;
  result = &*walked;
  return simdjson::SUCCESS;
}

Decoder::State::Decoded Decoder::State::decode_json(std::string_view name, const Arrival& arrival) {
  if (name != "auto" && presets.find(name) == nullptr)
    return reject(Reason::kUnknownPreset, "there is no preset " + std::string(name.substr(0, 64)));
  if (opening_brackets(text) > limits.depth && deeper_than(text, limits.depth))
    return reject(Reason::kTooDeep, "nested deeper than limits.depth " + std::to_string(limits.depth));
  const Preset* preset = nullptr;
  JsonWalk* result = nullptr;
  simdjson::error_code error = walk(name, preset, result);
  if (error == simdjson::UTF8_ERROR) {
    std::string mended;
    if (!append_mended_utf8(std::string_view(text).substr(0, size), mended))
      return reject(Reason::kBadUtf8, "neither UTF-8 nor windows-1252");
    text = std::move(mended);
    error = walk(name, preset, result);
  }
  if (error == simdjson::STRING_ERROR) {  // a lone surrogate, or an escape that is none
    text.resize(size);
    mend_surrogates(text);
    error = walk(name, preset, result);
  }
  if (error == simdjson::INCORRECT_TYPE && result == nullptr && preset == nullptr) {
    const JsonCheck check = check_json(std::string_view(text).substr(0, size), limits.depth);
    if (check.fault == JsonFault::kNone)
      return reject(Reason::kWrongType, "an article is a JSON object, this is another value");
  }
  if (error != simdjson::SUCCESS) return broken_json();
  if (preset == nullptr) {
    const JsonCheck check = check_json(std::string_view(text).substr(0, size), limits.depth);
    if (check.fault != JsonFault::kNone) return broken_json();
    return reject(Reason::kUnknownPreset, "no preset knows an article with these members");
  }
  // A value of a wrong type may be none at all ("tru"): what is no JSON is called that.
  if (!result->findings().wrong_type().empty() &&
      check_json(std::string_view(text).substr(0, size), limits.depth).fault != JsonFault::kNone)
    return broken_json();
  return article_from(result->findings(), *preset, arrival);
}

Decoder::State::Decoded Decoder::State::broken_json() const {
  const JsonCheck check = check_json(std::string_view(text).substr(0, size), limits.depth);
  switch (check.fault) {
    case JsonFault::kCut:
      return reject(Reason::kCutJson, "ends at " + at_byte(check));
    case JsonFault::kTooDeep:
      return reject(Reason::kTooDeep, "nested deeper than limits.depth " + std::to_string(limits.depth));
    case JsonFault::kNotJson:
      return reject(Reason::kNotJson, at_byte(check));
    case JsonFault::kNone:
      break;
  }
  return reject(Reason::kNotJson, "the parser refuses it");
}

std::string Decoder::State::stated_uri(std::string_view id, const Arrival& arrival) const {
  return id.empty() ? uri_from(arrival.at) : std::string(id);
}

bool Decoder::State::reads_xml(std::string_view preset) const {
  const Preset* const known = presets.find(preset);
  return known != nullptr && !known->elements.empty();
}

// Whether `auto` takes a payload for XML: by its outermost element, by the declaration before it, or since it ends as
// it began. HTML may look the same.
bool Decoder::State::is_xml(std::string_view payload) const {
  const std::string_view name = outermost_element(payload);
  if (name.empty()) return false;
  if (presets.knows_element(name.substr(name.find(':') + 1)) || presets.knows_element(name)) return true;
  if (looks_like_html("<" + std::string(name) + ">")) return false;
  return starts_with(trim(payload), "<?xml") || trim(payload).ends_with("</" + std::string(name) + ">");
}

Decoder::State::Decoded Decoder::State::decode_xml(std::string_view payload, std::string_view name,
                                                   const Arrival& arrival) {
  text.assign(payload);
  if (!is_utf8(text)) {
    const std::string encoding = declared_encoding(text);
    std::string mended;
    if (!encoding.empty())
      mended = decode_charset(text, encoding);
    else if (!append_mended_utf8(text, mended))
      return reject(Reason::kBadUtf8, "neither UTF-8 nor windows-1252, and no encoding is declared");
    text = std::move(mended);
  }
  XmlWalk xml(presets, limits.depth);
  const std::string_view document = trim(text);
  switch (xml.run(document, name == "auto" ? nullptr : presets.find(name))) {
    case XmlFault::kNotXml:
      return reject(Reason::kNotXml, xml.where());
    case XmlFault::kEntities:
      return reject(Reason::kNotXml, xml.where() + ": declares an entity");
    case XmlFault::kTooDeep:
      return reject(Reason::kTooDeep, "nested deeper than limits.depth " + std::to_string(limits.depth));
    case XmlFault::kNoArticle:
      return reject(Reason::kUnknownPreset, "no preset knows an article in <" + xml.element() + ">");
    case XmlFault::kSecondArticle:
      return reject(Reason::kWrongType, "more than one <" + xml.element() + ">: one record is one article");
    case XmlFault::kNone:
      break;
  }
  why = name == "auto" ? "auto: XML, <" + xml.element() + ">" : "preset " + std::string(name);
  Decoded article = article_from(xml.findings(), *xml.preset(), arrival);
  if (article && xml.open_embargo() && !article->embargo_ms) article->embargo_ms = kEmbargoWithoutEnd;
  return article;
}

Decoder::State::Decoded Decoder::State::article_from(Findings& found, const Preset& preset, const Arrival& arrival) {
  const auto text_of = [&found](Field f) { return std::string(trim(found.found(f).text)); };
  Article a;
  a.id = text_of(Field::kId);
  if (a.id.size() > limits.id_bytes)
    return reject(Reason::kBadId,
                  std::to_string(a.id.size()) + " bytes, over limits.id_bytes " + std::to_string(limits.id_bytes));
  if (control_characters(a.id)) return reject(Reason::kBadId, "control characters in the id");
  a.uri = stated_uri(a.id, arrival);
  if (std::string wrong = found.wrong_type(); !wrong.empty())
    return reject(Reason::kWrongType, std::move(wrong), a.uri);
  const FoundValue& headline = found.found(Field::kHeadline);
  const FoundValue& body = found.found(Field::kBody);
  const auto is_html = [](const FoundValue& v) {
    return v.markup == Markup::kHtml || (v.markup == Markup::kEither && looks_like_html(v.text));
  };
  a.status = status_from(trim(found.found(Field::kStatus).text));
  const bool kill = a.status == PubStatus::kCanceled && !a.id.empty();  // it withdraws by its id and may have no text
  if (trim(headline.text).empty() && trim(body.text).empty() && !kill)
    return reject(Reason::kNoText, "neither headline nor body", a.uri);
  a.headline = headline.text;
  a.headline_is_html = is_html(headline);
  a.body = body.text;
  a.body_is_html = is_html(body);
  a.truncated = preset.cut_mark && take_cut_mark(a.body);
  a.url = text_of(Field::kUrl);
  a.source_name = text_of(Field::kSource);
  a.provider = text_of(Field::kProvider);
  if (a.provider.empty()) a.provider = a.source_name;
  if (a.provider.empty()) a.provider = host_of(a.url);
  if (a.provider.empty()) a.provider = host_of(a.id);
  a.byline = found.authors().empty() ? text_of(Field::kByline) : found.authors();
  a.located = text_of(Field::kLocated);
  a.language = text_of(Field::kLanguage);
  a.version_text = text_of(Field::kVersion);
  a.version = version_from(a.version_text);
  a.published_ms = found.date(Field::kPublished);
  if (a.published_ms) a.published_text = text_of(Field::kPublished);
  a.embargo_ms = found.date(Field::kEmbargo);
  if (found.found(Field::kSummary).text.data() != body.text.data()) a.summary = text_of(Field::kSummary);
  a.preset = preset.name;
  a.mark = mark_from(text_of(Field::kSignal));
  a.carried = std::move(found.carried);
  carry_stated(found, a.carried);
  return a;
}

Decoder::State::Decoded Decoder::State::decode_file(std::string_view payload, std::string_view name,
                                                    const Arrival& arrival) {
  Article a;
  const std::string_view start = trim(payload).substr(0, 4096);
  const bool html = name == "html" || (name == "auto" && start.front() == '<' && looks_like_html(start));
  a.preset = html ? "html" : "text";
  why = name == "auto" ? std::string("auto: no JSON, ") + (html ? "HTML tags" : "plain text")
                       : "preset " + std::string(name);
  if (arrival.key.size() <= limits.id_bytes && !control_characters(arrival.key) &&
      simdjson::validate_utf8(arrival.key.data(), arrival.key.size()))
    a.id = trim(arrival.key);
  a.uri = stated_uri(a.id, arrival);
  a.provider = host_of(a.id);
  if (html || simdjson::validate_utf8(payload.data(), payload.size()))
    a.body = payload;  // a page may say its own encoding
  else if (!append_mended_utf8(payload, a.body)) {
    const std::string charset = sniff_charset(payload);
    a.body = decode_charset(payload, charset);
    if (charset.empty() || a.body.find("\uFFFD") != std::string::npos)
      return reject(Reason::kBadUtf8, "neither UTF-8 nor an encoding that can be told", a.uri);
    why += ", " + charset;
  }
  a.body_is_html = html;
  a.plain_file = true;
  return a;
}

}  // namespace tocsin
