// Sketching, admission beside 10 k heads to 10 M, restoring 1 M heads from blocks, texts made to be costly, and what
// all of it costs on texts of one's own: TOCSIN_BENCH_TEXTS names a file of them, a NUL behind each.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
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
  StoryBook book(StoryBookOptions{.max_heads = 12'000'000});
  fill(book, state.range(0), random, nullptr);
  std::vector<Prepared> fresh;
  for (int i = 0; i < 20'000; ++i) fresh.push_back(stranger(random, state.range(0) + i));
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(book.decide(fresh[i++]));
  const StoryBook::Size size = book.size();
  state.counters["bytes/head"] = static_cast<double>(size.memory_bytes) / static_cast<double>(size.heads);
}
BENCHMARK(BM_Admission)->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->Arg(10'000'000)->Iterations(19'999);

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

// A million articles that share something, decided one after the other: microseconds an article over the last tenth
// before 10 k, 100 k and 1 M, the mean and the worst but one in a thousand.
template <typename Make>
void hostile(benchmark::State& state, Make make) {
  using Clock = std::chrono::steady_clock;
  for (auto _ : state) {
    std::mt19937_64 random(1);
    StoryBook book(StoryBookOptions{.max_heads = 4'000'000});
    std::vector<double> took;
    std::vector<MemoryRecord> memory;
    std::string block;
    std::int64_t i = 0;
    for (const auto& [name, until] : {std::pair("10k", 10'000), {"100k", 100'000}, {"1M", 1'000'000}}) {
      took.clear();
      for (; i < until; ++i) {
        const Prepared p = make(random, i);
        const auto began = Clock::now();
        book.decide(p);
        if (10 * i >= 9 * until)
          took.push_back(std::chrono::duration<double, std::micro>(Clock::now() - began).count());
        if (i % 1000 != 999) continue;
        block.clear();
        memory.clear();
        book.take_block(block);
        book.take_memory(memory);
      }
      double sum = 0;
      for (const double us : took) sum += us;
      std::sort(took.begin(), took.end());
      state.counters[std::string("mean_us@") + name] = sum / static_cast<double>(took.size());
      state.counters[std::string("p999_us@") + name] = took[took.size() * 999 / 1000];
      state.counters[std::string("worst_us@") + name] = took.back();
    }
    state.counters["heads"] = static_cast<double>(book.size().heads);
  }
}

// Half of every text is one and the same block.
void BM_SharedBoilerplate(benchmark::State& state) {
  std::vector<std::uint64_t> block;
  hostile(state, [&block](std::mt19937_64& random, std::int64_t i) {
    Prepared p = stranger(random, i);
    auto& sketch = p.fingerprint.sketch;
    if (block.empty()) block.assign(sketch.begin(), sketch.begin() + kSketchSize / 2);
    for (std::size_t k = 0; k < block.size(); ++k) sketch[2 * k] = block[k];
    std::sort(sketch.begin(), sketch.end());
    return p;
  });
}
BENCHMARK(BM_SharedBoilerplate)->Iterations(1)->Unit(benchmark::kMillisecond);

void BM_OneTextAgainAndAgain(benchmark::State& state) {
  std::mt19937_64 same(7);
  const Prepared text = stranger(same, 0);
  hostile(state, [&text](std::mt19937_64&, std::int64_t i) {
    Prepared p = text;
    p.at.offset = i;
    p.id = "id" + std::to_string(i);
    return p;
  });
}
BENCHMARK(BM_OneTextAgainAndAgain)->Iterations(1)->Unit(benchmark::kMillisecond);

// All sketches are one, and no two are one story: short texts of different days.
void BM_OneSketch(benchmark::State& state) {
  std::mt19937_64 same(7);
  const Prepared text = stranger(same, 0);
  hostile(state, [&text](std::mt19937_64& random, std::int64_t i) {
    Prepared p = stranger(random, i);
    p.fingerprint.sketch = text.fingerprint.sketch;
    p.fingerprint.words = 50;
    p.fingerprint.dateline_day = static_cast<std::int16_t>(i % 400);
    return p;
  });
}
BENCHMARK(BM_OneSketch)->Iterations(1)->Unit(benchmark::kMillisecond);

// Values that all want the same places of the index.
void BM_OnePlaceInTheIndex(benchmark::State& state) {
  hostile(state, [](std::mt19937_64& random, std::int64_t i) {
    Prepared p = stranger(random, i);
    for (std::size_t k = 0; k < p.fingerprint.sketch.size(); ++k)
      p.fingerprint.sketch[k] = random() << 40 | (random() & 0xffffff);
    std::sort(p.fingerprint.sketch.begin(), p.fingerprint.sketch.end());
    return p;
  });
}
BENCHMARK(BM_OnePlaceInTheIndex)->Iterations(1)->Unit(benchmark::kMillisecond);

// Tokenised, sketched and decided, in the order of the file.
void BM_TextsOfAFile(benchmark::State& state) {
  const char* const path = std::getenv("TOCSIN_BENCH_TEXTS");
  if (path == nullptr) return state.SkipWithError("TOCSIN_BENCH_TEXTS names no file of texts");
  std::ifstream file(path, std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(file), {}};
  std::int64_t n = 0;
  for (auto _ : state) {
    StoryBook book(StoryBookOptions{});
    n = 0;
    for (std::size_t at = 0; at < all.size(); ++n) {
      const std::size_t end = std::min(all.find('\0', at), all.size());
      benchmark::DoNotOptimize(book.decide(made_up::article(n, "provider", "", 0, all.substr(at, end - at))));
      at = end + 1;
    }
  }
  state.SetItemsProcessed(state.iterations() * n);
}
BENCHMARK(BM_TextsOfAFile)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tocsin
