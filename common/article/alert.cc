#include "common/article/alert.h"

#include <array>

namespace tocsin {

std::string_view to_string(AlertChange change) {
  constexpr std::array<std::string_view, 6> kNames = {"first",  "corroborated", "placed",
                                                      "denied", "withdrawn",    "escalated"};
  return kNames.at(static_cast<std::size_t>(change));
}

}  // namespace tocsin
