// Any bytes as XML: an article or a reason, never a crash; nothing that was declared expands; what is carried is JSON;
// the same bytes twice are the same article.
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

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_json(const std::string& text) { return check_json(text, 80).fault == JsonFault::kNone; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Decoder decoder(presets(), {.article_bytes = 1U << 16, .depth = 64, .id_bytes = 1024});
  // Behind a '<' it is XML, whatever comes; the first byte says which.
  const std::string payload = "<" + std::string(reinterpret_cast<const char*>(data), size);
  for (const char* preset : {"newsml-g2", "rss-item", "auto"}) {
    const auto article = decoder.decode(payload, preset, {});
    if (!article) {
      require(article.error().reason != Reason::kNone && !article.error().detail.empty());
      continue;
    }
    require(!article->uri.empty());
    // No byte of the document is published more often than once: as itself, or three times as long in UTF-8.
    require(article->body.size() <= 3 * payload.size() && article->headline.size() <= 3 * payload.size());
    require(is_json("[" + article->carried.subjects + "]"));
    require(article->carried.standard.empty() || is_json("{" + article->carried.standard.substr(1) + "}"));
    const auto again = decoder.decode(payload, preset, {});
    require(again && again->body == article->body && again->uri == article->uri);
  }
  return 0;
}
