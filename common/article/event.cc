#include "common/article/event.h"

#include <array>

namespace tocsin {
namespace {

constexpr std::array<std::string_view, kEventTypes> kTypes = {"missile_launch",
                                                              "rocket_attack",
                                                              "air_strike",
                                                              "bombardment",
                                                              "armed_clash",
                                                              "bombing",
                                                              "terror_attack",
                                                              "assassination",
                                                              "kidnapping",
                                                              "arson",
                                                              "coup",
                                                              "military_movement",
                                                              "military_exercise",
                                                              "maritime_air_incident",
                                                              "border_incident",
                                                              "weapons_seizure",
                                                              "nuclear_test",
                                                              "wmd_chemical",
                                                              "cyber_attack",
                                                              "sanctions",
                                                              "ceasefire_deal",
                                                              "civil_unrest",
                                                              "evacuation_emergency",
                                                              "space_launch"};
constexpr std::array<std::string_view, 8> kFactualities = {"occurred", "claimed",    "disputed",     "denied",
                                                           "planned",  "threatened", "hypothetical", "historical"};
constexpr std::array<std::string_view, 3> kSaliences = {"main", "secondary", "background"};

template <typename E, std::size_t N>
std::optional<E> find(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i)
    if (names.at(i) == name) return static_cast<E>(i);
  return std::nullopt;
}

}  // namespace

std::string_view to_string(EventType t) { return kTypes.at(static_cast<std::size_t>(t)); }
std::string_view to_string(Factuality f) { return kFactualities.at(static_cast<std::size_t>(f)); }
std::string_view to_string(Salience s) { return kSaliences.at(static_cast<std::size_t>(s)); }
std::optional<EventType> event_type_from(std::string_view n) { return find<EventType>(kTypes, n); }
std::optional<Factuality> factuality_from(std::string_view n) { return find<Factuality>(kFactualities, n); }
std::optional<Salience> salience_from(std::string_view n) { return find<Salience>(kSaliences, n); }

}  // namespace tocsin
