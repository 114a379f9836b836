// Version of this build, from CMakeLists.txt.
#pragma once

#include <string_view>

namespace tocsin {

std::string_view version();  // "0.1.0"

}  // namespace tocsin
