// `tocsin enrich`: the pipeline without Kafka. One article a line in, one record a line out, in order.
//
//   reader thread -> batches of lines -> N preparers -> one mind, in order -> output
//
// The mind and the output are the caller's thread. At most kAhead batches for each preparer are between reader and
// mind, so memory is bounded whatever the input's size.
#pragma once

#include <cstdio>

#include "common/enrich.h"

namespace tocsin {

struct EnrichRun {
  std::shared_ptr<const Knowledge> knowledge;
  PrepareOptions prepare;
  MindOptions mind;
  std::size_t threads = 1;  // preparers
  bool progress = false;    // on standard error
};

struct EnrichTotals {
  std::int64_t articles = 0;
  std::int64_t rejected = 0;
};

// Reads lines from `in` to its end. An Error: reading or writing failed.
Result<EnrichTotals> enrich_lines(const EnrichRun& run, int in, std::FILE* out);
// What the name of a file says: text (.txt), html (.html, .htm), else auto.
std::string preset_of_file(std::string_view file);
// One article: the record and a line feed.
std::string enrich_one(const EnrichRun& run, std::string_view payload);

}  // namespace tocsin
