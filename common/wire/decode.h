// Decode: the bytes of one raw record become an Article, or a reason why they cannot.
//
//   payload -> UTF-16, UTF-8 with a mark, a stray windows-1252 byte -> UTF-8
//           -> JSON or XML by a preset (presets.yaml), else HTML or plain text
//
// Nothing is guessed that a preset can say. `auto` looks at the first bytes, in JSON at the names of the top level, in
// XML at the outermost element.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "common/article/article.h"
#include "common/wire/presets.h"

namespace tocsin {

struct DecodeLimits {
  std::size_t article_bytes = 8U << 20;
  std::size_t depth = 64;  // of JSON's and XML's nesting
  std::size_t id_bytes = 1024;
};

struct Rejection {
  Reason reason = Reason::kNone;
  std::string detail;  // one line, no article text
  std::string uri;     // as stated, when it was read before things went wrong; else empty
};

// The uri of an article that states none: "urn:tocsin:wire.raw:0:17", in `enrich` "urn:tocsin:line:18".
std::string uri_from(const Coordinates& at);

// Has a parser and buffers; one a thread. The presets must outlive it.
class Decoder {
 public:
  Decoder(const Presets& presets, const DecodeLimits& limits);
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  // `preset` is a name of presets.yaml, or text, html, or auto. Never throws.
  tl::expected<Article, Rejection> decode(std::string_view payload, std::string_view preset, const Arrival& arrival);
  // Why the last article was read with the preset it has, for a person: "auto: uri and versionCreated are there".
  const std::string& why() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tocsin
