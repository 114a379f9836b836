#include "common/text/normalise.h"

#include <gtest/gtest.h>
#include <iconv.h>

#include <string>
#include <utility>

namespace tocsin {
namespace {

TEST(Normalise, DecodesDeclaredEncodings) {
  EXPECT_EQ(html_charset("<html><meta charset=\"windows-1251\">"), "windows-1251");
  EXPECT_EQ(html_charset("<meta http-equiv=content-type content='text/html; charset=Shift_JIS'>"), "shift_jis");
  EXPECT_EQ(html_charset("<p>charset=koi8-r"), "");
  EXPECT_EQ(html_to_utf8("<meta charset=windows-1251>\xcc\xee\xf1\xea\xe2\xe0"), "<meta charset=windows-1251>Москва");
}

std::string as(const char* charset, std::string_view text) {
  const iconv_t converter = iconv_open(charset, "UTF-8");
  std::string out(2 * text.size(), '\0');
  char* from = const_cast<char*>(text.data());
  char* to = out.data();
  std::size_t left = text.size(), room = out.size();
  EXPECT_EQ(iconv(converter, &from, &left, &to, &room), 0U);
  iconv_close(converter);
  out.resize(out.size() - room);
  return out;
}

TEST(Normalise, TellsUndeclaredEncodingsByTheirBytes) {
  const std::pair<const char*, std::string> kPages[] = {
      {"windows-1251",
       "<p>Северная Корея запустила две баллистические ракеты в сторону Японского моря, сообщили военные.</p>"},
      {"koi8-r",
       "<p>Северная Корея запустила две баллистические ракеты в сторону Японского моря, сообщили военные.</p>"},
      {"shift_jis", "<p>北朝鮮が日本海に向けて弾道ミサイル二発を発射したと、韓国軍の合同参謀本部が発表した。</p>"},
      {"euc-jp", "<p>北朝鮮が日本海に向けて弾道ミサイル二発を発射したと、韓国軍の合同参謀本部が発表した。</p>"},
      {"gbk", "<p>韩国军方说，朝鲜向东部海域发射了两枚弹道导弹，这是今年以来的第三次。政府对此表示严重关切。</p>"},
      {"big5", "<p>韓國軍方說，朝鮮向東部海域發射了兩枚彈道導彈，這是今年以來的第三次。政府對此表示嚴重關切。</p>"},
      {"euc-kr", "<p>북한이 동해상으로 탄도미사일 두 발을 발사했다고 합동참모본부가 밝혔다.</p>"},
      {"windows-1252",
       "<p>Le ministère a déclaré que les forces armées avaient été déployées à la frontière côtière.</p>"}};
  for (const auto& [charset, page] : kPages) EXPECT_EQ(html_to_utf8(as(charset, page)), page) << charset;
}

}  // namespace
}  // namespace tocsin
