#include "common/enrich.h"

#include <algorithm>
#include <cassert>

#include "common/article/bytes.h"
#include "common/dedupe/fingerprinter.h"
#include "common/dedupe/held.h"
#include "common/dedupe/signals.h"
#include "common/dedupe/story_book.h"
#include "common/events/event_finder.h"
#include "common/events/incident_book.h"
#include "common/events/rule_set.h"
#include "common/explain.h"
#include "common/places/gazetteer.h"
#include "common/places/geotagger.h"
#include "common/text/clean.h"
#include "common/text/document.h"
#include "common/text/language.h"
#include "common/text/repeated_lines.h"
#include "common/wire/date.h"
#include "common/wire/decode.h"
#include "common/wire/encode.h"

namespace tocsin {
namespace {

std::string path_or(const std::string& stated, const std::string& directory, std::string_view name) {
  return stated.empty() ? directory + "/" + std::string(name) : stated;
}

// "TOKYO, March 16" is dated as well as placed; `located` wants the place.
std::string_view place_of_dateline(std::string_view dateline) {
  const std::size_t digit = dateline.find_first_of("0123456789");
  if (digit != std::string_view::npos) {
    const std::size_t comma = dateline.rfind(',', digit);
    dateline = dateline.substr(0, comma == std::string_view::npos ? 0 : comma);
  }
  return dateline.substr(0, dateline.find(" ("));
}

Claim claim_of(const Event& event, const Geotags& geotags, std::string json) {
  Claim c;
  c.type = event.type;
  c.security = event.security;
  c.factuality = event.factuality;
  c.salience = event.salience;
  c.severity = static_cast<std::uint8_t>(std::clamp(event.severity, 1, 5));
  c.confidence = static_cast<float>(event.confidence);
  c.actors = event.actors;
  c.target = event.target;
  c.weapon_class = event.weapon_class;
  c.weapon_designation = event.weapon_designation;
  c.weapon_count = event.weapon_count.value_or(0);
  c.day = event.time_resolved;
  c.another = event.another;
  c.same_as = event.same_as;
  c.json = std::move(json);
  if (!event.place || *event.place >= geotags.places.size()) return c;
  const Place& place = geotags.places[*event.place];
  c.place_name = place.name;
  c.place_kind = place.kind;
  c.country = place.country;
  c.geoname_id = place.geoname_id;
  c.lat = static_cast<float>(place.lat);
  c.lon = static_cast<float>(place.lon);
  c.placed = place.resolved;
  return c;
}

std::size_t count_words(const Document& document) {
  return static_cast<std::size_t>(
      std::count_if(document.tokens().begin(), document.tokens().end(), [](const Token& t) { return t.is(kWord); }));
}

// Of what was removed, the lines that no rule names: who reads the record learns of them here or nowhere.
std::vector<std::string_view> repeated_lines(const std::vector<Removed>& removed) {
  std::vector<std::string_view> lines;
  for (const Removed& r : removed)
    if (r.rule == kRepeatedLine) lines.push_back(r.text);
  return lines;
}

// A block begins with it, then the lines' part prefixed by its length, then the stories' part with its own format,
// which is less. Without lines a block is the stories' part alone, so that the program before can go on from it.
constexpr std::uint8_t kBlockWithLines = 3;

}  // namespace

// ---------------------------------------------------------------------------------------------------- Knowledge

struct Knowledge::Parts {
  Presets presets;
  JunkRules junk;
  RuleSet rules;
  Gazetteer gazetteer;
  std::string rules_hash;
  std::string gazetteer_hash;
};

Knowledge::Knowledge() = default;
Knowledge::~Knowledge() = default;
const std::string& Knowledge::rules_hash() const { return parts_->rules_hash; }
const std::string& Knowledge::gazetteer_hash() const { return parts_->gazetteer_hash; }

std::vector<std::string_view> Knowledge::presets() const {
  std::vector<std::string_view> names{"auto", "text", "html"};
  for (const Preset& preset : parts_->presets.all()) names.push_back(preset.name);
  return names;
}

Result<std::shared_ptr<const Knowledge>> Knowledge::load(const KnowledgePaths& paths) {
  auto presets = Presets::load(path_or(paths.presets, paths.directory, "presets.yaml"));
  if (!presets) return tl::unexpected(presets.error());
  auto junk = JunkRules::load(path_or({}, paths.directory, "junk.yaml"));
  if (!junk) return tl::unexpected(junk.error());
  auto rules = RuleSet::load(path_or(paths.rules, paths.directory, "rules"));
  if (!rules) return tl::unexpected(rules.error());
  auto gazetteer = Gazetteer::open(path_or(paths.gazetteer, paths.directory, "gazetteer.img"));
  if (!gazetteer) return tl::unexpected(gazetteer.error());
  std::string rules_hash = rules->hash();
  std::string gazetteer_hash = gazetteer->hash();
  const std::shared_ptr<Knowledge> knowledge(new Knowledge);
  knowledge->parts_.reset(new Parts{std::move(*presets), std::move(*junk), std::move(*rules), std::move(*gazetteer),
                                    std::move(rules_hash), std::move(gazetteer_hash)});
  return knowledge;
}

// ----------------------------------------------------------------------------------------------------- Preparer

struct Preparer::Scratch {
  Scratch(std::shared_ptr<const Knowledge> k, PrepareOptions o)
      : knowledge(std::move(k)),
        options(std::move(o)),
        decoder(knowledge->parts().presets, {options.article_bytes, options.depth, options.id_bytes}),
        cleaner(knowledge->parts().junk),
        geotagger(knowledge->parts().gazetteer),
        finder(knowledge->parts().rules) {}

