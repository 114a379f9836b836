#include "common/text/normalise.h"

#include <cctype>

#include "common/wire/encoding.h"

namespace tocsin {
namespace {

std::string lower(std::string_view s) {
  std::string out(s);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace

std::string html_charset(std::string_view html) {
  if (html.substr(0, 3) == "\xef\xbb\xbf") return "utf-8";
  if (html.substr(0, 2) == "\xff\xfe") return "utf-16le";
  if (html.substr(0, 2) == "\xfe\xff") return "utf-16be";
  const std::string head = lower(html.substr(0, 4096));
  for (std::size_t at = head.find("charset"); at != std::string::npos; at = head.find("charset", at + 7)) {
    std::size_t i = at + 7;
    while (i < head.size() && (head[i] == ' ' || head[i] == '=' || head[i] == '"' || head[i] == '\'')) ++i;
    std::size_t end = i;
    while (end < head.size() && (std::isalnum(static_cast<unsigned char>(head[end])) || head[end] == '-' ||
                                 head[end] == '_' || head[end] == ':'))
      ++end;
    const std::size_t tag = head.rfind('<', at);
    if (end > i && tag != std::string::npos &&
        (head.compare(tag, 5, "<meta") == 0 || head.compare(tag, 5, "<?xml") == 0))
      return head.substr(i, end - i);
  }
  return {};
}

std::string html_to_utf8(std::string_view html) {
  const std::string charset = html_charset(html);
  const bool wide = charset == "utf-16le" || charset == "utf-16be";
  if (!wide && is_utf8(html)) return std::string(html);
  return decode_charset(html, charset.empty() ? sniff_charset(html) : charset);
}

}  // namespace tocsin
