// Any bytes as a raw record: an article or a reason, never a crash; what is carried is JSON; the same bytes twice are
// the same article.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "common/wire/decode.h"
#include "common/wire/json_check.h"

using namespace tocsin;

namespace {

const Presets& presets() {
  static const Presets loaded = [] {
    auto p = Presets::load(TOCSIN_SOURCE_DIR "/common/knowledge/presets.yaml");
    if (!p) std::abort();
    return std::move(*p);
  }();
  return loaded;
}

bool is_json(const std::string& text) { return check_json(text, 80).fault == JsonFault::kNone; }

bool carried_is_json(const Carried& c) {
  for (const std::string* members : {&c.standard, &c.own})
    if (!members->empty() && !is_json("{" + members->substr(1) + "}")) return false;
  for (const std::string* list :
       {&c.headlines, &c.bodies, &c.places, &c.subjects, &c.events, &c.alt_ids, &c.associations, &c.info_sources})
    if (!is_json("[" + *list + "]")) return false;
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Decoder decoder(presets(), {.article_bytes = 1U << 16, .depth = 64, .id_bytes = 1024});
  const std::string_view payload(reinterpret_cast<const char*>(data), size);
  for (const char* preset : {"auto", "plain", "ninjs-3"}) {
    const auto article = decoder.decode(payload, preset, {});
    if (!article) {
      if (article.error().reason == Reason::kNone || article.error().detail.empty()) std::abort();
      continue;
    }
    if (article->uri.empty() || !carried_is_json(article->carried)) std::abort();
    const auto again = decoder.decode(payload, preset, {});
    if (!again || again->body != article->body || again->uri != article->uri) std::abort();
  }
  return 0;
}
