#include "common/article/outcome.h"

#include <array>
#include <cstddef>

namespace tocsin {
namespace {

constexpr std::array<std::string_view, 7> kOutcomes = {"new",  "revision", "duplicate", "stale",
                                                       "kill", "held",     "rejected"};
constexpr std::array<std::string_view, 17> kReasons = {
    "none",    "tombstone",        "empty",        "not_json", "cut_json", "wrong_type",
    "no_text", "too_large",        "too_deep",     "bad_utf8", "binary",   "unknown_preset",
    "bad_id",  "too_many_headers", "not_prepared", "crashed",  "not_xml"};
constexpr std::array<std::string_view, 8> kRelations = {"exact", "copy",  "part",       "revision",
                                                        "kill",  "stale", "redelivery", "roundup"};
constexpr std::array<std::string_view, 3> kStatuses = {"usable", "withheld", "canceled"};

template <std::size_t N, typename E>
std::string_view name(const std::array<std::string_view, N>& names, E value) {
  return names.at(static_cast<std::size_t>(value));
}

}  // namespace

std::string_view to_string(Outcome o) { return name(kOutcomes, o); }
std::string_view to_string(Reason r) { return name(kReasons, r); }
std::string_view to_string(Relation r) { return name(kRelations, r); }
std::string_view to_string(PubStatus s) { return name(kStatuses, s); }

std::optional<Reason> reason_from(std::string_view code) {
  for (std::size_t i = 1; i < kReasons.size(); ++i)
    if (kReasons.at(i) == code) return static_cast<Reason>(i);
  return std::nullopt;
}

}  // namespace tocsin
