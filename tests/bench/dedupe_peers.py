#!/usr/bin/env python3
"""Tocsin's duplicates beside three other ways, over the same texts in the same order, on one core. Run by hand.

    dedupe_peers.py TEXTS.jsonl[.gz] --tocsin PATH [--bench PATH] [--made-on SOURCE,SOURCE]

A line of TEXTS is {"id", "text", "cluster", "src", "variant"}: texts of one cluster belong together, `src` is where a text
comes from, `variant` the kind of edit, "neg:..." for texts that have no mate (templates, quotes, other stories).

    exact       the hash of the normalised text, as the dedupe processors of stream tools have it
    simhash     the package simhash over word 3-grams: 64 bits, at most 3 of them differ, an index of bands
    datasketch  the package datasketch over word 3-grams: MinHash of 128 permutations, LSH at .3 and at .5
    tocsin      `tocsin enrich`: cleaning, places, events and all; with --bench (the program dedupe_bench) also the
                tokenising, sketching and deciding alone

Each text is linked to the best match before it, or is a story of its own. Quality is pairwise P, R, F1 and ARI: over all
texts, without those that have no mate, and over the sources that no rule was made on (of generated texts, every second);
of these also, by kind, the share of texts that stand with the first of their cluster.
"""
import argparse
import collections
import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import unicodedata

WORDS = re.compile(r"\w+")


def read(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as f:
        return [json.loads(line) for line in f if line.strip()]


def shingles(text):
    words = WORDS.findall(text.lower())
    return [" ".join(words[k:k + 3]) for k in range(max(1, len(words) - 2))]


def exact(texts, _args):
    first = {}
    for i, text in enumerate(texts):
        words = " ".join(WORDS.findall(unicodedata.normalize("NFKC", text).lower()))
        yield first.setdefault(hashlib.blake2b(words.encode()).digest(), i)


def simhash(texts, _args):
    from simhash import Simhash, SimhashIndex
    index, labels, values = SimhashIndex([], k=3), [], []
    for i, text in enumerate(texts):
        value = Simhash(shingles(text))
        near = [int(j) for j in index.get_near_dups(value)]
        labels.append(labels[min(near, key=lambda j: value.distance(values[j]))] if near else i)
        values.append(value)
        index.add(str(i), value)
        yield labels[-1]


def datasketch(threshold):
    def run(texts, _args):
        from datasketch import MinHash, MinHashLSH
        index, labels, values = MinHashLSH(threshold=threshold, num_perm=128), [], []
        for i, text in enumerate(texts):
            value = MinHash(num_perm=128)
            value.update_batch([s.encode() for s in shingles(text)])
            best = max(((value.jaccard(values[j]), j) for j in index.query(value)), default=(0, i))
            labels.append(labels[best[1]] if best[0] >= threshold else i)
            values.append(value)
            index.insert(i, value)
            yield labels[-1]
    return run


def tocsin(texts, args):
    lines = "".join(json.dumps({"uri": f"urn:peer:{i}", "text": t}) + "\n" for i, t in enumerate(texts))
    command = [args.tocsin, "enrich", "--preset", "plain", "--threads", "1"]
    done = subprocess.run(command, input=lines.encode(), stdout=subprocess.PIPE, check=True)
    for i, line in enumerate(done.stdout.splitlines()):
        yield (json.loads(line)["enrichment"].get("duplicate") or {}).get("cluster", i)


def bench_rate(texts, args):
    """Articles a second of tokenising, sketching and deciding alone."""
    with tempfile.NamedTemporaryFile() as file:
        file.write("".join(t.replace("\0", " ") + "\0" for t in texts).encode())
        file.flush()
        command = [args.bench, "--benchmark_filter=BM_TextsOfAFile", "--benchmark_format=json"]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True,
                              env=os.environ | {"TOCSIN_BENCH_TEXTS": file.name})
    return json.loads(done.stdout)["benchmarks"][0]["items_per_second"]


def pairs(labels):
    return sum(n * (n - 1) // 2 for n in collections.Counter(labels).values())


def quality(gold, mine):
    both, said, so = pairs(zip(gold, mine)), pairs(mine), pairs(gold)
    p, r = both / said if said else 0.0, both / so if so else 0.0
    expected = so * said / (len(gold) * (len(gold) - 1) / 2)
    ari = (both - expected) / ((so + said) / 2 - expected)
    return f"{p:.3f} | {r:.3f} | {2 * p * r / (p + r) if p + r else 0:.3f} | {ari:.3f}"


def by_kind(docs, labels, chosen):
    """Kind -> (texts that stand with the first of their cluster, texts that are not the first)."""
    first, kinds = {}, collections.defaultdict(lambda: [0, 0])
    for i, d in enumerate(docs):
        if d["cluster"] not in first:
            first[d["cluster"]] = labels[i]
        elif i in chosen:
            kinds[d["variant"]][0] += labels[i] == first[d["cluster"]]
            kinds[d["variant"]][1] += 1
    return kinds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts")
    parser.add_argument("--tocsin", required=True)
    parser.add_argument("--bench")
    parser.add_argument("--made-on", default="", help="sources that rules were made on")
    args = parser.parse_args()
    if not os.path.exists(args.texts):
        sys.exit(f"SKIPPED: no {args.texts}")
    docs = read(args.texts)
    texts = [d["text"] for d in docs]
    methods = {"exact": exact, "simhash": simhash, "datasketch .3": datasketch(.3), "datasketch .5": datasketch(.5),
               "tocsin": tocsin}
    labels, rates = {}, {}
    for name, method in methods.items():
        began = time.perf_counter()
        try:
            labels[name] = list(method(texts, args))
        except ImportError as missing:
            print(f"SKIPPED: {name}: {missing} (pip install datasketch simhash)", file=sys.stderr)
            continue
        rates[name] = len(texts) / (time.perf_counter() - began)

    made_on = set(args.made_on.split(","))
    mateless = {i for i, d in enumerate(docs) if d["variant"].startswith("neg:")}
    generated = [i for i, d in enumerate(docs) if d["src"] == "gen"]
    held_back = {i for i, d in enumerate(docs) if d["src"] not in made_on | {"gen"}} | set(generated[1::2])
    subsets = {"all": set(range(len(docs))), "all, with mates": set(range(len(docs))) - mateless,
               "held back": held_back, "held back, with mates": held_back - mateless}
    print("| texts | n | way | P | R | F1 | ARI |\n|---|---|---|---|---|---|---|")
    for subset, chosen in subsets.items():
        order = sorted(chosen)
        for name, said in labels.items():
            print(f"| {subset} | {len(order)} | {name} |",
                  quality([docs[i]["cluster"] for i in order], [said[i] for i in order]), "|")
    kinds = {name: by_kind(docs, said, held_back) for name, said in labels.items()}
    print(f"\n| kind, held back | n | {' | '.join(kinds)} |\n|{'---|' * (len(kinds) + 2)}")
    for kind in sorted(next(iter(kinds.values()))):
        shares = [f"{k[kind][0] / k[kind][1]:.2f}" for k in kinds.values()]
        print(f"| {kind} | {next(iter(kinds.values()))[kind][1]} | {' | '.join(shares)} |")
    print("\n| way | articles a second, one core |\n|---|---|")
    for name, rate in rates.items():
        print(f"| {name} | {rate:,.0f} |")
    if args.bench:
        print(f"| tocsin, tokenise, sketch and decide | {bench_rate(texts, args):,.0f} |")


if __name__ == "__main__":
    main()
