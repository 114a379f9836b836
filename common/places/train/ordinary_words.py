#!/usr/bin/env python3
"""Prints the words of the class `ordinary` in words.tsv: names of places that news writes in small letters four times in five
at least, and ten times at least. Standard library only.

    ordinary_words.py --places cities500.txt news.jsonl.gz ... > ordinary.tsv

News: articles as JSON lines with `text`, of other corpora than those that measure. What begins a sentence does not count, nor
lines in which half of the words are capitalised.
"""
import argparse, collections, gzip, json, re

LEAST, SHARE, A_LINE = 10, .8, 16
TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|[^\s\w]")
ENDS, QUOTES = set(".!?:;"), set("\"'“”‘’()")


def count(text, low, high):
    for line in text.split("\n"):
        tokens = TOKEN.findall(line)
        words = [t for t in tokens if t[0].isalpha()]
        if len(words) < 8 or sum(w[0].isupper() for w in words) * 2 > len(words):
            continue
        start = True
        for t in tokens:
            if not t[0].isalpha():
                start = t in ENDS or t in "“‘\"" or start and t in QUOTES
                continue
            if t[0].islower():
                low[t] += 1
            elif not start and t[1:].islower():
                high[t.lower()] += 1
            start = False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--places", required=True, help="in the columns of GeoNames' dumps; deploy/gazetteer.sh names the list")
    parser.add_argument("news", nargs="+")
    args = parser.parse_args()
    low, high = collections.Counter(), collections.Counter()
    for path in args.news:
        with gzip.open(path, "rt", encoding="utf-8") as f:
            for line in f:
                count(json.loads(line)["text"], low, high)
    names = set()
    with open(args.places, encoding="utf-8") as f:
        for line in f:
            cells = line.split("\t")
            names.update(n.lower() for n in (cells[1], cells[2], *cells[3].split(",")) if n.isascii() and n.isalpha() and len(n) > 1)
    words = sorted(w for w in names if low[w] >= LEAST and low[w] >= SHARE * (low[w] + high[w]))
    for i in range(0, len(words), A_LINE):
        print("ordinary\t" + " ".join(words[i:i + A_LINE]))


if __name__ == "__main__":
    main()
