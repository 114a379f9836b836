#!/usr/bin/env python3
"""The judged texts that junk_lines.yaml and junk_pages.yaml are learnt from, as tocsin_line_numbers reads them.

    junk_texts.py CORPORA articles|pages > TEXTS.jsonl

articles: those of tests/quality/labels/junk.tsv but the part `report`, the hand-judged ones of junk/lines.jsonl, and with
less weight: true bodies of html/, wire items of news/reuters_1987.jsonl.gz (all content), and up to 12 articles a site that
nobody read, in which the lines that a rule knows count as junk. pages: junk/lines_auto.jsonl.gz. No text of a site that has
an article in `report` is among them. The group is the site, so that cross-validation never knows it. Standard library only.
"""
import collections, gzip, hashlib, json, os, re, sys
from urllib.parse import urlparse

LABELS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../quality/labels/junk.tsv")
BREAKS = re.compile("[\n\r\v\f\x85\u2028\u2029]")
# Whether true bodies of benchmarks keep captions and rights depends on who made them: such lines teach nothing.
JUNK = re.compile(r"photo|image|credit|getty|reuters|copyright|©|twitter|facebook|share|subscribe|newsletter|originally|"
                  r"published|author|writer|editor|contribut|comment|email|read more|click|related|video", re.I)
UNREAD, WIRE = 12, 250


def read(path):
    with gzip.open(path, "rt", encoding="utf-8") if path.endswith(".gz") else open(path, encoding="utf-8") as f:
        yield from map(json.loads, f)


def lines_of(text):
    return [line.strip() for line in BREAKS.split(text) if line.strip()]


def site(address):
    parts = (urlparse(address if "//" in address else "http://" + address).netloc or address).lower().split(".")
    short = len(parts) > 2 and len(parts[-1]) == 2 and parts[-2] in ("co", "com", "net", "org")
    return ".".join(parts[-3:] if short else parts[-2:])


def by_hash(key):
    return hashlib.sha256(key.encode()).hexdigest()


def labels():
    with open(LABELS, encoding="utf-8") as f:
        next(f)
        for line in f:
            part, identity, _, junk, byline = line.rstrip("\n").split("\t")
            yield part, identity, {int(n) for n in (junk + "," + byline).split(",") if n != "-"}


def articles(corpora, web, held_back):
    read_by_us = {}
    for part, identity, junk in labels():
        read_by_us[identity] = part
        if part == "report":
            continue
        doc = web[identity]
        yield doc["url"], doc["title"], 1, [(t, "junk" if n in junk else "content") for n, t in enumerate(lines_of(doc["text"]))]
    for doc in read(f"{corpora}/junk/lines.jsonl"):
        yield doc.get("site") or doc["id"], doc.get("title"), 1, [(x["t"], x["label"]) for x in doc["lines"] if x["t"].strip()]
    for doc in read(f"{corpora}/html/article_extraction_benchmark.jsonl.gz"):
        yield doc["url"], "", .3, [(t, "content") for t in lines_of(doc["text"]) if not JUNK.search(t)]
    wire = sorted(read(f"{corpora}/news/reuters_1987.jsonl.gz"), key=lambda d: by_hash("wire:" + d["id"]))[:WIRE]
    for doc in wire:
        yield doc["id"], doc.get("title"), .2, [(t, "content") for t in lines_of(doc["text"])]
    taken = collections.Counter()
    for doc in sorted(web.values(), key=lambda d: by_hash("unread:" + d["id"])):
        name, lines = site(doc["url"]), lines_of(doc["text"])
        if doc["id"] in read_by_us or name in held_back or not 3 <= len(lines) <= 150 or taken[name] == UNREAD:
            continue
        taken[name] += 1
        yield doc["url"], doc["title"], .3, [(t, "?") for t in lines]


def pages(corpora):
    for doc in read(f"{corpora}/junk/lines_auto.jsonl.gz"):
        yield doc.get("site") or doc["id"], doc.get("title"), 1, [(x["t"], x["label"]) for x in doc["lines"] if x["t"].strip()]


def main():
    corpora, kind = sys.argv[1:3]
    web = {d["id"]: d for d in read(f"{corpora}/news/web_articles_12000.jsonl.gz")}
    held_back = {site(web[identity]["url"]) for part, identity, _ in labels() if part == "report"}
    groups = {}
    for address, title, weight, lines in pages(corpora) if kind == "pages" else articles(corpora, web, held_back):
        name = site(address)
        if name in held_back:
            continue
        group = str(groups.setdefault(name, len(groups)))
        print(json.dumps({"group": group, "title": title or "", "weight": weight,
                          "lines": [{"t": t.strip(), "label": label} for t, label in lines]}))


main()
