#include "daemon/cli/cli.h"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>

#include "common/article/outcome.h"
#include "common/wire/date.h"
#include "daemon/cli/commands.h"
#include "daemon/config.h"
#include "daemon/notify_metrics.h"
#include "daemon/version.h"

namespace tocsin {
namespace {

constexpr int kWrongUse = 2;

bool notify_reason(const std::string& code) {
  for (std::size_t i = 0; i < kNotifyReasons; ++i)
    if (code == to_string(static_cast<NotifyReason>(i))) return true;
  return false;
}

// What the command line asked for; run when parsing is done.
using Chosen = std::function<int()>;

// --config FILE of the subcommands that work with a configuration; $TOCSIN_CONFIG stands in for it.
void add_config(CLI::App& command, std::string& path) {
  path = kDefaultConfig;
  command.add_option("-c,--config", path, "Configuration file")->envname("TOCSIN_CONFIG")->capture_default_str();
}

int with_config(const std::string& path, const std::function<int(const Config&)>& body) {
  const auto config = load_config(path);
  if (config) return body(*config);
  std::fprintf(stderr, "tocsin: %s\n", config.error().message.c_str());
  return kWrongUse;
}

void add_run(CLI::App& app, std::string& path, Chosen& chosen) {
  CLI::App& command = *app.add_subcommand("run", "Run the daemon");
  add_config(command, path);
  command.callback([&] { chosen = [&] { return with_config(path, run_command); }; });
}

void add_notify(CLI::App& app, std::string& path, Chosen& chosen) {
  CLI::App& command = *app.add_subcommand("notify", "Post alerts to webhooks");
  add_config(command, path);
  command.callback([&] { chosen = [&] { return with_config(path, notify_command); }; });
}

void add_enrich(CLI::App& app, EnrichOptions& options, Chosen& chosen) {
  CLI::App& command = *app.add_subcommand("enrich", "Enrich articles from standard input, one JSON object a line");
  command.add_option(
      "file", options.file,
      "FILE.ndjson or FILE.jsonl instead of standard input;\nany other FILE is one article (.txt, .html, JSON, XML)");
  command.add_option("-c,--config", options.config, "Configuration file; without it, defaults and the built knowledge")
      ->envname("TOCSIN_CONFIG");
  command.add_option("--preset", options.preset, "How articles are written (docs/record.md)")->capture_default_str();
  command.add_flag("--keep-text", options.keep_text,
                   "Publish the text unchanged: no line removed or taken as headline");
  command.add_flag("!--no-dedupe", options.dedupe, "Treat every article as new");
  command.add_option("--threads", options.threads, "Threads that prepare; 0: all cores")->capture_default_str();
  command.callback([&] { chosen = [&] { return enrich_command(options); }; });
}

void add_demo(CLI::App& app, DemoOptions& options, Chosen& chosen) {
  CLI::App& command = *app.add_subcommand("demo", "Show it at work: an embedded broker and made-up news");
  command.add_flag("--stay", options.stay, "Keep broker and daemon running until a signal comes");
  command.callback([&] { chosen = [&] { return demo_command(options); }; });
}

// "2026-03-16T08:00:00Z" and the other forms that articles may have.
CLI::Option* add_time(CLI::App& command, const std::string& name, std::optional<std::int64_t>& ms,
                      const std::string& help) {
  return command.add_option_function<std::string>(
      name,
      [&ms, name](const std::string& text) {
        ms = parse_date(text);
        if (!ms) throw CLI::ValidationError(name, "\"" + text + "\" is no date; write 2026-03-16T08:00:00Z");
      },
      help);
}

void add_replay(CLI::App& app, std::string& path, ReplayOptions& options, Chosen& chosen) {
  CLI::App& command = *app.add_subcommand("replay", "Put dead letters back into the raw topic that they came from");
  add_config(command, path);
  command.add_option("--reason", options.reasons, "Only these reasons (may be repeated)")
      ->check([](const std::string& code) {
        return reason_from(code) || notify_reason(code) ? std::string()
                                                        : "\"" + code + "\" is no reason; docs/record.md lists them";
      });
  command.add_option("--topic", options.topic, "Only letters of this raw topic");
  command.add_option("--partition", options.partition, "Only letters of this raw partition");
  command.add_option("--from-offset", options.from_offset, "First offset in the raw topic");
  command.add_option("--to-offset", options.to_offset, "Last offset in the raw topic");
  add_time(command, "--since", options.since_ms, "Only letters written at or after this time");
  add_time(command, "--until", options.until_ms, "Only letters written before this time");
  command.add_option("--max-replays", options.max_replays, "A letter that came back as often stays")
      ->capture_default_str();
  command.add_flag("--notify", options.notify, "Letters of tocsin notify, each for its webhook alone");
  command.add_flag("--dry-run", options.dry_run, "Count, put nothing back");
  command.callback(
      [&] { chosen = [&] { return with_config(path, [&](const Config& c) { return replay_command(c, options); }); }; });
}

void add_tap(CLI::App& app, std::string& path, TapOptions& options, Chosen& chosen) {
  CLI::App& command = *app.add_subcommand("tap", "Show what passes on a topic, without joining any group");
  add_config(command, path);
  command
      .add_option("topic", options.topic, "enriched, alerts, duplicates, dead-letter, notify-dead-letter, or a name")
      ->capture_default_str();
  command.add_option("--type", options.types, "Only these event types; of dead letters: reasons (may be repeated)");
  command.add_option("--place", options.places, "Only these places: names, or countries as JP (may be repeated)");
  command.add_option("--source", options.sources, "Only where source or uri contains this (may be repeated)");
  add_time(command, "--since", options.since_ms, "Begin at this time, not at the end");
  command.add_option("-n,--count", options.count, "Stop after so many; 0: go on")->capture_default_str();
  command.add_flag("--stop-at-end", options.stop_at_end, "Stop at the end as it is now");
  command.add_flag("--json", options.json, "Records as they are, one a line");
  command.callback(
      [&] { chosen = [&] { return with_config(path, [&](const Config& c) { return tap_command(c, options); }); }; });
}

void add_top(CLI::App& app, TopOptions& options, Chosen& chosen) {
  CLI::App& command = *app.add_subcommand("top", "Live view of running daemons");
  options.addresses = {"127.0.0.1:9464"};
  command.add_option("address", options.addresses, "Admin addresses, host:port")->capture_default_str();
  command.add_option("--interval", options.interval_s, "Seconds between frames")
      ->check(CLI::Range(0.2, 3600.0))
      ->capture_default_str();
  command.add_option("--token-file", options.token_file, "Holds the token that the instances ask for");
  command.add_flag("--once", options.once, "Print one frame and end; exit code 1 when no address answers");
  command.callback([&] { chosen = [&] { return top_command(options); }; });
}

void add_explain(CLI::App& app, ExplainOptions& options, Chosen& chosen) {
  CLI::App& command = *app.add_subcommand("explain", "Say what was made of an article, and why");
  command
      .add_option("article", options.article,
                  "A file (JSON, .txt, .html), - for standard input, or\n"
                  "TOPIC:PARTITION:OFFSET of a raw record")
      ->required();
  command
      .add_option(
          "-c,--config", options.config,
          std::string("Configuration file; without it, of a file defaults and the built knowledge,\nof a raw record ") +
              kDefaultConfig)
      ->envname("TOCSIN_CONFIG");
  command.add_option("--preset", options.preset, "How the article is written (docs/record.md)")->capture_default_str();
  command.add_option("--before", options.before, "File of earlier articles, one a line, that it may be a copy of");
  command.add_option("--earlier", options.earlier, "With coordinates: so many records before it, for the same")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  command.add_flag("--html", options.html, "One self-contained page instead of text");
  command.callback([&] { chosen = [&] { return explain_command(options); }; });
}

void add_check(CLI::App& app, CheckOptions& options, Chosen& chosen) {
  CLI::App& command = *app.add_subcommand("check", "Check a configuration, its rules, presets and gazetteer");
  options.file = kDefaultConfig;
  command.add_option("-c,--config,file", options.file, "Configuration file")
      ->envname("TOCSIN_CONFIG")
      ->capture_default_str();
  command.add_flag("--online", options.online, "Also ask the brokers whether the topics are as they must be");
  command.add_flag("--create", options.create, "Create the topics that are missing, then check");
  command.add_option("--partitions", options.partitions, "Of created topics that may have any number")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command.add_option("--replication", options.replication, "Of created topics; the broker's default when not given");
  command.callback([&] { chosen = [&] { return check_command(options); }; });
}

void add_test_rules(CLI::App& app, std::string& directory, Chosen& chosen) {
  CLI::App& command = *app.add_subcommand("test-rules", "Run the examples that stand in the rules");
  command.add_option("directory", directory, "Directory of rules")->required();
  command.callback([&] { chosen = [&] { return test_rules_command(directory); }; });
}

void add_compile(CLI::App& app, CompileOptions& options, Chosen& chosen) {
  CLI::App& command = *app.add_subcommand("compile", "Compile the gazetteer's tables into the image that is mapped");
  command.add_option("what", options.what, "What to compile: gazetteer")
      ->required()
      ->check(CLI::IsMember({"gazetteer"}));
  command.add_option("--tables", options.directory, "Directory of tables")->required();
  command.add_option("--places", options.places, "Populated places, GeoNames format (cities500.txt)")->required();
  command.add_option("-o,--output", options.output, "Image to write")->required();
  command.callback([&] { chosen = [&] { return compile_command(options); }; });
}

void add_metrics_doc(CLI::App& app, Chosen& chosen) {
  CLI::App& command = *app.add_subcommand("metrics-doc", "Print the documentation of all metrics (docs/metrics.md)");
  command.callback([&] { chosen = [] { return metrics_doc_command(); }; });
}

}  // namespace

int run_cli(int argc, char** argv) {
  CLI::App app{
      "Tocsin reads raw articles from Kafka, drops what it has already told, says where each story happens,\n"
      "rings when the story is a missile launch or another security event, and writes enriched records back."};
  app.name("tocsin");
  app.require_subcommand(1);
  app.set_version_flag("--version", "tocsin " + std::string(version()));
  app.footer("Exit codes: 0 done, 1 failed, 2 a wrong configuration or command line.");

  Chosen chosen;
  CheckOptions check;
  TapOptions tap;
  TopOptions top;
  ExplainOptions explain;
  std::string rules;
  CompileOptions compile;
  std::string config_path;
  DemoOptions demo;
  EnrichOptions enrich;
  ReplayOptions replay;
  add_run(app, config_path, chosen);
  add_notify(app, config_path, chosen);
  add_enrich(app, enrich, chosen);
  add_demo(app, demo, chosen);
  add_replay(app, config_path, replay, chosen);
  add_tap(app, config_path, tap, chosen);
  add_top(app, top, chosen);
  add_explain(app, explain, chosen);
  add_check(app, check, chosen);
  add_test_rules(app, rules, chosen);
  add_compile(app, compile, chosen);
  add_metrics_doc(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongUse;  // --help and --version are no errors
  }
  return chosen();
}

}  // namespace tocsin
