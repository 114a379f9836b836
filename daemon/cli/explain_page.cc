#include "daemon/cli/explain_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

#include "daemon/cli/explain_text.h"

namespace tocsin {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .6rem 0; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0; font-size: .9rem; }
dt { opacity: .65; } dd { margin: 0; overflow-wrap: anywhere; }
article { white-space: pre-wrap; overflow-wrap: anywhere; border-top: 1px solid #8886; margin-top: 1rem; padding-top: 1rem; }
del { display: block; white-space: pre-line; opacity: .6; font-size: .85rem; max-height: 9rem; overflow: auto; }
del::after { content: " removed by " attr(title); text-decoration: none; display: inline-block; font-style: italic; margin-left: .4rem; }
.place { border-bottom: 2px solid #2a7; } .passed { border-bottom: 1px dotted #888; } .event { background: #fb36; }
table { border-collapse: collapse; font-size: .9rem; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid #8883; }
pre { white-space: pre-wrap; font-size: .8rem; overflow-wrap: anywhere; } .key { font-size: .85rem; }
)";

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 16);
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// Bytes [start, end) of a zone that are marked, and by what.
struct Marked {
  std::uint32_t start = 0;
  std::uint32_t end = 0;
  std::string_view css;
  std::string title;
};

std::vector<Marked> marks_of(const Explanation& told, Zone zone) {
  std::vector<Marked> marks;
  for (const GeoExplanation& name : told.names) {
    if (name.zone != zone) continue;
    const bool placed = name.taken && !name.candidates.empty();
    marks.push_back({name.start, name.end, name.taken ? "place" : "passed",
                     placed ? place_words(name.candidates.front().place)
                            : fmt::format("no place ({:.0f} %)", name.probability * 100)});
  }
  for (const Event& event : told.events)
    for (const Evidence& piece : event.evidence)
      if (piece.zone == zone)
        marks.push_back({piece.start, piece.end, "event",
                         fmt::format("{}, {}", to_string(event.type), to_string(event.factuality))});
  return marks;
}

// The text from `at` to `end`, each stretch in one span for all that marks it.
void append_marked(std::string_view text, std::size_t at, std::size_t end, const std::vector<Marked>& marks,
                   std::string& out) {
  std::vector<std::size_t> edges{at, end};
  for (const Marked& m : marks)
    for (const std::size_t edge : {m.start, m.end})
      if (edge > at && edge < end) edges.push_back(edge);
  std::ranges::sort(edges);
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    const std::size_t from = edges[i], to = edges[i + 1];
    if (from == to) continue;
    std::string css, title;
    for (const Marked& m : marks) {
      if (m.start > from || m.end < to) continue;
      css += (css.empty() ? "" : " ") + std::string(m.css);
      title += (title.empty() ? "" : "; ") + m.title;
    }
    const std::string stretch = escaped(text.substr(from, to - from));
    out +=
        css.empty() ? stretch : fmt::format("<span class=\"{}\" title=\"{}\">{}</span>", css, escaped(title), stretch);
  }
}

void append_body(const Explanation& told, std::string& out) {
  const std::vector<Marked> marks = marks_of(told, Zone::kBody);
  std::vector<const Removed*> removed;
  for (const Removed& r : told.text.removed) removed.push_back(&r);
  std::ranges::stable_sort(removed, {}, &Removed::at);
  out += "<article>";
  std::size_t at = 0;
  for (std::size_t i = 0; i < removed.size();) {
    const Removed& first = *removed[i];
    const std::size_t to = std::min(first.at, told.body.size());
    if (at < to) append_marked(told.body, at, to, marks, out);
    at = std::max(at, to);
    out += fmt::format("<del title=\"{}\">", escaped(first.rule));
    const std::size_t begin = i;  // a menu of a page is one box
    for (; i < removed.size() && removed[i]->at == first.at && removed[i]->rule == first.rule; ++i)
      out += (i == begin ? "" : "\n") + escaped(removed[i]->text);
    out += "</del>";
    while (at < told.body.size() && told.body[at] == '\n') ++at;  // it is a block of its own
  }
  append_marked(told.body, at, told.body.size(), marks, out);
  out += "</article>\n";
}

void append_fact(const char* name, std::string_view value, std::string& out) {
  if (!value.empty()) out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, escaped(value));
}

void append_tables(const Explanation& told, std::string& out) {
  if (!told.geotags.places.empty()) {
    out += "<h2>Places</h2>\n<table><tr><th>place<th>role<th>named<th>confidence</tr>\n";
    for (const Place& p : told.geotags.places)
      out += fmt::format("<tr><td>{}<td>{}<td>{}<td>{:.2f}</tr>\n", escaped(place_words(p)),
                         p.role == PlaceRole::kDateline ? "dateline"
                         : p.role == PlaceRole::kEvent  ? "event"
                                                        : "mentioned",
                         p.mention_count, p.confidence);
    out += "</table>\n";
  }
  out += "<h2>Events</h2>\n";
  if (told.events.empty()) {
    out += fmt::format("<p>None: {}.</p>\n", why_no_events(told));
    return;
  }
  out += "<table><tr><th>type<th>factuality<th>severity<th>salience<th>rule</tr>\n";
  for (const Event& e : told.events)
    out += fmt::format("<tr><td>{}<td>{}<td>{}<td>{}<td>{}</tr>\n", to_string(e.type), to_string(e.factuality),
                       e.severity, to_string(e.salience), escaped(e.rule));
  out += "</table>\n";
}

}  // namespace

std::string explain_page(const Explanation& told, const std::string& in_words) {
  const bool rejected = told.reason != Reason::kNone;
  const std::string headline = rejected                ? fmt::format("rejected: {}", to_string(told.reason))
                               : told.headline.empty() ? std::string("(no headline)")
                                                       : told.headline;
  std::string out = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n<title>{}</title>\n<style>{}</style>\n<h1>",
      escaped(headline), kStyle);
  if (rejected || told.headline.empty())
    out += escaped(headline);
  else
    append_marked(told.headline, 0, told.headline.size(), marks_of(told, Zone::kHeadline), out);
  out += "</h1>\n";
  if (!rejected) {
    out += "<dl>\n";
    append_fact("read as", told.preset + " (" + told.why + ")", out);
    append_fact("language", language_words(told.language), out);
    append_fact("byline", told.text.byline, out);
    append_fact("dateline", told.text.dateline, out);
    append_fact("provenance", told.text.provenance, out);
    append_fact("length",
                fmt::format("{} words, {} sentences, {} removed", told.words, told.sentences, told.text.removed.size()),
                out);
    out +=
        "</dl>\n<p class=\"key\"><span class=\"place\">a place</span> &middot; <span class=\"passed\">a name that is "
        "none</span> &middot; <span class=\"event\">evidence of an event</span></p>\n";
    append_body(told, out);
    append_tables(told, out);
  }
  out += "<h2>In words</h2>\n<pre>" + escaped(in_words) + "</pre>\n</html>\n";
  return out;
}

}  // namespace tocsin
