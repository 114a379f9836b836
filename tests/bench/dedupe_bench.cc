// Sketching, admission beside 10 k, 100 k and 1 M heads, and restoring 1 M heads from blocks.
#include <benchmark/benchmark.h>

#include <random>

#include "common/dedupe/story_book.h"
#include "tests/dedupe/made_up.h"

namespace tocsin {
namespace {

constexpr std::size_t kWords = 280;  // about 2.1 kB

void BM_Fingerprint(benchmark::State& state) {
  Document headline, body;
  headline.assign("");
  body.assign(made_up::text(1, kWords));
  Fingerprinter fingerprinter;
  for (auto _ : state) benchmark::DoNotOptimize(fingerprinter.fingerprint(headline, body));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.text().size()));
}
BENCHMARK(BM_Fingerprint);

// A new article with the sketch of a real one moved elsewhere: as unlike all others as real articles are.
Prepared stranger(std::mt19937_64& random, std::int64_t n) {
  static const Prepared model = made_up::article(0, "provider", "", 0, made_up::text(1, kWords));
  Prepared p = model;
  p.at.offset = n;
  p.id = "id" + std::to_string(n);
  p.uri = "urn:newsml:example.org:20260101:" + p.id;
  p.fingerprint.exact = random();
  const std::uint64_t top = p.fingerprint.sketch.back();
  for (std::uint64_t& v : p.fingerprint.sketch) v = random() % top;
  std::sort(p.fingerprint.sketch.begin(), p.fingerprint.sketch.end());
  return p;
}

void fill(StoryBook& book, std::int64_t heads, std::mt19937_64& random, std::vector<std::string>* blocks) {
  std::vector<MemoryRecord> memory;
  for (std::int64_t i = 0; i < heads; ++i) {
    book.decide(stranger(random, i));
    if (i % 1000 != 999) continue;
    std::string block;
    book.take_block(block);
    book.take_memory(memory);
    memory.clear();
    if (blocks != nullptr) blocks->push_back(std::move(block));
  }
}

void BM_Admission(benchmark::State& state) {
  std::mt19937_64 random(1);
  StoryBook book(StoryBookOptions{.max_heads = 4'000'000});
  fill(book, state.range(0), random, nullptr);
  std::vector<Prepared> fresh;
  for (int i = 0; i < 20'000; ++i) fresh.push_back(stranger(random, state.range(0) + i));
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(book.decide(fresh[i++]));
  const StoryBook::Size size = book.size();
  state.counters["bytes/head"] = static_cast<double>(size.memory_bytes) / static_cast<double>(size.heads);
}
BENCHMARK(BM_Admission)->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->Iterations(19'999);

void BM_Restore(benchmark::State& state) {
  std::mt19937_64 random(1);
  std::vector<std::string> blocks;
  {
    StoryBook book(StoryBookOptions{.max_heads = 4'000'000});
    fill(book, state.range(0), random, &blocks);
  }
  std::size_t bytes = 0;
  for (auto _ : state) {
    StoryBook book(StoryBookOptions{.max_heads = 4'000'000});
    for (const std::string& block : blocks) {
      ByteReader in(block);
      if (!book.apply_block(in)) state.SkipWithError("a block was refused");
      bytes += block.size();
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(BM_Restore)->Arg(100'000)->Arg(1'000'000)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tocsin
