#!/usr/bin/env python3
"""Learns the recogniser's weights on a part of labelled articles and measures on the rest: how good it is, how far its
confidence can be believed, and the two numbers of common/places/confidence.h.

    places_crossfit.py --build build/release --places cities500.txt --geo lgl.jsonl.gz --geo geowebnews.jsonl.gz \\
                       --conll train.conll.gz [--aside security.jsonl]

Needs the targets tocsin, tocsin_compile_gazetteer and tocsin_place_features. Corpora as in places_peers.py, CoNLL as in
common/places/train/train.py; deploy/gazetteer.sh names the list of places.

1. Across: learnt from all corpora but one, measured on that one, with source_homes.tsv and without it.
2. Within: five parts by the hash of the id; each is judged by weights learnt from the other four, without homes. A row of
   `places` is right when most of its mentions are (the rules of places_peers.py; one that is not resolved is right when it
   is a place at all). The map is fitted with equal weight for each corpus; the table shows each corpus by a map fitted on
   the others' and its own other half, and --aside by the shipped weights and the map fitted on all.
"""
import argparse, collections, hashlib, json, math, pathlib, re, shutil, subprocess, sys, tempfile

from places_peers import OPTIONAL, is_right, read, score, tocsin

ROOT = pathlib.Path(__file__).parents[2]
TABLES = ROOT / "common/knowledge/places"
FOLDS = 5
BINS = (0, .5, .6, .7, .8, .9, .95, .98, 1.001)
CONFIG = 'brokers: "127.0.0.1:1"\ntopics: {raw: [{name: wire.raw, preset: plain}]}\nknowledge: {gazetteer: "%s"}\n'


def shipped_map():
    text = (ROOT / "common/places/confidence.h").read_text()
    return tuple(float(re.search(rf"{name} = ([\d.]+);", text)[1]) for name in ("kShift", "kSlope"))


class Workbench:
    def __init__(self, args, folder):
        self.args, self.build, self.folder = args, pathlib.Path(args.build), pathlib.Path(folder)

    def learn(self, docs):
        """Weights from docs, as the text of a table."""
        geo = self.folder / "geo.jsonl"
        geo.write_text("".join(json.dumps(d) + "\n" for d in docs))
        command = [sys.executable, ROOT / "common/places/train/train.py", "--geo", geo, "--weights", TABLES / "weights.tsv",
                   "--features", self.build / "common/places/tocsin_place_features",
                   "--image", self.build / "daemon/knowledge/gazetteer.img"]
        for path in self.args.conll:
            command += ["--conll", path]
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True).stdout

    def judge(self, docs, weights, homes):
        """What Tocsin says of docs with other weights; without homes no source has one."""
        tables, image, config = (self.folder / name for name in ("tables", "gazetteer.img", "tocsin.yaml"))
        shutil.copytree(TABLES, tables, dirs_exist_ok=True)
        if weights:
            (tables / "weights.tsv").write_text(weights)
        if not homes:
            (tables / "source_homes.tsv").write_text("# none\n")
        subprocess.run([self.build / "common/places/tocsin_compile_gazetteer", tables, self.args.places, image], check=True,
                       stdout=subprocess.DEVNULL)
        config.write_text(CONFIG % image)
        return tocsin(self.build / "daemon/tocsin", docs, 1, ("--config", str(config)))


def rows(docs, answers):
    """(id of the article, what the steps believed as log of odds, right) for each row of places that can be judged."""
    shift, slope = shipped_map()
    out = []
    for d, mentions in zip(docs, answers):
        verdicts = collections.defaultdict(list)
        for m in mentions:
            over = [t for t in d["toponyms"] if m.start < t["end"] and t["start"] < m.end]
            gold = [t for t in over if t.get("type") not in OPTIONAL]
            if not gold and (over or m.demonym):
                continue
            known = [t for t in gold if t.get("lat") is not None or m.place.lat is None]
            if known or not gold:
                verdicts[m.place].append(any(m.place.lat is None or is_right(m.place, t) for t in known))
        for place, verdict in verdicts.items():
            c = min(max(place.confidence, 5e-4), 1 - 5e-4)  # three decimals in the record
            out.append((d["id"], (math.log(c / (1 - c)) - shift) / slope, 2 * sum(verdict) > len(verdict)))
    return out


