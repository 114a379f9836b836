#include "common/events/rule_set.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "common/events/confidence.h"
#include "common/events/rule_loader.h"
#include "common/events/rule_tables.h"

namespace tocsin {
namespace {

// The one file that is no rule: how sure an event is.
constexpr std::string_view kConfidence = "confidence.tsv";

std::string hex(std::uint64_t v) {
  std::string out(16, '0');
  for (int i = 15; i >= 0; --i, v >>= 4) out[static_cast<std::size_t>(i)] = "0123456789abcdef"[v & 15];
  return out;
}

// FNV-1a, 64 bits.
std::uint64_t fnv(std::uint64_t hash, std::string_view bytes) {
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return (hash ^ 0xff) * 0x100000001b3ULL;
}

}  // namespace

RuleSet::RuleSet(std::unique_ptr<RuleTables> tables, std::unique_ptr<Confidence> confidence)
    : tables_(std::move(tables)), confidence_(std::move(confidence)) {}
RuleSet::~RuleSet() = default;
RuleSet::RuleSet(RuleSet&&) noexcept = default;
RuleSet& RuleSet::operator=(RuleSet&&) noexcept = default;
const std::string& RuleSet::hash() const { return tables_->hash; }
std::size_t RuleSet::rules() const { return tables_->rules.size(); }

Result<RuleSet> RuleSet::compile(std::vector<File> files) {
  std::ranges::sort(files, {}, &File::name);
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const File& f : files) hash = fnv(fnv(hash, f.name), f.content);
  Result<Confidence> confidence;
  const auto weights = std::ranges::find(files, kConfidence, &File::name);
  if (weights != files.end()) {
    confidence = Confidence::read(weights->name, weights->content);
    if (!confidence) return tl::unexpected(confidence.error());
    files.erase(weights);
  }
  auto tables = load_tables(files);
  if (!tables) return tl::unexpected(tables.error());
  (*tables)->hash = hex(hash);
  return RuleSet(std::move(*tables), std::make_unique<Confidence>(*confidence));
}

Result<RuleSet> RuleSet::load(const std::string& directory) {
  namespace fs = std::filesystem;
  std::vector<File> files;
  std::error_code error;
  fs::directory_iterator entries(directory, error);
  if (error) return fail(directory + ": " + error.message());
  for (const auto& entry : entries) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".yaml" && extension != ".tsv") continue;
    if (files.size() == kMaxFiles) return fail(directory + ": more than " + std::to_string(kMaxFiles) + " rule files");
    const std::string name = entry.path().filename().string();
    if (fs::file_size(entry.path(), error) > kMaxFileBytes || error)
      return fail(entry.path().string() + ": larger than " + std::to_string(kMaxFileBytes >> 20) +
                  " MiB, or not readable");
    std::ifstream in(entry.path(), std::ios::binary);
    if (!in) return fail(entry.path().string() + ": cannot be read");
    files.push_back({name, {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()}});
  }
  if (files.empty()) return fail(directory + ": no rule files (*.yaml) there");
  auto rules = compile(std::move(files));
  if (!rules) return fail(directory + "/" + rules.error().message);
  return rules;
}

}  // namespace tocsin
