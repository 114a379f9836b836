#!/usr/bin/env python3
"""HTML to article: Tocsin beside trafilatura and readability-lxml, on the same pages in one run, on one core. By hand.

    html_peers.py PAGES.jsonl[.gz] --tocsin PATH [--numbers PATH] [--repeat N]

A line of PAGES is {"html", "text"}: a page and its true body; with "page" and "part" where several are made of one page
(tests/train/short_pages.py), and then each part is told apart: of pages without an article, how many come back empty.
Quality is P and R of the body's runs of four words,
the mean over pages, and the F1 of these means, with the half-width of its 95 % interval (1,000 draws of pages). Speed is
bytes of HTML over the time of all pages, one after the other; Tocsin's is that of `enrich` with all its stages, places and
events too, less an empty run. `everything` is the text of all of the page.

With --numbers (the program tocsin_block_numbers) Tocsin is measured on pages that its block model has not seen: five times,
the model is learnt from four fifths of the pages and judges the rest (needs numpy and lightgbm). Without, the shipped model
is measured, which has seen them if these are the pages that it was learnt from.
"""
import argparse
import collections
import gzip
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDS = 5
WORDS = re.compile(r"\w+")


def read(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as f:
        return [json.loads(line) for line in f if line.strip()]


def runs(text):
    words = WORDS.findall(text.lower())
    return collections.Counter(tuple(words[i:i + 4]) for i in range(max(len(words) - 3, 1)))


def trafilatura(pages, _tocsin):
    from trafilatura import extract
    return [extract(p["html"]) or "" for p in pages]


def readability(pages, _tocsin):
    from lxml.html import document_fromstring
    from readability import Document
    texts = []
    for page in pages:
        try:
            texts.append(document_fromstring(Document(page["html"]).summary()).text_content())
        except Exception:  # it raises on pages without an article
            texts.append("")
    return texts


def everything(pages, _tocsin):
    from lxml.html import HTMLParser, document_fromstring
    return [document_fromstring(p["html"].encode(), parser=HTMLParser(encoding="utf-8")).text_content() for p in pages]


def enrich(pages, tocsin):
    lines = b"".join(json.dumps({"uri": f"urn:page:{i}", "html": p["html"]}).encode() + b"\n" for i, p in enumerate(pages))
    command = [tocsin, "enrich", "--preset", "plain", "--no-dedupe", "--threads", "1"]
    done = subprocess.run(command, input=lines, stdout=subprocess.PIPE, check=True)
    records = [json.loads(line) for line in done.stdout.split(b"\n") if line]
    return ["\n".join(b["value"] for b in r.get("bodies", [])) for r in records]


def unseen(pages, tocsin, numbers):
    """Texts by models that have not seen their page."""
    texts = [""] * len(pages)
    number_of = [p.get("page", i) for i, p in enumerate(pages)]
    order = sorted(set(number_of))
    random.Random(1).shuffle(order)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        knowledge = folder / "knowledge"
        shutil.copytree(pathlib.Path(tocsin).parent / "knowledge", knowledge)
        shutil.copy(tocsin, folder / "tocsin")
        for fold in range(FOLDS):
            held = [i for i, n in enumerate(number_of) if n in set(order[fold::FOLDS])]
            seen = [i for i in range(len(pages)) if i not in set(held)]
            lines = b"".join(json.dumps(pages[i] | {"page": number_of[i]}).encode() + b"\n" for i in seen)
            table = subprocess.run([numbers, ROOT / "common/knowledge/junk.yaml"], input=lines, stdout=subprocess.PIPE, check=True)
            (folder / "numbers.tsv").write_bytes(table.stdout)
            subprocess.run([sys.executable, ROOT / "tests/train/text_trees.py", "blocks", folder / "numbers.tsv",
                            knowledge / "junk_blocks.yaml"], check=True, stdout=sys.stderr)
            for i, text in zip(held, enrich([pages[i] for i in held], folder / "tocsin")):
                texts[i] = text
    return texts


def figures(pairs):
    p, r = (sum(x[k] for x in pairs) / len(pairs) for k in (0, 1))
    return p, r, 2 * p * r / max(p + r, 1e-9)


def qualities(pages, texts):
    """A row's cells for each part."""
    for part in dict.fromkeys(p.get("part", "") for p in pages):
        chosen = [(p, t) for p, t in zip(pages, texts) if p.get("part", "") == part]
        if part == "none":
            empty = sum(not t for _, t in chosen)
            yield f", {part}", f"{empty} of {len(chosen)} empty | | |"
        else:
            yield f", {part}" if part else "", "%s | %.3f" % quality(*zip(*chosen))


def quality(pages, texts):
    pairs = []
    for page, text in zip(pages, texts):
        mine, gold = runs(text), runs(page["text"])
        common = sum((mine & gold).values())
        pairs.append((common / max(sum(mine.values()), 1), common / max(sum(gold.values()), 1)))
    draw = random.Random(1)
    drawn = sorted(figures(draw.choices(pairs, k=len(pairs)))[2] for _ in range(1000))
    return "%.3f | %.3f | %.3f" % figures(pairs), (drawn[974] - drawn[25]) / 2


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages")
    parser.add_argument("--tocsin", required=True)
    parser.add_argument("--numbers")
    parser.add_argument("--repeat", type=int, default=3, help="the best of so many times counts")
    args = parser.parse_args()
    if not os.path.exists(args.pages):
        sys.exit(f"SKIPPED: no {args.pages}")
    pages = [p for p in read(args.pages) if p.get("html")]
    size = sum(len(p["html"].encode()) for p in pages)
    print(f"{len(pages)} pages, {size / 1e6:.1f} MB\n\n| way | P | R | F1 | +- | MB/s |\n|---|---|---|---|---|---|")
    empty = min(timed(enrich, [{"html": "x"}], args)[1] for _ in range(args.repeat))
    for name, way in (("everything", everything), ("readability-lxml", readability), ("trafilatura", trafilatura),
                      ("tocsin", enrich)):
        try:
            runs_of_it = [timed(way, pages, args) for _ in range(args.repeat if way is enrich else 1)]
        except ImportError as missing:
            print(f"SKIPPED: {name}: {missing} (pip install trafilatura readability-lxml lxml_html_clean)", file=sys.stderr)
            continue
        seconds = min(s for _, s in runs_of_it) - (empty if way is enrich else 0)
        for part, shown in qualities(pages, runs_of_it[0][0]):
            print(f"| {name}{part} | {shown} | {size / 1e6 / seconds:.2f} |", flush=True)
    if args.numbers:
        for part, shown in qualities(pages, unseen(pages, args.tocsin, args.numbers)):
            print(f"| tocsin, pages not seen{part} | {shown} | |")


def timed(way, pages, args):
    """CPU seconds: of this process and of those it started."""
    began = os.times()
    texts = way(pages, args.tocsin)
    ended = os.times()
    return texts, sum(ended[:4]) - sum(began[:4])


if __name__ == "__main__":
    main()
