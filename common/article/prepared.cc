#include "common/article/prepared.h"

#include <algorithm>

#include "common/article/bytes.h"

namespace tocsin {
namespace {

constexpr std::uint8_t kFormat = 4;  // what is written; 1 to 3 are read, too

template <typename Word>
void write_words(ByteWriter& out, const std::vector<Word>& words) {
  out.varint(words.size());
  out.raw(words.data(), words.size() * sizeof(Word));
}

template <typename Word>
std::vector<Word> read_words(ByteReader& in) {
  std::vector<Word> words(in.count(sizeof(Word)));
  const std::string_view bytes = in.take(words.size() * sizeof(Word));
  if (!bytes.empty()) std::memcpy(words.data(), bytes.data(), bytes.size());
  return words;
}

void write_strings(ByteWriter& out, const std::vector<std::string>& strings) {
  out.varint(strings.size());
  for (const std::string& s : strings) out.str(s);
}

std::vector<std::string> read_strings(ByteReader& in) {
  std::vector<std::string> strings(in.count());
  for (std::string& s : strings) s = in.str();
  return strings;
}

// An enumerator that is no member of its closed list is a failure, not an unchecked cast.
template <typename E>
E read_enum(ByteReader& in, E last) {
  const std::uint8_t value = in.u8();
  if (value <= static_cast<std::uint8_t>(last)) return static_cast<E>(value);
  in.fail();
  return E{};
}

void write_fingerprint(ByteWriter& out, const Fingerprint& f) {
  out.u64(f.exact);
  write_words(out, f.sketch);
  out.varint(f.grams);
  out.varint(f.words);
  write_words(out, f.shingles);
  write_words(out, f.numbers);
  write_words(out, f.names);
  write_strings(out, f.number_texts);
  out.svarint(f.dateline_day);
  out.u8(f.damaged);
}

// Format 1 has no byte of its own for `damaged`: it adds this to the dateline's day, which is 12 * 32 + 31 at most.
constexpr std::int64_t kDamagedInFormat1 = 1024;

Fingerprint read_fingerprint(ByteReader& in, std::uint8_t format) {
  Fingerprint f;
  f.exact = in.u64();
  f.sketch = read_words<std::uint64_t>(in);
  f.grams = static_cast<std::uint32_t>(in.varint());
  f.words = static_cast<std::uint32_t>(in.varint());
  f.shingles = read_words<std::uint32_t>(in);
  f.numbers = read_words<std::uint32_t>(in);
  f.names = read_words<std::uint32_t>(in);
  f.number_texts = read_strings(in);
  const std::int64_t day = in.svarint();
  f.damaged = format == 1 ? day >= kDamagedInFormat1 - 1 : in.u8() != 0;
  f.dateline_day = static_cast<std::int16_t>(format == 1 && f.damaged ? day - kDamagedInFormat1 : day);
  return f;
}

void write_claim(ByteWriter& out, const Claim& c) {
  out.u8(static_cast<std::uint8_t>(c.type));
  out.u8(c.security);
  out.u8(static_cast<std::uint8_t>(c.factuality));
  out.u8(static_cast<std::uint8_t>(c.salience));
  out.u8(c.severity);
  out.f32(c.confidence);
  write_strings(out, c.actors);
  out.str(c.target);
  out.str(c.weapon_class);
  out.str(c.weapon_designation);
  out.svarint(c.weapon_count);
  out.str(c.place_name);
  out.str(c.place_kind);
  out.str(c.country);
  out.svarint(c.geoname_id);
  out.f32(c.lat);
  out.f32(c.lon);
  out.u8(c.placed);
  out.str(c.day);
  out.u8(c.another);
  out.varint(c.same_as ? *c.same_as + 1ULL : 0);  // from format 3
  out.str(c.json);
}

constexpr std::size_t kLineKeyBytes = 6;

void write_lines(ByteWriter& out, const std::vector<SourceLine>& lines) {
  out.varint(lines.size());
  for (const SourceLine& line : lines) {
    out.raw(&line.key, kLineKeyBytes);
    out.u8(static_cast<std::uint8_t>((line.sentence ? 1 : 0) | (line.removed ? 2 : 0)));
  }
}

std::vector<SourceLine> read_lines(ByteReader& in) {
  std::vector<SourceLine> lines(in.count(kLineKeyBytes + 1));
  for (SourceLine& line : lines) {
    const std::string_view key = in.take(kLineKeyBytes);
    if (!key.empty()) std::memcpy(&line.key, key.data(), key.size());
    const std::uint8_t flags = in.u8();
    line.sentence = (flags & 1) != 0;
    line.removed = (flags & 2) != 0;
  }
  return lines;
}

// A claim of empty strings: five enumerators and flags, confidence, actors, three strings, a count, three strings of
// the place, its id, two coordinates, a flag, the day, a flag, the JSON. A wrong count cannot claim the memory of a
// million.
constexpr std::size_t kShortestClaim = 5 + 4 + 1 + 3 + 1 + 3 + 1 + 8 + 1 + 1 + 1 + 1;

Claim read_claim(ByteReader& in, std::uint8_t format) {
  Claim c;
  c.type = read_enum(in, static_cast<EventType>(kEventTypes - 1));
  c.security = in.u8() != 0;
  c.factuality = read_enum(in, Factuality::kHistorical);
  c.salience = read_enum(in, Salience::kBackground);
  c.severity = in.u8();
  c.confidence = in.f32();
  c.actors = read_strings(in);
  c.target = in.str();
  c.weapon_class = in.str();
  c.weapon_designation = in.str();
  c.weapon_count = static_cast<std::int32_t>(in.svarint());
  c.place_name = in.str();
  c.place_kind = in.str();
  c.country = in.str();
  c.geoname_id = in.svarint();
  c.lat = in.f32();
  c.lon = in.f32();
  c.placed = in.u8() != 0;
  c.day = in.str();
  c.another = in.u8() != 0;
  if (const std::uint64_t same = format < 3 ? 0 : in.varint(); same > 0)
    c.same_as = static_cast<std::uint32_t>(same - 1);
  c.json = in.str();
  return c;
}

void write_readable(ByteWriter& out, const Prepared& p) {
  out.str(p.provider);
  out.str(p.id);
  out.svarint(p.version);
  out.u8(static_cast<std::uint8_t>(p.status));
  out.u8(static_cast<std::uint8_t>(p.mark));
  out.svarint(p.mark_number);
  out.svarint(p.published_ms);
  out.svarint(p.embargo_ms);
  out.str(p.headline);
  out.str(p.language);
  out.u8(p.unsupported_language);
  out.str(p.preset);
  write_fingerprint(out, p.fingerprint);
  write_lines(out, p.lines);
  out.varint(p.claims.size());
  for (const Claim& c : p.claims) write_claim(out, c);
  for (const std::string* piece : {&p.head, &p.lean, &p.associations, &p.geotags, &p.knowledge}) out.str(*piece);
}

void read_readable(ByteReader& in, std::uint8_t format, Prepared& p) {
  p.provider = in.str();
  p.id = in.str();
  p.version = in.svarint();
  p.status = read_enum(in, PubStatus::kCanceled);
  p.mark = read_enum(in, Mark::kKill);
  p.mark_number = static_cast<int>(in.svarint());
  p.published_ms = in.svarint();
  p.embargo_ms = in.svarint();
  p.headline = in.str();
  p.language = in.str();
  if (format >= 4) {
    p.unsupported_language = in.u8() != 0;
    p.preset = in.str();
  }
  p.fingerprint = read_fingerprint(in, format);
  if (format >= 3) p.lines = read_lines(in);
  p.claims.resize(in.count(kShortestClaim));
  for (std::size_t i = 0; i < p.claims.size(); ++i) {
    p.claims[i] = read_claim(in, format);
    if (p.claims[i].same_as.value_or(0) >= std::max<std::size_t>(i, 1)) in.fail();  // an earlier one, or none
  }
  for (std::string* piece : {&p.head, &p.lean, &p.associations, &p.geotags, &p.knowledge}) *piece = in.str();
}

}  // namespace

void append_prepared(const Prepared& p, std::string& buffer) {
  ByteWriter out(buffer);
  out.u8(kFormat);
  out.str(p.at.topic);
  out.svarint(p.at.partition);
  out.svarint(p.at.offset);
  out.svarint(p.record_ms);
  out.u8(static_cast<std::uint8_t>(p.reason));
  out.str(p.detail);
  out.str(p.uri);
  if (!p.rejected()) write_readable(out, p);
}

Result<Prepared> read_prepared(std::string_view bytes) {
  ByteReader in(bytes);
  const std::uint8_t format = in.u8();
  if (format == 0 || format > kFormat) return fail("a prepared article of another format");
  Prepared p;
  p.at.topic = in.str();
  p.at.partition = static_cast<std::int32_t>(in.svarint());
  p.at.offset = in.svarint();
  p.record_ms = in.svarint();
  p.reason = read_enum(in, kLastReason);
  p.detail = in.str();
  p.uri = in.str();
  if (!p.rejected()) read_readable(in, format, p);
  if (!in.ok()) return fail("a prepared article that is cut or damaged");
  if (!in.at_end()) return fail("a prepared article with bytes after its end");
  return p;
}

}  // namespace tocsin
