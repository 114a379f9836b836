#!/usr/bin/env python3
"""Missile launches by the rules, beside what a user would try first, on the same items in one run.

    events_beside.py ITEMS.jsonl TOCSIN [RULES_DIRECTORY]

ITEMS has one item a line: id, text, source, label (pos, neg; others are left out) and, where known, date. Compared are a
word ("missile"), a word list (a weapon and a word of launching), a linear classifier on word and letter n-grams, and
`tocsin enrich`. The classifier is trained on all other sources and asked about the one left out, each in its turn; once
more in five random parts, where items of one source stand on both sides. Nothing is learnt by the others. Intervals are
Wilson's, 95 %. Without scikit-learn or the items it says so and does nothing.
"""
import collections, json, os, re, subprocess, sys, tempfile

LAUNCHES = re.compile(r"\b(fir(e|es|ed|ing)|launch\w*|test\w*|str(ike|ikes|uck|iking)|hit(s|ting)?|intercept\w*|sho(o?t)s? down|attack\w*|land(s|ed)?)\b", re.I)
WEAPON = re.compile(r"\b(missiles?|icbms?|slbms?|hwasong|musudan|taepodong|scuds?|tomahawks?|iskanders?|kalibrs?|silkworms?|igla)\b", re.I)


def rules(items, tocsin, directory):
    with tempfile.TemporaryDirectory() as folder:
        command = [tocsin, "enrich", "--preset", "plain", "--keep-text", "--no-dedupe"]
        if directory:
            config = os.path.join(folder, "tocsin.yaml")
            with open(config, "w") as f:
                f.write('brokers: "none:1"\ntopics:\n  raw:\n    - {name: raw, preset: plain}\n'
                        f"knowledge:\n  rules: {os.path.abspath(directory)}\n")
            command += ["--config", config]
        articles = "".join(json.dumps({"uri": str(n), "text": i["text"]} | ({"published": i["date"]} if i.get("date") else {})) + "\n"
                           for n, i in enumerate(items))
        lines = subprocess.run(command, input=articles.encode(), stdout=subprocess.PIPE, check=True).stdout.splitlines()
    counts = ("occurred", "claimed", "disputed")
    return [any(e["type"] == "missile_launch" and e["factuality"] in counts
                for e in json.loads(line)["enrichment"].get("events", [])) for line in lines]


def classifier(texts, labels, parts):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union
    said = [False] * len(texts)
    for part in sorted(set(parts)):
        there = [n for n, p in enumerate(parts) if p != part]
        here = [n for n, p in enumerate(parts) if p == part]
        model = make_pipeline(
            make_union(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2),
                       TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2)),
            LogisticRegression(C=10, max_iter=2000, class_weight="balanced"))
        model.fit([texts[n] for n in there], [labels[n] for n in there])
        for n, yes in zip(here, model.predict([texts[n] for n in here])):
            said[n] = bool(yes)
    return said


def wilson(right, of):
    if not of:
        return "  -"
    p, z = right / of, 1.96
    middle, half = p + z * z / (2 * of), z * ((p * (1 - p) + z * z / (4 * of)) / of) ** .5
    return f"{p:.3f} ({(middle - half) / (1 + z * z / of):.3f}-{(middle + half) / (1 + z * z / of):.3f})"


def line(name, said, labels):
    tp = sum(s and t for s, t in zip(said, labels))
    print(f"{name:46} P {wilson(tp, sum(said))}  R {wilson(tp, sum(labels))}  F1 {2 * tp / max(sum(said) + sum(labels), 1):.3f}")


def main():
    if len(sys.argv) < 3 or not os.path.exists(sys.argv[1]):
        sys.exit("SKIPPED: no items; usage: events_beside.py ITEMS.jsonl TOCSIN [RULES_DIRECTORY]")
    with open(sys.argv[1], encoding="utf-8") as f:
        items = [i for i in map(json.loads, f) if i["label"] in ("pos", "neg")]
    texts, labels = [i["text"] for i in items], [i["label"] == "pos" for i in items]
    sources = [i.get("source", "?") for i in items]
    print(f"{len(items)} items, {sum(labels)} launches; sources: {dict(collections.Counter(sources))}")
    line('the word "missile"', [bool(re.search(r"\bmissiles?\b", t, re.I)) for t in texts], labels)
    line("word list: a weapon and a word of launching", [bool(WEAPON.search(t) and LAUNCHES.search(t)) for t in texts], labels)
    try:
        line("classifier, each source from the others", classifier(texts, labels, sources), labels)
        line("classifier, five random parts", classifier(texts, labels, [hash_part(i["id"]) for i in items]), labels)
    except ImportError:
        print("SKIPPED: no scikit-learn, so no classifier is beside them")
    said = rules(items, sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None)
    line("tocsin", said, labels)
    for source in sorted(set(sources)):
        here = [n for n, s in enumerate(sources) if s == source]
        line(f"  tocsin, {source} ({len(here)})", [said[n] for n in here], [labels[n] for n in here])


def hash_part(identity):
    value = 0
    for byte in str(identity).encode():
        value = (value * 131 + byte) % 1000003
    return value % 5


if __name__ == "__main__":
    main()
