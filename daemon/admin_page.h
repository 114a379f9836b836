// AdminPage: the page at /. One self-contained piece of HTML; what it shows it reads from /status.
#pragma once

#include <string_view>

namespace tocsin {

std::string_view admin_page();

// No foreign host, no form, no frame.
inline constexpr std::string_view kAdminPagePolicy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace tocsin
