// Made-up articles for the tests of this folder: words from a generator, so that no text of anybody's is needed.
#pragma once

#include <concepts>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "common/article/prepared.h"
#include "common/dedupe/fingerprinter.h"
#include "common/text/document.h"

namespace tocsin::made_up {

inline std::string word(std::uint64_t n) {
  std::string out;
  for (n = n * 2654435761 % 3'000'017 + 26; n > 0; n /= 26) out += static_cast<char>('a' + n % 26);
  return out + static_cast<char>('a' + out[0] % 7) + "e";
}

// `n` words in sentences of nine, the same for the same seed.
inline std::string text(std::integral auto seed, std::size_t n) {
  std::mt19937_64 random(static_cast<std::uint64_t>(seed));
  std::string out;
  for (std::size_t i = 0; i < n; ++i) {
    std::string w = word(random() % 2'000'000);
    if (i % 9 == 0) w[0] = static_cast<char>(w[0] - 32);
    out += w;
    out += i % 9 == 8 || i + 1 == n ? ". " : " ";
  }
  return out;
}

// Prepares as the pipeline does what the story book reads.
inline Prepared article(std::int64_t offset, std::string provider, std::string id, std::int64_t version,
                        std::string body, std::int64_t record_ms = 1'700'000'000'000) {
  static Fingerprinter fingerprinter;
  static Document headline, document;
  headline.assign("");
  document.assign(std::move(body));
  Prepared p;
  p.at = {"wire.raw", 0, offset};
  p.record_ms = record_ms;
  p.provider = std::move(provider);
  p.id = std::move(id);
  p.uri = "urn:test:" + p.provider + ":" + (p.id.empty() ? std::to_string(offset) : p.id);
  p.version = version;
  p.fingerprint = fingerprinter.fingerprint(headline, document);
  return p;
}

}  // namespace tocsin::made_up