  Prepared prepare(std::string_view payload, const Arrival& arrival, const PromotedLines& promoted);
  void tell_places_of_events(const std::vector<Event>& events, Geotags& geotags) const;

  const std::shared_ptr<const Knowledge> knowledge;
  const PrepareOptions options;
  Decoder decoder;
  Cleaner cleaner;
  Document headline;
  Document body;
  Fingerprinter fingerprinter;
  Geotagger geotagger;
  EventFinder finder;
};

Preparer::Preparer(std::shared_ptr<const Knowledge> knowledge, PrepareOptions options)
    : scratch_(std::make_unique<Scratch>(std::move(knowledge), std::move(options))) {}
Preparer::~Preparer() = default;
Preparer::Preparer(Preparer&&) noexcept = default;
Prepared Preparer::prepare(std::string_view payload, const Arrival& arrival, const PromotedLines& promoted) {
  return scratch_->prepare(payload, arrival, promoted);
}

Prepared reject(const Arrival& arrival, Reason reason, std::string detail) {
  Prepared p;
  p.at = arrival.at;
  p.record_ms = arrival.record_ms;
  p.reason = reason;
  p.detail = std::move(detail);
  p.uri = uri_from(arrival.at);
  return p;
}

// A place where something happened is more than mentioned.
void Preparer::Scratch::tell_places_of_events(const std::vector<Event>& events, Geotags& geotags) const {
  for (const Event& event : events)
    if (event.place && *event.place < geotags.places.size()) geotags.places[*event.place].role = PlaceRole::kEvent;
}

Prepared Preparer::Scratch::prepare(std::string_view payload, const Arrival& arrival, const PromotedLines& promoted) {
  auto decoded = decoder.decode(payload, options.preset, arrival);
  if (!decoded) {
    Prepared p = reject(arrival, decoded.error().reason, std::move(decoded.error().detail));
    if (!decoded.error().uri.empty()) p.uri = std::move(decoded.error().uri);
    return p;
  }
  Article& article = *decoded;
  CleanText text = cleaner.clean(article, options.keep_text, promoted);
  if (text.headline.empty() && text.body.empty() && article.status != PubStatus::kCanceled) {
    Prepared p = reject(arrival, Reason::kNoText, "no text is left when the page is cleaned");
    p.uri = std::move(article.uri);
    return p;
  }
  if (!article.published_ms) article.published_ms = parse_date(text.published);
  if (article.url.empty()) article.url = std::move(text.url);
  if (article.source_name.empty()) article.source_name = text.site;
  headline.assign(std::move(text.headline));
  body.assign(std::move(text.body));

  Prepared p;
  p.at = arrival.at;
  p.published_ms = article.published_ms.value_or(Prepared::kNoTime);
  p.record_ms = arrival.record_ms == kPublishedTime && article.published_ms ? *article.published_ms : arrival.record_ms;
  p.embargo_ms = article.embargo_ms.value_or(Prepared::kNoTime);
  p.uri = article.uri;
  p.provider = article.provider;
  p.id = article.id;
  p.version = article.version;
  p.status = article.status;
  const Signal signal = read_signal(headline.text(), body.text());
  p.mark = signal.mark == Mark::kNone ? article.mark : signal.mark;
  p.mark_number = signal.number;
  p.headline = headline.text();
  p.language = find_language(article.language.empty() ? text.language : article.language, headline, body).tag;
  p.unsupported_language = !is_language_of_rules(p.language);
  p.preset = article.preset;
  p.fingerprint = fingerprinter.fingerprint(headline, body);
  p.lines = std::move(text.lines);

  const Knowledge::Parts& parts = knowledge->parts();
  Geotags geotags = geotagger.tag(headline, body, {article.source_name, article.url, p.language, text.dateline});
  const std::vector<Event> events = finder.find(headline, body, geotags, article.published_ms, p.language);
  tell_places_of_events(events, geotags);
  Pieces pieces = render({.article = article,
                          .headline = headline.text(),
                          .body = body.text(),
                          .byline = text.byline,
                          .located = article.located.empty() ? place_of_dateline(text.dateline) : article.located,
                          .language = p.language,
                          .unsupported_language = p.unsupported_language,
                          .words = count_words(body),
                          .repeated = repeated_lines(text.removed),
                          .geotags = geotags,
                          .events = events,
                          .rules_hash = parts.rules_hash,
                          .gazetteer_hash = parts.gazetteer_hash});
  for (std::size_t i = 0; i < events.size(); ++i)
    p.claims.push_back(claim_of(events[i], geotags, std::move(pieces.events[i])));
  p.head = std::move(pieces.head);
  p.lean = std::move(pieces.lean);
  p.associations = std::move(pieces.associations);
  p.geotags = std::move(pieces.geotags);
  p.knowledge = std::move(pieces.knowledge);
  return p;
}

Explanation explain_article(const Knowledge& knowledge, const PrepareOptions& options, std::string_view payload,
                            const Arrival& arrival, const PromotedLines& promoted) {
  Explanation told;
  const Knowledge::Parts& parts = knowledge.parts();
  Decoder decoder(parts.presets, {options.article_bytes, options.depth, options.id_bytes});
  auto decoded = decoder.decode(payload, options.preset, arrival);
  if (!decoded) {
    told.reason = decoded.error().reason;
    told.detail = std::move(decoded.error().detail);
    return told;
  }
  const Article& article = *decoded;
  told.preset = article.preset;
  told.why = decoder.why();
  told.text = Cleaner(parts.junk).clean(article, options.keep_text, promoted);
  const CleanText& text = told.text;
  const auto published_ms = article.published_ms ? article.published_ms : parse_date(text.published);
  Document headline;
  Document body;
  headline.assign(text.headline);
  body.assign(text.body);
  told.headline = headline.text();
  told.body = body.text();
  told.words = count_words(headline) + count_words(body);
  told.sentences = headline.sentences().size() + body.sentences().size();
  told.language = find_language(article.language.empty() ? text.language : article.language, headline, body);
  const GeoContext context{article.source_name.empty() ? text.site : article.source_name,
                           article.url.empty() ? text.url : article.url, told.language.tag, text.dateline};
  Geotagger geotagger(parts.gazetteer);
  told.geotags = geotagger.tag(headline, body, context);
  told.names = geotagger.explain(headline, body, context);
  told.events = EventFinder(parts.rules).find(headline, body, told.geotags, published_ms, told.language.tag);
  for (const Event& event : told.events) told.sure.push_back(sure_because(parts.rules, event));
  return told;
}

// --------------------------------------------------------------------------------------------------------- Mind

const std::string& Decision::record() const { return held_record.empty() ? outputs.front().value : held_record; }

struct Mind::State {
  explicit State(MindOptions o)
      : options(std::move(o)),
        stories({.enabled = options.dedupe,
                 .window_ms = options.window_ms,
                 .ids_ms = options.ids_ms,
                 .max_heads = options.max_heads}),
        lines(options.window_ms),
        incidents({.rules = options.alert_rules, .max_age_ms = options.alerts_max_age_ms}) {}

