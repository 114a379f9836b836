// A text without the white space and control characters around it. Internal to wire/.
#pragma once

#include <string_view>

namespace tocsin {

constexpr std::string_view trim(std::string_view s) {
  while (!s.empty() && static_cast<unsigned char>(s.front()) <= ' ') s.remove_prefix(1);
  while (!s.empty() && static_cast<unsigned char>(s.back()) <= ' ') s.remove_suffix(1);
  return s;
}

}  // namespace tocsin
