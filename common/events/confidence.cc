#include "common/events/confidence.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <string>

namespace tocsin {
namespace {

constexpr std::string_view kType = "type=";
constexpr float kMostWeight = 20;

}  // namespace

Result<Confidence> Confidence::read(std::string_view file, std::string_view table) {
  Confidence out;
  const auto place_of = [&](std::string_view name) -> float* {
    if (name == "bias") return &out.bias_;
    if (name == "rule") return &out.rule_;
    if (name.starts_with(kType)) {
      const auto type = event_type_from(name.substr(kType.size()));
      return type ? &out.types_[static_cast<std::size_t>(*type)] : nullptr;
    }
    const auto* const sign = std::ranges::find(kSignNames, name);
    return sign != std::end(kSignNames) ? &out.signs_[static_cast<std::size_t>(sign - kSignNames)] : nullptr;
  };
  int number = 0;
  while (!table.empty()) {
    const std::size_t end = std::min(table.find('\n'), table.size());
    std::string_view line = table.substr(0, end);
    table.remove_prefix(std::min(end + 1, table.size()));
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    const auto stop = [&](std::string_view reason) {
      return fail(std::string(file) + ":" + std::to_string(number) + ": " + std::string(reason));
    };
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos) return stop("a line is a name, a tab and a weight");
    float* const weight = place_of(line.substr(0, tab));
    const std::string_view name = line.substr(0, std::min<std::size_t>(tab, 64));
    const bool printable = std::ranges::all_of(name, [](char c) { return c >= ' ' && c < 0x7f; });
    if (!weight) return stop("there is no " + (printable ? "sign \"" + std::string(name) + "\"" : "such sign"));
    const std::string_view value = line.substr(tab + 1);
    const auto [last, error] = std::from_chars(value.data(), value.data() + value.size(), *weight);
    if (error != std::errc{} || last != value.data() + value.size() || !(std::abs(*weight) <= kMostWeight))
      return stop("a weight is a number from -20 to 20");
  }
  return out;
}

double Confidence::of(const Event& event, float rule) const {
  const double prior = std::clamp(static_cast<double>(rule), 0.01, 0.99);
  double odds = static_cast<double>(bias_) + static_cast<double>(rule_) * std::log(prior / (1 - prior)) +
                static_cast<double>(types_[static_cast<std::size_t>(event.type)]);
  for (std::uint32_t left = event.signs; left != 0; left &= left - 1)
    odds += static_cast<double>(signs_[static_cast<std::size_t>(std::countr_zero(left))]);
  return 1 / (1 + std::exp(-odds));
}

std::vector<SureBecause> Confidence::because(const Event& event) const {
  std::vector<SureBecause> out;
  out.push_back({to_string(event.type), types_[static_cast<std::size_t>(event.type)]});
  for (std::size_t i = 0; i < signs_.size(); ++i)
    if (event.signs >> i & 1) out.push_back({kSignNames[i], signs_[i]});
  std::erase_if(out, [](const SureBecause& b) { return b.weight == 0; });
  std::ranges::stable_sort(out, std::ranges::greater{}, [](const SureBecause& b) { return std::abs(b.weight); });
  return out;
}

}  // namespace tocsin