  Decision rejected(const Prepared& p);
  Decision hold(const Prepared& p, std::string_view raw, std::string_view key);
  Decision judged(const Prepared& p, const Story& story, bool withheld = false);
  Decision decided(const Prepared& p);

  MindOptions options;
  StoryBook stories;
  RepeatedLines lines;
  IncidentBook incidents;
  Held held;
};

Mind::Mind(MindOptions options) : state_(std::make_unique<State>(std::move(options))) {}
Mind::~Mind() = default;

Decision Mind::State::rejected(const Prepared& p) {
  Decision d;
  d.outcome = Outcome::kRejected;
  d.reason = p.reason;
  d.outputs.push_back({Stream::kDeadLetter, {}, {}});
  d.held_record = rejected_record(p.uri, p.reason, p.detail);
  return d;
}

Decision Mind::State::hold(const Prepared& p, std::string_view raw, std::string_view key) {
  HeldArticle article;
  article.at = p.at;
  article.record_ms = p.record_ms;
  article.embargo_ms = p.embargo_ms;
  article.version = p.version;
  article.identity = Held::identity_of(p.provider, p.id);
  article.key = key;
  article.payload = raw;
  held.hold(std::move(article));
  Decision d;
  d.outcome = Outcome::kHeld;
  d.held_record = held_record(p);
  return d;
}

Decision Mind::State::judged(const Prepared& p, const Story& story, bool withheld) {
  Decision d;
  d.outcome = story.outcome;
  d.relation = story.relation;
  Incidents told = incidents.report(p, story, options.dedupe ? stories.log_ms() : p.record_ms);
  d.alerts = std::move(told.alerts);
  const bool link = story.outcome == Outcome::kDuplicate || story.outcome == Outcome::kStale;
  const bool kill = story.outcome == Outcome::kKill;
  d.outputs.push_back({link ? Stream::kDuplicates : Stream::kEnriched, p.uri,
                       link || kill ? link_record(p, story, withheld) : story_record(p, story, told.incidents)});
  for (const Alert& alert : d.alerts) d.outputs.push_back({Stream::kAlerts, alert.incident, alert_record(alert)});
  return d;
}

// A new story's lines are counted; not when it is only done again, which leaves no decision.
Decision Mind::State::decided(const Prepared& p) {
  const std::uint64_t before = stories.decisions();
  const Story story = stories.decide(p);
  if (options.learn_lines && story.outcome == Outcome::kNew && stories.decisions() != before)
    lines.observe(p.lines, stories.age_ms());
  return judged(p, story);
}

const PromotedLines& Mind::promoted_lines() const { return state_->lines.promoted(); }

bool Mind::outdated(const Prepared& p) const {
  const PromotedLines& promoted = promoted_lines();
  return std::ranges::any_of(p.lines, [&](const SourceLine& l) { return l.removed != promoted.contains(l.key); });
}

Decision Mind::decide(const Prepared& p, std::string_view raw, bool due, std::string_view key) {
  State& s = *state_;
  const HeldArticle* const waiting = due ? s.held.find(p.at) : nullptr;
  const bool superseded = waiting != nullptr && waiting->superseded;
  if (due) s.held.release(p.at);
  if (p.rejected()) return s.rejected(p);
  // Before its embargo ends: nothing of what it says may go out.
  if (superseded) return s.judged(p, s.stories.decide_superseded(p), true);
  const bool embargoed = p.embargo_ms != Prepared::kNoTime && p.embargo_ms > p.record_ms;
  if (embargoed && !due && p.status != PubStatus::kCanceled) return s.hold(p, raw, key);
  if (!due) s.held.supersede(Held::identity_of(p.provider, p.id), p.status == PubStatus::kCanceled ? 0 : p.version);
  const std::int64_t age_ms = s.stories.age_ms();
  Decision decision;
  if (due && p.embargo_ms > p.record_ms) {
    Prepared now = p;  // it arrives when its embargo ends: others' copies do then
    now.record_ms = p.embargo_ms;
    decision = s.decided(now);
  } else {
    decision = s.decided(p);
  }
  s.held.renew(age_ms, s.stories.age_ms());
  return decision;
}

std::vector<Due> Mind::take_due(std::int64_t now_ms, std::size_t limit) {
  std::vector<Due> due;
  for (const HeldArticle* a : state_->held.due(now_ms, limit)) due.push_back({a->at, a->record_ms, a->key, a->payload});
  return due;
}

StateDelta Mind::take_delta() {
  StateDelta delta;
  std::string lines;
  state_->lines.take_block(lines);
  std::string content;
  if (!lines.empty()) {
    ByteWriter out(content);
    out.u8(kBlockWithLines);
    out.str(lines);
  }
  state_->stories.take_block(content);
  if (!content.empty()) delta.block = frame_state(content);
  state_->stories.take_memory(delta.memory);
  state_->lines.take_memory(delta.memory);
  state_->incidents.take_memory(delta.memory);
  state_->held.take_memory(delta.memory);
  for (MemoryRecord& record : delta.memory)
    if (record.value) record.value = frame_state(*record.value);
  return delta;
}

Result<void> Mind::apply_block(std::string_view block) {
  const Result<std::string_view> content = unframe_state(block);
  if (!content) return tl::unexpected(content.error());
  ByteReader in(*content);
  if (content->empty() || static_cast<std::uint8_t>(content->front()) != kBlockWithLines)
    return state_->stories.apply_block(in);
  in.u8();
  const auto lines = RepeatedLines::read_block(in.str());
  if (!lines) return tl::unexpected(lines.error());
  if (auto r = state_->stories.apply_block(in); !r) return r;
  state_->lines.apply_block(*lines);
  return {};
}

Result<void> Mind::apply_memory(std::string_view key, std::optional<std::string_view> value) {
  if (value) {
    const Result<std::string_view> content = unframe_state(*value);
    if (!content) return tl::unexpected(content.error());
    value = *content;
  }
  const std::string_view owner = key.substr(0, key.find('/'));
  if (owner == "ids" || owner == "kill") return state_->stories.apply_memory(key, value);
  if (owner == "line") return state_->lines.apply_memory(key, value);
  if (owner == "hold") return state_->held.apply_memory(key, value);
  if (owner == "incident") return state_->incidents.apply_memory(key, value);
  return fail("a memory record of an unknown owner: " + std::string(owner.substr(0, 32)));
}

Mind::Size Mind::size() const {
  const StoryBook::Size stories = state_->stories.size();
  return {stories.heads,
          stories.ids,
          state_->incidents.size(),
          state_->held.size(),
          state_->held.bytes(),
          state_->lines.promoted().size(),
          stories.evicted_by_memory};
}

}  // namespace tocsin
