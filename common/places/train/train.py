#!/usr/bin/env python3
"""Learns weights.tsv, by which the recogniser tells places from other names. Standard library only.

    train.py --features build/dev/common/places/tocsin_place_features --image build/dev/daemon/knowledge/gazetteer.img \\
             --geo lgl.jsonl.gz --geo geowebnews.jsonl.gz --conll train.conll.gz [--weights old.tsv] > weights.tsv

--geo: articles as JSON lines with `text` and `toponyms` (start, end, type). --conll: CoNLL-2003 lines (token, ..., entity).
A name that was found is a positive example where it overlaps a labelled place, a negative one elsewhere; demonyms are not
learnt, nor names that begin within a labelled one ("Coast" of a labelled "Gold Coast"): they taught that a word behind a name is
a place. In CoNLL only places and persons count, because places inside the names of bodies are not labelled there.

A linear model (logistic loss, L2, Adagrad); words are features only when they were seen often enough (--least), so that the
table stays short and readable. The resolver's weights ("resolve:...") are copied from the old table unchanged.
"""
import argparse, collections, gzip, json, math, random, subprocess, sys

OPTIONAL = ("Demonym", "Language", "Homonym", "Embedded", "Alias")


def opened(path):
    return gzip.open(path, "rt", encoding="utf-8") if path.endswith(".gz") else open(path, encoding="utf-8")


def flat(text):
    return text.replace("\t", " ").replace("\r", "\x01").replace("\n", "\x01")


def geo_articles(path):
    """(source, url, text, spans of places, spans that are neither)"""
    for line in opened(path):
        if not line.strip():
            continue
        d = json.loads(line)
        name = lambda s: "" if s is None or "/" in s else s
        source = d.get("source") or d.get("domain") or ""
        yes = [(t["start"], t["end"]) for t in d["toponyms"] if t.get("type") not in OPTIONAL]
        skip = [(t["start"], t["end"]) for t in d["toponyms"] if t.get("type") in OPTIONAL]
        yield name(source), d.get("url") or (source if "/" in source else ""), d["text"], yes, skip


def conll_articles(path, sentences_each=12):
    """CoNLL has no articles in some releases: a dozen sentences make one."""
    text, yes, no, skip, count = "", [], [], [], 0
    entity, begin = "O", 0
    for line in opened(path):
        cells = line.split()
        if not cells:
            text += "\n"
            count += 1
            if count == sentences_each:
                yield "", "", text, yes, skip
                text, yes, skip, count = "", [], [], 0
            continue
        if cells[0] == "-DOCSTART-":
            continue
        start = len(text)
        glue = cells[0] in (".", ",", ")", "'s", ":", ";", "?", "!") and text.endswith(" ")
        if glue:
            text, start = text[:-1], start - 1
        text += cells[0] + " "
        tag = cells[-1].split("-")[-1]
        if tag == "LOC":
            yes.append((start, start + len(cells[0])))
        elif tag in ("ORG", "MISC"):
            skip.append((start, start + len(cells[0])))


def examples(args, path, articles, weight):
    rows, lines = list(articles(path)), []
    for i, (source, url, text, _, _) in enumerate(rows):
        lines.append("\t".join([str(i), flat(source), flat(url), "", flat(text)]))
    done = subprocess.run([args.features, args.image], input=("\n".join(lines) + "\n").encode(), stdout=subprocess.PIPE,
                          check=True)
    out = []
    for line in done.stdout.decode().split("\n"):
        cells = line.split("\t")
        if len(cells) < 7 or cells[5] == "demonym":
            continue
        article, start, end = int(cells[0]), int(cells[2]), int(cells[3])
        hit = lambda spans: any(a < end and start < b for a, b in spans)
        yes, skip = rows[article][3], rows[article][4]
        if any(a < start < b for a, b in yes):
            continue
        if hit(yes):
            out.append((cells[6].split(), 1, weight))
        elif not hit(skip):
            out.append((cells[6].split(), 0, weight))
    return out


def train(data, args, start):
    weights, squares = collections.defaultdict(float, start), collections.defaultdict(lambda: 1e-6)
    order = list(range(len(data)))
    rng = random.Random(1)
    for epoch in range(args.epochs):
        rng.shuffle(order)
        for i in order:
            features, label, importance = data[i]
            z = sum(weights[f] for f in features)
            gradient = importance * (1 / (1 + math.exp(-max(-30, min(30, z)))) - label)
            for f in features:
                g = gradient + (args.l2_words if "=" in f and f.split("=")[0] in WORDS else args.l2) * weights[f]
                squares[f] += g * g
                weights[f] -= args.rate * g / math.sqrt(squares[f])
    return weights


WORDS = {"prev", "next", "prev2", "next2"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--features", required=True)
    parser.add_argument("--image", required=True)
    parser.add_argument("--geo", action="append", default=[])
    parser.add_argument("--conll", action="append", default=[])
    parser.add_argument("--weights", help="the old table: where resolver weights are copied from")
    parser.add_argument("--least", type=float, default=6, help="a word is a feature when seen so often")
    parser.add_argument("--conll-weight", type=float, default=0.4)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--rate", type=float, default=0.08)
    parser.add_argument("--l2", type=float, default=0.0005)
    parser.add_argument("--l2-words", type=float, default=0.004)
    args = parser.parse_args()
    data = []
    for path in args.geo:
        data += examples(args, path, geo_articles, 1.0)
    for path in args.conll:
        data += examples(args, path, conll_articles, args.conll_weight)
    seen = collections.Counter(f for features, _, w in data for f in features if f.split("=")[0] in WORDS and "=" in f)
    keep = lambda f: f.split("=")[0] not in WORDS or "=" not in f or seen[f] >= args.least
    data = [([f for f in features if keep(f)], label, w) for features, label, w in data]
    print(f"{len(data)} names, {sum(l for _, l, _ in data)} of them places", file=sys.stderr)
    weights = train(data, args, {})
    right = sum((sum(weights[f] for f in fs) > 0) == bool(l) for fs, l, _ in data)
    print(f"{right / len(data):.4f} right on what was learnt from", file=sys.stderr)
    print("# What the recogniser has learnt (common/places/train/train.py), and how the resolver weighs. Columns: feature, weight")
    print("# (log of odds). Words in prev=, next=, prev2=, next2= are the neighbours of the name.")
    for f, w in sorted(weights.items(), key=lambda fw: (fw[0].split("=")[0] in WORDS and "=" in fw[0], fw[0])):
        if abs(w) >= 0.05:
            print(f"{f}\t{w:.2f}")
    if args.weights:
        for line in open(args.weights, encoding="utf-8"):
            if line.startswith("resolve:"):
                print(line, end="")


if __name__ == "__main__":
    main()
