// Which addresses a webhook may be posted to: public ones, and those of networks that the configuration names. Asked
// about the address that is about to be connected to, not about a name, so that no answer of a name server leads
// elsewhere.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "common/article/result.h"

namespace tocsin {

// An address of IPv6, or of IPv4 mapped into it (::ffff:a.b.c.d).
using NetworkAddress = std::array<std::uint8_t, 16>;

struct Network {
  NetworkAddress address{};
  int bits = 128;  // leading ones of the mask, counted in the mapped form: 127.0.0.0/8 has 104
  bool holds(const NetworkAddress& other) const;
};

// "10.1.0.0/16", "127.0.0.1", "fd00::/8". A mask that cuts off set bits ("10.1.0.0/8") is an Error: it is a slip.
Result<Network> parse_network(std::string_view text);

// Globally reachable by IANA's special-purpose address registries (RFC 6890 and its updates, as of 2024): neither
// loopback, private, link-local, shared, documentation, benchmarking nor multicast. Addresses that carry an IPv4 one
// (mapped, NAT64) are judged by it; those of 6to4 and Teredo are never public.
bool is_public(const NetworkAddress& address);

// `allowed` are exceptions to is_public(). Families other than IPv4 and IPv6 are never permitted.
bool permitted(const sockaddr& address, const std::vector<Network>& allowed);

}  // namespace tocsin
