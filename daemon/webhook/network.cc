#include "daemon/webhook/network.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>

namespace tocsin {
namespace {

constexpr int kMappedBits = 96;  // of ::ffff:0:0/96, in front of an IPv4 address
constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::array<std::uint8_t, 12> kNat64{0, 0x64, 0xff, 0x9b};  // 64:ff9b::/96

NetworkAddress mapped(const void* v4) {
  NetworkAddress out{};
  std::ranges::copy(kMapped, out.begin());
  std::memcpy(out.data() + kMapped.size(), v4, 4);
  return out;
}

std::vector<Network> networks(std::initializer_list<std::string_view> texts) {
  std::vector<Network> out;
  for (const std::string_view text : texts) out.push_back(*parse_network(text));
  return out;
}

bool any_holds(const std::vector<Network>& list, const NetworkAddress& address) {
  return std::ranges::any_of(list, [&](const Network& n) { return n.holds(address); });
}

}  // namespace

bool Network::holds(const NetworkAddress& other) const {
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole), other.begin())) return false;
  if (bits % 8 == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff << (8 - bits % 8));
  return ((address[whole] ^ other[whole]) & mask) == 0;
}

Result<Network> parse_network(std::string_view text) {
  const auto wrong = [&](const char* why) {
    return fail("\"" + std::string(text.substr(0, 80)) + "\" " + why + "; write for example 10.1.0.0/16 or fd00::/8");
  };
  const std::size_t slash = text.find('/');
  const std::string host(text.substr(0, slash));
  Network out;
  in_addr v4{};
  in6_addr v6{};
  int offset = 0;
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) {
    out.address = mapped(&v4);
    offset = kMappedBits;
  } else if (inet_pton(AF_INET6, host.c_str(), &v6) == 1) {
    std::memcpy(out.address.data(), &v6, sizeof v6);
  } else {
    return wrong("is no network");
  }
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    int bits = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc() || end != digits.data() + digits.size() || bits < 0 || bits > 128 - offset)
      return wrong("has no such length of its mask");
    out.bits = bits + offset;
  }
  for (int bit = out.bits; bit < 128; ++bit)
    if (out.address[static_cast<std::size_t>(bit / 8)] >> (7 - bit % 8) & 1)
      return wrong("has bits set behind its mask");
  return out;
}

bool is_public(const NetworkAddress& address) {
  static const std::vector<Network> kSpecialV4 =
      networks({"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
                "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
                "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"});
  // Of what is assigned at all (2000::/3): IETF protocol assignments with Teredo, documentation, 6to4.
  static const std::vector<Network> kSpecialV6 = networks({"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"});
  static const Network kGlobalV6 = *parse_network("2000::/3");
  const auto starts = [&](const std::array<std::uint8_t, 12>& prefix) {
    return std::equal(prefix.begin(), prefix.end(), address.begin());
  };
  if (starts(kMapped)) return !any_holds(kSpecialV4, address);
  if (starts(kNat64)) return is_public(mapped(address.data() + kNat64.size()));
  return kGlobalV6.holds(address) && !any_holds(kSpecialV6, address);
}

bool permitted(const sockaddr& address, const std::vector<Network>& allowed) {
  NetworkAddress plain{};
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    plain = mapped(&v4.sin_addr);
  } else if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    std::memcpy(plain.data(), &v6.sin6_addr, plain.size());
  } else {
    return false;
  }
  return is_public(plain) || any_holds(allowed, plain);
}

}  // namespace tocsin