def logistic(x):
    return 1 / (1 + math.exp(-x))


def fit(sets):
    """Shift and slope with the least logistic loss, each set of rows with equal weight (Newton's steps)."""
    a, b = 0.0, 1.0
    for _ in range(30):
        ga = gb = haa = hab = hbb = 0.0
        for some in sets:
            for _, x, right in some:
                p = logistic(a + b * x)
                e, h = (p - right) / len(some), p * (1 - p) / len(some)
                ga, gb, haa, hab, hbb = ga + e, gb + e * x, haa + h, hab + h * x, hbb + h * x * x
        det = haa * hbb - hab * hab
        a, b = a - (hbb * ga - hab * gb) / det, b - (haa * gb - hab * ga) / det
    return a, b


def table(name, judged):
    """judged: (confidence, right)"""
    print(f"  {name}, {len(judged)} places: said, right (n)")
    for low, high in zip(BINS, BINS[1:]):
        some = [j for j in judged if low <= j[0] < high]
        if some:
            print(f"    {low:.2f} to {min(high, 1):.2f}   {sum(c for c, _ in some) / len(some):.3f}  "
                  f"{sum(r for _, r in some) / len(some):.3f}  ({len(some)})")


def hashed(salt, d, parts):
    return int(hashlib.md5((salt + str(d)).encode()).hexdigest(), 16) % parts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True)
    parser.add_argument("--places", required=True)
    parser.add_argument("--geo", action="append", required=True)
    parser.add_argument("--conll", action="append", default=[])
    parser.add_argument("--aside", action="append", default=[])
    args = parser.parse_args()
    for path in (args.places, *args.geo, *args.conll, *args.aside):
        if not pathlib.Path(path).exists():
            sys.exit(f"NOT MEASURED: {path} is not there")
    corpora = {path: read(path) for path in args.geo}
    with tempfile.TemporaryDirectory() as folder:
        bench = Workbench(args, folder)
        print("across")
        for path, docs in corpora.items():
            weights = bench.learn([d for other in corpora if other != path for d in corpora[other]])
            for homes in (True, False):
                exact, overlap, right = score(docs, bench.judge(docs, weights, homes))
                print(f"  {path} (n={len(docs)}), {'with' if homes else 'without'} homes: exact F1 {exact:.3f}, "
                      f"overlap F1 {overlap:.3f}, right of all {right:.3f}", flush=True)
        print("within")
        sets = {path: [] for path in corpora}
        for fold in range(FOLDS):
            part = {path: [d for d in docs if hashed("p4", d["id"], FOLDS) == fold] for path, docs in corpora.items()}
            weights = bench.learn([d for docs in corpora.values() for d in docs if hashed("p4", d["id"], FOLDS) != fold])
            for path, docs in part.items():
                sets[path] += rows(docs, bench.judge(docs, weights, False))
        shift, slope = fit(sets.values())
        print(f"  the map fitted on all: kShift = {shift:.2f}, kSlope = {slope:.2f}")
        halves = [fit([[r for r in some if hashed("half", r[0], 2) == k] for some in sets.values()]) for k in (0, 1)]
        for path, some in sets.items():
            table(path, [(logistic(a + b * x), right) for i, x, right in some
                         for a, b in [halves[1 - hashed("half", i, 2)]]])
        for path in args.aside:
            docs = read(path)
            table(path, [(logistic(shift + slope * x), right)
                         for _, x, right in rows(docs, bench.judge(docs, None, True))])


if __name__ == "__main__":
    main()
