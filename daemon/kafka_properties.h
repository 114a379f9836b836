// Which librdkafka properties the pass-through block `kafka:` may hold. Exactly-once hangs on a handful of properties;
// those are ours and refused with the reason, all others are passed on as they are.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tocsin {

// Why this property must not be set, with what to do instead; nullopt: it may be.
std::optional<std::string_view> refused_property(std::string_view name);

// Whether its value is a secret by its name (password, secret, private key ...).
bool secret_property(std::string_view name);

}  // namespace tocsin
