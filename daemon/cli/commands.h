// The bodies of the subcommands. cli.cc parses the command line into these options and calls one of them; each returns
// the exit code of cli.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "daemon/config.h"

namespace tocsin {

// run.cc: the daemon. Returns after a graceful stop (0) or a failure that a restart may mend (1).
int run_command(const Config& config);

// notify.cc: posts alerts to webhooks. Returns as run_command does.
int notify_command(const Config& config);

struct DemoOptions {
  bool stay = false;  // keep broker and daemon running until a signal comes
};
int demo_command(const DemoOptions& options);  // demo.cc

struct EnrichOptions {
  std::string config;  // empty: defaults, and the compiled knowledge beside the binary
  std::string preset = "auto";
  bool keep_text = false;
  bool dedupe = true;
  std::size_t threads = 0;  // 0: all cores
  std::string file;         // .ndjson, .jsonl: one article a line, else one article; empty: standard input, lines
};
int enrich_command(const EnrichOptions& options);  // enrich.cc

// Puts dead letters back into the raw topic that they came from. Empty filters let everything pass.
struct ReplayOptions {
  std::vector<std::string> reasons;
  std::string topic;  // raw topic
  std::optional<std::int32_t> partition;
  std::optional<std::int64_t> from_offset, to_offset;  // of the raw record, both inclusive
  std::optional<std::int64_t> since_ms, until_ms;      // of the dead letter's time
  std::size_t max_replays = 3;                         // a letter that came back as often stays
  bool dry_run = false;
  bool notify = false;  // letters of `tocsin notify`, back to wire.alerts and for their webhook alone
};
int replay_command(const Config& config, const ReplayOptions& options);  // replay.cc

// tap.cc: what passes on a topic, a line a record. Empty filters let everything pass; of one filter any word will do.
struct TapOptions {
  std::string topic = "enriched";    // enriched, alerts, duplicates, dead-letter, notify-dead-letter, or a topic's name
  std::vector<std::string> types;    // event types; of dead letters: reasons
  std::vector<std::string> places;   // names, or ISO 3166-1 alpha-2 codes in capitals
  std::vector<std::string> sources;  // parts of the source's name or of the uri
  std::optional<std::int64_t> since_ms;  // from the end when not given
  std::size_t count = 0;                 // stop after so many; 0: go on
  bool stop_at_end = false;              // at the end as it was at the start
  bool json = false;                     // records as they are
};
int tap_command(const Config& config, const TapOptions& options);

// top.cc: a live view of one or more daemons by their admin addresses.
struct TopOptions {
  std::vector<std::string> addresses;  // host:port
  std::string token_file = {};         // of admin.token_file's token; empty: none is sent
  double interval_s = 2;
  bool once = false;  // one frame, for scripts
};
int top_command(const TopOptions& options);

// explain.cc: what was made of one article, and why.
struct ExplainOptions {
  std::string config;  // empty: defaults, and the compiled knowledge beside the binary
  std::string preset = "auto";
  std::string article;         // a file, "-" for standard input, or TOPIC:PARTITION:OFFSET
  std::string before;          // file of earlier articles, one a line, that it may be a copy of
  std::size_t earlier = 1000;  // of coordinates: records before it in its partition, for the same
  bool html = false;           // one self-contained page instead of text
};
int explain_command(const ExplainOptions& options);

struct CheckOptions {
  std::string file;
  bool online = false;            // also look at the broker's topics
  bool create = false;            // and create those that are missing
  std::int32_t partitions = 4;    // of created topics that may have any number
  std::int32_t replication = -1;  // of created topics; -1: the broker's default
};
int check_command(const CheckOptions& options);  // check.cc

int test_rules_command(const std::string& directory);  // test_rules.cc

struct CompileOptions {
  std::string what;       // "gazetteer"
  std::string directory;  // of tables
  std::string places;     // cities500.txt
  std::string output;     // image to write
};
int compile_command(const CompileOptions& options);  // compile.cc

int metrics_doc_command();  // metrics_doc.cc

}  // namespace tocsin
