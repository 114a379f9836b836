// The text stage on one plain article of 3.6 kB, beside simdjson's parse of the same article in the same run: the ratio
// is what is compared between machines.
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <string>

#include "common/text/clean.h"
#include "common/text/document.h"
#include "common/text/html_article.h"
#include "common/text/language.h"

namespace tocsin {
namespace {

// Made-up news: 25 paragraphs, 3.6 kB.
std::string body() {
  static const char* const kSentences[] = {
      "The ministry said on Tuesday that two patrol boats had entered the strait before dawn and left again after an "
      "hour. ",
      "“We saw them, we called them, they did not answer,” said Capt. Ana Berg of the coast guard’s northern "
      "district. ",
      "Officials in the U.S. and in Norway declined to comment, but one diplomat called it the third such case since "
      "March. ",
      "Prices rose 1.4 percent to $82.10 a barrel, and shipping firms asked crews to keep at least 12 miles off the "
      "coast. ",
  };
  std::string text;
  for (int i = 0; text.size() < 3600; ++i) {
    text += kSentences[i % 4];
    if (i % 2 == 1) text += "\n\n";
  }
  return text;
}

const JunkRules& rules() {
  static const JunkRules loaded = [] {
    auto r = JunkRules::load(TOCSIN_SOURCE_DIR "/common/knowledge/junk.yaml");
    if (!r) std::abort();
    return std::move(*r);
  }();
  return loaded;
}

void BM_SimdjsonParse(benchmark::State& state) {
  const std::string text = body();
  std::string json = "{\"uri\":\"urn:x:1\",\"title\":\"Boats enter the strait\",\"text\":\"";
  for (const char c : text) json += c == '\n' ? std::string("\\n") : std::string(1, c);
  json += "\"}";
  simdjson::padded_string padded(json);
  simdjson::ondemand::parser parser;
  for (auto _ : state) {
    auto doc = parser.iterate(padded);
    benchmark::DoNotOptimize(std::string_view(doc["text"].get_string()).size());
  }
}
BENCHMARK(BM_SimdjsonParse);

void BM_Clean(benchmark::State& state) {
  Cleaner cleaner(rules());
  Article article;
  article.headline = "Boats enter the strait";
  article.body = body();
  for (auto _ : state) benchmark::DoNotOptimize(cleaner.clean(article, false).body.size());
}
BENCHMARK(BM_Clean);

void BM_Tokenise(benchmark::State& state) {
  const std::string text = body();
  Document document;
  for (auto _ : state) {
    document.assign(text);
    benchmark::DoNotOptimize(document.tokens().size());
  }
  state.counters["tokens"] = static_cast<double>(document.tokens().size());
}
BENCHMARK(BM_Tokenise);

void BM_Language(benchmark::State& state) {
  Document headline, document;
  document.assign(body());
  for (auto _ : state) benchmark::DoNotOptimize(find_language("", headline, document).tag.size());
}
BENCHMARK(BM_Language);

void BM_TextStage(benchmark::State& state) {
  Cleaner cleaner(rules());
  Article article;
  article.headline = "Boats enter the strait";
  article.body = body();
  Document headline, document;
  for (auto _ : state) {
    CleanText text = cleaner.clean(article, false);
    headline.assign(std::move(text.headline));
    document.assign(std::move(text.body));
    benchmark::DoNotOptimize(find_language("", headline, document).tag.size());
  }
}
BENCHMARK(BM_TextStage);

// A page of 130 kB: navigation, an article, a tail of links.
void BM_HtmlPage(benchmark::State& state) {
  std::string html =
      "<!DOCTYPE html><html lang=en><head><title>Boats enter the strait | Daily Example</title></head><body><nav><ul>";
  for (int i = 0; i < 400; ++i)
    html += "<li class=\"nav-item menu__entry\"><a href=\"/section/" + std::to_string(i) + "\">Section name</a></li>";
  html += "</ul></nav><article class=\"story-body\"><h1>Boats enter the strait</h1>";
  const std::string text = body();
  for (std::size_t at = 0; at < text.size(); at += 230)
    html += "<p class=\"story__paragraph\">" + text.substr(at, 230) + "</p>\n";
  html += "</article><aside class=\"related-stories\">";
  while (html.size() < 130000)
    html +=
        "<div class=\"card teaser\"><a href=\"/x\"><span class=\"headline\">Another story of the "
        "day</span></a></div>\n";
  html += "</aside></body></html>";
  for (auto _ : state) benchmark::DoNotOptimize(html_article(html, rules()).text.size());
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(html.size()));
}
BENCHMARK(BM_HtmlPage);

}  // namespace
}  // namespace tocsin
