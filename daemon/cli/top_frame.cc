#include "daemon/cli/top_frame.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>

#include "daemon/cli/terminal.h"

namespace tocsin {
namespace {

using simdjson::dom::element;

constexpr std::size_t kKinds = 6;   // of alerts and dead letters that are listed
constexpr std::size_t kAlerts = 5;  // last ones

template <typename... Args>
void say(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  std::string line;
  fmt::format_to(std::back_inserter(line), format, std::forward<Args>(args)...);
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + "\n";
}

std::string text(const element& root, std::string_view pointer) {
  std::string_view value;
  return root.at_pointer(pointer).get(value) ? std::string() : for_terminal(value, 160);
}

std::string count_words(double n) {
  if (n >= 1e9) return fmt::format("{:.1f}G", n / 1e9);
  if (n >= 1e6) return fmt::format("{:.1f}M", n / 1e6);
  if (n >= 1e4) return fmt::format("{:.1f}k", n / 1e3);
  return fmt::format("{:.0f}", n);
}

// A second: what was counted between the two samples; "-" without the earlier one or after a restart in between.
std::string rate(const TopSample* before, const TopSample& now, std::string_view name) {
  if (!before || !before->error.empty() || now.at_ms <= before->at_ms) return "-";
  const double grown = sum_of(now.samples, name) - sum_of(before->samples, name);
  if (grown < 0) return "-";
  const double a_second = grown * 1000.0 / static_cast<double>(now.at_ms - before->at_ms);
  return a_second < 100 ? fmt::format("{:.1f}", a_second) : count_words(a_second);
}

// The upper bound of the bucket in which the quantile of what came between the samples lies.
std::string quantile(const TopSample* before, const TopSample& now, const std::string& name, double q) {
  std::vector<std::pair<double, double>> buckets;
  const std::string prefix = name + "_bucket{le=\"";
  for (const auto& [series, value] : now.samples) {
    if (!series.starts_with(prefix)) continue;
    const std::string bound = series.substr(prefix.size());
    double earlier = 0;
    if (before)
      if (const auto it = before->samples.find(series); it != before->samples.end()) earlier = it->second;
    buckets.emplace_back(bound.starts_with("+Inf") ? HUGE_VAL : std::strtod(bound.c_str(), nullptr), value - earlier);
  }
  std::ranges::sort(buckets);
  if (buckets.empty() || buckets.back().second <= 0) return "-";
  for (const auto& [bound, n] : buckets)
    if (n >= q * buckets.back().second)
      return bound == HUGE_VAL ? "more"
             : bound < 1       ? fmt::format("{:g} ms", bound * 1000)
                               : fmt::format("{:g} s", bound);
  return "-";
}

// "missile_launch 3, air_strike 1": the label's values with their counts, the largest first, those of 0 left out.
std::string by_label(const TopSample& now, const std::string& name) {
  std::vector<std::pair<double, std::string>> found;
  for (const auto& [series, value] : now.samples) {
    if (!series.starts_with(name + "{") || value <= 0) continue;
    const std::size_t from = series.find('"') + 1;
    found.emplace_back(-value, series.substr(from, series.find('"', from) - from));
  }
  std::ranges::sort(found);
  std::string out;
  for (std::size_t i = 0; i < std::min(found.size(), kKinds); ++i)
    out += fmt::format("{}{} {}", i == 0 ? "" : ", ", found[i].second, count_words(-found[i].first));
  return found.size() > kKinds ? out + ", ..." : out;
}

void one_instance(const TopSample* before, const TopSample& now, std::string& out) {
  if (!now.error.empty()) return say(out, "{:<24} does not answer: {}", now.address, for_terminal(now.error, 100));
  simdjson::dom::parser parser;
  element root;
  if (parser.parse(now.status).get(root)) return say(out, "{:<24} answers with what is no status", now.address);
  say(out, "{:<24} {:<10} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>10} {:>10}", now.address, text(root, "/state"),
      rate(before, now, "tocsin_articles_total"), rate(before, now, "tocsin_links_total"),
      rate(before, now, "tocsin_alerts_total"), rate(before, now, "tocsin_dead_letters_total"),
      count_words(sum_of(now.samples, "tocsin_lag")), count_words(sum_of(now.samples, "tocsin_heads")),
      quantile(before, now, "tocsin_raw_to_output_seconds", 0.5),
      quantile(before, now, "tocsin_raw_to_output_seconds", 0.99));
}

void details(const TopSample& now, std::string& out) {
  if (!now.error.empty()) return;
  simdjson::dom::parser parser;
  element root;
  if (parser.parse(now.status).get(root)) return;
  const auto line = [&](const char* what, const std::string& value) {
    if (!value.empty()) say(out, "  {:<13} {}", what, value);
  };
  say(out, "\n{}: {}, group {}, since {}", now.address, text(root, "/role"), text(root, "/group"),
      text(root, "/since"));
  line("because", text(root, "/reason"));
  line("outcomes", by_label(now, "tocsin_articles_total"));
  line("alerts", by_label(now, "tocsin_alerts_total"));
  line("dead letters", by_label(now, "tocsin_dead_letters_total"));
  line("last error", text(root, "/last_error"));
  simdjson::dom::array alerts;
  if (root.at_pointer("/alerts").get(alerts)) return;
  std::size_t shown = 0;
  for (const element alert : alerts) {
    if (shown++ == kAlerts) break;
    line("alert", text(alert, "/at") + "  " + text(alert, "/type") + "  " + text(alert, "/place") + "  " +
                      text(alert, "/headline"));
  }
}

}  // namespace

std::map<std::string, double> parse_samples(std::string_view text) {
  std::map<std::string, double> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    if (line.empty() || line[0] == '#') continue;
    const std::size_t brace = line.rfind('}');
    const std::size_t space = line.find(' ', brace == std::string_view::npos ? 0 : brace);
    if (space == std::string_view::npos) continue;
    const std::string value(line.substr(space + 1));
    char* parsed = nullptr;
    const double number = std::strtod(value.c_str(), &parsed);
    if (parsed != value.c_str()) out[std::string(line.substr(0, space))] = number;
  }
  return out;
}

double sum_of(const std::map<std::string, double>& samples, std::string_view name) {
  double sum = 0;
  for (auto it = samples.lower_bound(std::string(name)); it != samples.end() && it->first.starts_with(name); ++it)
    if (it->first.size() == name.size() || it->first[name.size()] == '{') sum += std::max(0.0, it->second);
  return sum;
}

std::string top_frame(const std::vector<TopSample>& before, const std::vector<TopSample>& now) {
  std::string out;
  say(out, "{:<24} {:<10} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>10} {:>10}", "ADDRESS", "STATE", "ARTICLE/S", "LINK/S",
      "ALERT/S", "DEAD/S", "LAG", "STORIES", "HALF IN", "99% IN");
  for (std::size_t i = 0; i < now.size(); ++i) one_instance(i < before.size() ? &before[i] : nullptr, now[i], out);
  for (const TopSample& sample : now) details(sample, out);
  return out;
}

}  // namespace tocsin
