#include "common/wire/decode.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "common/wire/count_bytes.h"
#include "common/wire/encoding.h"
#include "common/wire/json_check.h"
#include "common/wire/json_walk.h"

namespace tocsin {
namespace {

namespace od = simdjson::ondemand;

std::string_view trim(std::string_view s) {
  while (!s.empty() && static_cast<unsigned char>(s.front()) <= ' ') s.remove_prefix(1);
  while (!s.empty() && static_cast<unsigned char>(s.back()) <= ' ') s.remove_suffix(1);
  return s;
}

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

PubStatus status_from(std::string_view text) {
  if (const std::size_t colon = text.rfind(':'); colon != std::string_view::npos)
    text.remove_prefix(colon + 1);  // "stat:canceled"
  if (text == "canceled" || text == "cancelled" || text == "killed") return PubStatus::kCanceled;
  return text == "withheld" ? PubStatus::kWithheld : PubStatus::kUsable;
}

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
  Decoded article_from(JsonWalk& walk, const Preset& preset, const Arrival& arrival);
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
  const bool is_file = preset == "text" || preset == "html" || preset == "newsml-g2";
  if (is_file || (preset == "auto" && trim(payload).front() != '{')) return decode_file(payload, preset, arrival);
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
  if (!result->wrong_type().empty() &&
      check_json(std::string_view(text).substr(0, size), limits.depth).fault != JsonFault::kNone)
    return broken_json();
  return article_from(*result, *preset, arrival);
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

Decoder::State::Decoded Decoder::State::article_from(JsonWalk& found, const Preset& preset, const Arrival& arrival) {
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
  a.carried = std::move(found.carried());
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
  else if (!append_mended_utf8(payload, a.body))
    return reject(Reason::kBadUtf8, "neither UTF-8 nor windows-1252", a.uri);
  a.body_is_html = html;
  a.plain_file = true;
  return a;
}

}  // namespace tocsin
