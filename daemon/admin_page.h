// AdminPage: the page at /, for a person who wants to know how it is: state, rates, lag, the last alerts on a map, the
// last dead letters, what it knows. Self-contained and read only; what it shows it asks of /status every two seconds.
#pragma once

#include <string_view>

namespace tocsin {

std::string_view admin_page();

}  // namespace tocsin
