// Whatever a request's head holds, the answer is whole, and a closed page is told to nobody without the token.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/admin_server.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > tocsin::AdminServer::kHeadBytes) return 0;
  static const std::vector<tocsin::AdminPage> kPages{{"/live", true,
                                                      [] {
                                                        return tocsin::AdminAnswer{200, "live"};
                                                      }},
                                                     {"/status", false, [] {
                                                        return tocsin::AdminAnswer{200, "told"};
                                                      }}};
  const std::string_view head(reinterpret_cast<const char*>(data), size);
  const std::string answer = tocsin::admin_response(kPages, "s3cret", head);
  const std::size_t body = answer.find("\r\n\r\n");
  if (!answer.starts_with("HTTP/1.1 ") || body == std::string::npos) std::abort();
  const std::string length = "Content-Length: " + std::to_string(answer.size() - body - 4) + "\r\n";
  if (!head.starts_with("HEAD ") && answer.find(length) == std::string::npos) std::abort();
  if (answer.ends_with("told") && head.find("s3cret") == std::string_view::npos) std::abort();
  return 0;
}
