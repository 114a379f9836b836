// `tocsin demo`: the daemon as it is, fed from the embedded broker with made-up news, and what came out in plain words.

#include <simdjson.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "daemon/app.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/demo_articles.h"
#include "daemon/client_settings.h"
#include "daemon/kafka/embedded_broker.h"
#include "daemon/kafka/reader.h"
#include "daemon/kafka/transaction.h"
#include "daemon/topic_check.h"
#include "daemon/webhook/message.h"
#include "daemon/webhook/text_template.h"

namespace tocsin {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;
using simdjson::dom::element;

constexpr std::chrono::seconds kPatience{45};  // the embedded broker lets a group form for about 3 s

std::string text(const element& e, std::string_view pointer) {
  std::string_view value;
  return e.at_pointer(pointer).get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

Result<void> feed(const kafka::ClientSettings& client, const std::string& topic, std::size_t& sent) {
  auto producer = kafka::Transaction::open(client, {.id = "demo-feed"});
  if (!producer) return tl::unexpected(producer.error());
  if (auto r = (*producer)->init(milliseconds{10'000}); !r) return r;
  if (auto r = (*producer)->begin(); !r) return r;
  std::vector<DemoArticle> articles = demo_articles();
  articles.insert(articles.begin() + 3, DemoArticle{"sample", demo_sample()});
  for (DemoArticle& a : articles) {
    OutRecord record{.topic = topic, .key = a.key, .value = std::move(a.payload), .headers = {}};
    if (auto r = (*producer)->produce(record); !r) return r;
  }
  sent = articles.size();
  return (*producer)->commit();
}

struct Shown {
  std::size_t articles = 0, enriched = 0, links = 0, letters = 0, alerts = 0;
  std::map<std::string, std::size_t> relations;
  std::string sample, alert, letter;
};

void take(const Config& config, const RawRecord& record, Shown& shown, simdjson::dom::parser& parser) {
  const TopicsConfig& t = config.topics;
  const std::string value(record.payload);
  element e;
  const bool json = parser.parse(value).get(e) == simdjson::SUCCESS;
  if (record.topic == t.enriched) {
    ++shown.enriched;
    if (value.find("Lisbon Talks") != std::string::npos) shown.sample = value;
  } else if (record.topic == t.duplicates) {
    ++shown.links;
    if (json) ++shown.relations[text(e, "/enrichment/duplicate/relation")];
  } else if (record.topic == t.alerts) {
    ++shown.alerts;
    if (shown.alert.empty()) shown.alert = value;
  } else {
    ++shown.letters;
    for (const Header& h : record.headers)
      if (h.name == "tocsin.reason") shown.letter = h.value;
  }
  shown.articles = shown.enriched + shown.links + shown.letters;
}

void print_record(const std::string& json) {
  simdjson::dom::parser parser;
  element e;
  if (parser.parse(json).get(e) != simdjson::SUCCESS) return;
  std::printf("The sample, a scraped page, became one record:\n  headline   %s\n  by         %s\n",
              text(e, "/headlines/0/value").c_str(), text(e, "/by").c_str());
  simdjson::dom::array places;
  if (e.at_pointer("/enrichment/places").get(places) == simdjson::SUCCESS)
    for (const element p : places)
      std::printf("  place      %s (%s, %s)\n", text(p, "/name").c_str(), text(p, "/kind").c_str(),
                  text(p, "/country").c_str());
  simdjson::dom::array events;
  if (e.at_pointer("/enrichment/events").get(events) != simdjson::SUCCESS) return;
  for (const element event : events)
    std::printf("  event      %s, %s, %s: \"%s\"\n", text(event, "/type").c_str(), text(event, "/factuality").c_str(),
                text(event, "/salience").c_str(), text(event, "/evidence/0/text").c_str());
}

std::string in_words(const std::string& alert) {
  const auto read = read_alert(alert, 0);
  const auto words = TextTemplate::parse(TextTemplate::kDefault);
  return read && words ? words->fill(*read, TextTemplate::kMaxBytes) : alert;
}

void print(const Shown& shown, double seconds, const std::string& files) {
  std::printf("\n%zu articles went in, %zu records came out in %.1f s:\n", shown.articles,
              shown.articles + shown.alerts, seconds);
  std::printf("  %zu stories enriched, %zu duplicates linked, %zu dead letter (%s)\n\n", shown.enriched, shown.links,
              shown.letters, shown.letter.c_str());
  print_record(shown.sample);
  std::printf("\nDuplicates, by how they relate to what was told before:\n");
  for (const auto& [relation, n] : shown.relations) std::printf("  %-10s %zu\n", relation.c_str(), n);
  std::printf("\n%zu alert%s rang. The first:\n  %s\n", shown.alerts, shown.alerts == 1 ? "" : "s",
              in_words(shown.alert).c_str());
  std::printf("\nAs they went to Kafka: %s.record.json (the sample), %s.alert.json\n", files.c_str(), files.c_str());
}

void write(const std::string& path, const std::string& json) {
  if (std::FILE* f = std::fopen(path.c_str(), "w")) {
    std::fwrite(json.data(), 1, json.size(), f);
    std::fclose(f);
  }
}

// Reads what the daemon writes until every article is accounted for.
Result<Shown> watch(const Config& config, const kafka::ClientSettings& client, std::size_t sent,
                    const std::atomic<bool>& stop) {
  auto reader = kafka::Reader::open(client, {.group = "demo-watch"});
  if (!reader) return tl::unexpected(reader.error());
  const TopicsConfig& t = config.topics;
  std::vector<Position> positions;
  for (const std::string& topic : {t.enriched, t.duplicates, t.alerts, t.dead_letter})
    positions.push_back({topic, 0, kafka::Reader::kBeginning});
  if (auto r = (*reader)->assign(positions); !r) return tl::unexpected(r.error());
  Shown shown;
  simdjson::dom::parser parser;
  std::vector<RawRecord> records;
  int quiet = 0;
  for (const auto end = Clock::now() + kPatience; quiet < 3 && !stop;) {
    if (Clock::now() > end)
      return fail("only " + std::to_string(shown.articles) + " of " + std::to_string(sent) +
                  " articles came out in time");
    records.clear();
    (*reader)->read(records, {}, milliseconds{100});
    for (const RawRecord& r : records) take(config, r, shown, parser);
    quiet = records.empty() && shown.articles >= sent ? quiet + 1 : 0;  // alerts of the last batch come with it
  }
  return shown;
}

// What runs beside the daemon.
int drive(const Config& config, const std::atomic<unsigned>& port, bool stay, std::atomic<bool>& stop) {
  const kafka::ClientSettings client = client_settings(config);
  const auto began = Clock::now();
  std::size_t sent = 0;
  Result<void> fed = feed(client, config.topics.raw.front().name, sent);
  Result<Shown> shown = fed ? watch(config, client, sent, stop) : tl::unexpected(fed.error());
  if (!shown) {
    std::fprintf(stderr, "tocsin demo: %s\n", shown.error().message.c_str());
    stop = true;
    return 1;
  }
  const std::string files = "/tmp/tocsin-demo." + std::to_string(getpid());
  write(files + ".record.json", shown->sample);
  write(files + ".alert.json", shown->alert);
  print(*shown, std::chrono::duration<double>(Clock::now() - began).count(), files);
  if (stay) {
    std::printf("Page: http://127.0.0.1:%u/   Metrics: http://127.0.0.1:%u/metrics\n", port.load(), port.load());
    std::printf("\nThe broker (%s) and the daemon stay until you press Ctrl-C.\n", config.brokers.c_str());
  } else {
    std::puts(
        "With --stay the daemon goes on, and its page can be looked at. Your own articles, your own Kafka: "
        "docs/start.md");
    stop = true;
  }
  std::fflush(stdout);
  return 0;
}

}  // namespace

int demo_command(const DemoOptions& options) {
  auto broker = kafka::EmbeddedBroker::start();
  if (!broker) {
    std::fprintf(stderr, "tocsin demo: %s\n", broker.error().message.c_str());
    return 1;
  }
  Config config;
  config.brokers = (*broker)->bootstrap();
  config.topics.raw = {{"wire.raw", "auto"}};
  config.admin.port = 0;
  config.log.level = LogLevel::kError;  // the embedded broker does not tell the topics' configurations: a warning
  config.kafka.push_back({"log_level", "0", false});  // the embedded broker's own remarks are of no use here
  for (const kafka::NewTopic& topic : wanted_topics(config, 1, 1))
    if (auto r = (*broker)->create_topic(topic.name, 1); !r) {
      std::fprintf(stderr, "tocsin demo: %s\n", r.error().message.c_str());
      return 1;
    }
  std::printf("Tocsin demo: an embedded broker on %s, made-up news, the daemon as it is.\n", config.brokers.c_str());
  std::fflush(stdout);
  std::atomic<bool> stop{false};
  std::atomic<unsigned> port{0};
  int code = 0;
  std::thread driver;
  AppHooks hooks;
  hooks.started = [&](unsigned bound) {
    port = bound;
    driver = std::thread([&] { code = drive(config, port, options.stay, stop); });
  };
  const int daemon = run_app(config, stop, hooks);
  stop = true;
  if (driver.joinable()) driver.join();
  return daemon ? daemon : code;
}

}  // namespace tocsin
