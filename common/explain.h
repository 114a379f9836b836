// What every stage made of one article, for `tocsin explain`: the same stages in the same order as Preparer, with what
// they saw on the way kept. For people; slow.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/article/event.h"
#include "common/article/geotags.h"
#include "common/enrich.h"
#include "common/events/event_finder.h"
#include "common/places/geotagger.h"
#include "common/text/clean.h"
#include "common/text/language.h"

namespace tocsin {

struct Explanation {
  Reason reason = Reason::kNone;  // other than kNone: it was rejected, and `detail` alone is filled
  std::string detail;
  std::string preset;  // that read it
  std::string why;     // it was that one
  CleanText text;      // what was removed, and by which rule; what is published is in `headline` and `body`
  std::string headline, body;
  Language language;
  std::size_t words = 0, sentences = 0;  // of headline and body together
  std::vector<GeoExplanation> names;     // every name that was looked at, in order
  Geotags geotags;
  std::vector<Event> events;
  std::vector<std::vector<SureBecause>> sure;  // of each event
};

Explanation explain_article(const Knowledge& knowledge, const PrepareOptions& options, std::string_view payload,
                            const Arrival& arrival, const PromotedLines& promoted);

}  // namespace tocsin
