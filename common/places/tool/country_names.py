#!/usr/bin/env python3
"""Makes common/knowledge/places/country_names.tsv from the npm package i18n-iso-countries (names by Unicode CLDR).

    npm pack i18n-iso-countries@7.14.0 && tar xzf i18n-iso-countries-7.14.0.tgz
    country_names.py package/langs cities500.txt common/knowledge/places/countries.tsv > country_names.tsv

Left out: what countries.tsv has; names of more than four words; in Latin letters the languages that few wires write,
names of under four letters ("Fas"), words that mean something else ("Island" is Iceland in German), and the names of
larger towns elsewhere ("Granada"). German names stand in the genitive too.
"""
import collections
import json
import pathlib
import sys
import unicodedata

LATIN = "es fr de pt it nl pl tr sv ro id".split()
OTHERS = "ar fa ur he el ru uk bg sr zh ja ko hi bn th am".split()
# Written otherwise in news than in CLDR, and short forms.
MORE = {
    "US": "États-Unis;Etats-Unis;EUA;EEUU;EE.UU.;EE. UU.;США;אַרצות הברית;ארה״ב;ארה\"ב;الولايات المتحدة;أمريكا;أميركا;美國;アメリカ;米国;미국",
    "GB": "Grande-Bretagne;Gran Bretaña;Großbritannien;Grã-Bretanha;Inglaterra;Великобритания;Британия;بريطانيا;英国;英國;イギリス;영국",
    "KP": "КНДР;Северная Корея;Corea del Norte;Corée du Nord;Coreia do Norte;Nordkorea;Corea del Nord;كوريا الشمالية;北朝鲜;北朝鮮;朝鲜;북한;조선",
    "KR": "Южная Корея;Corea del Sur;Corée du Sud;Coreia do Sul;Südkorea;Corea del Sud;كوريا الجنوبية;韩国;韓国;한국;대한민국",
    "RU": "Россия;РФ;روسيا;俄罗斯;俄羅斯;ロシア;러시아;Rusia;Russie;Russland;Rússia",
    "CN": "КНР;Китай;الصين;中国;中國;중국",
    "IR": "Иран;إيران;ايران;伊朗;イラン;이란",
    "SY": "Сирия;سوريا;سورية;Syrien;Siria;Syrie;叙利亚;シリア",
    "PS": "فلسطين;Палестина;Palästina;Palestina;巴勒斯坦;パレスチナ",
    "IL": "إسرائيل;اسرائيل;Израиль;Israël;ישראל;以色列;イスラエル;이스라엘",
    "CZ": "Чехия;Tschechien;Chequia;Tchéquie",
    "MM": "Birmanie;Birmania;Мьянма;缅甸;ミャンマー",
    "CI": "Elfenbeinküste;Costa de Marfil",
    "AE": "الإمارات;ОАЭ;EAU",
    "SA": "السعودية;Саудовская Аравия;沙特;サウジアラビア",
}
NO_GENITIVE = ("s", "x", "z", "e", "ei", "insel", "inseln", "A")
OTHERWISE = {"island", "islands", "man", "guernsey", "guernseys", "jersey", "jerseys", "para", "granada", "مالي"}


def fold(text):
    return unicodedata.normalize("NFC", text).casefold()


def main():
    languages, cities, countries = sys.argv[1:4]
    known, english = collections.defaultdict(set), set()
    for line in pathlib.Path(countries).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            f = line.split("\t")
            for name in [f[3], *f[9].split(";"), *(f[10].split(";") if len(f) > 10 else [])]:
                known[f[0]].add(fold(name))
                english.add(fold(name))
    towns = collections.defaultdict(set)
    for line in pathlib.Path(cities).read_text(encoding="utf-8").splitlines():
        f = line.split("\t")
        if len(f) > 14 and f[14].isdigit() and int(f[14]) >= 20000:
            for name in (f[1], f[2]):
                towns[fold(name)].add(f[8])
    names = {code: [] for code in known}

    def add(code, name, latin):
        key = fold(name)
        if code not in names or key in known[code] or key in OTHERWISE or len(name.split()) > 4:
            return
        if latin and (len(name) < 4 and code not in ("US", "AE") or key in english or
                      towns.get(key, {code}) != {code}):
            return
        known[code].add(key)
        names[code].append(name)

    for language in OTHERS + LATIN:
        table = json.loads((pathlib.Path(languages) / f"{language}.json").read_text(encoding="utf-8"))["countries"]
        for code, value in table.items():
            for name in value if isinstance(value, list) else [value]:
                name = name.split("(")[0].replace("\u200b", "").strip().removeprefix("La ").removeprefix("El ")
                if name and "," not in name and ";" not in name:
                    add(code, name, language in LATIN)
                    if language == "de" and " " not in name and not name.endswith(NO_GENITIVE):
                        add(code, name + "s", True)  # "Frankreichs": the genitive is a word of its own
    for code, value in MORE.items():
        for name in value.split(";"):
            add(code, name, name.isascii())
    print("# Names of countries in other languages and scripts. Columns: ISO alpha-2, names by semicolons.")
    print("# Made by common/places/tool/country_names.py from the names of Unicode CLDR.")
    for code in sorted(names):
        if names[code]:
            print(code + "\t" + ";".join(names[code]))


main()
