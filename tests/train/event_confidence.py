#!/usr/bin/env python3
"""Learns confidence.tsv, by which an event says how sure it is. Standard library only.

    event_confidence.py CORPORA --signs build/dev/tests/tocsin_event_signs --knowledge build/dev/daemon/knowledge \\
                        [--report] > common/knowledge/rules/confidence.tsv

What readers said (tests/quality/labels, and CORPORA/events/missiles.jsonl) of events that Tocsin finds: told by the article, of
this type, as recent, or not. Learnt from are the items that a hash of the id puts into `tune` (score_labels.py), but for
alerts_fresh.tsv and what could_ring of events_web.tsv, which are held aside. Passages of web articles are no articles and
are left out. A logistic model with a Gaussian prior on its weights, fitted by Newton's method: equal input gives equal bytes.

--report prints instead how the weights of KNOWLEDGE fare on the items that were not learnt from.
Without the corpora it says so and does nothing.
"""
import argparse, collections, json, math, os, re, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "quality"))
from score_labels import COUNTS, article, labels, part_of, split, texts_of, wilson  # noqa: E402

Told = collections.namedtuple("Told", "type factuality severity confidence rule signs evidence")
Item = collections.namedtuple("Item", "set corpus id part right told")


def told_by(args, articles, keep_text):
    """The events of each article."""
    command = [args.signs, args.knowledge] + ["keep-text"] * keep_text
    lines = "".join(json.dumps(a) + "\n" for a in articles)
    run = subprocess.run(command, input=lines.encode(), stdout=subprocess.PIPE, check=True)
    out = [[] for _ in articles]
    for line in run.stdout.decode().splitlines():
        number, kind, factuality, severity, confidence, rule, signs, evidence = line.split("\t")
        spans = [(zone, int(start), int(end)) for zone, start, end in (e.split(":") for e in evidence.split())]
        out[int(number)].append(Told(kind, factuality, int(severity), float(confidence), rule, signs.split(), spans))
    return out


def gravest(events, kind):
    """The event of a type that would ring."""
    return max((e for e in events if e.type == kind and e.factuality in COUNTS), key=lambda e: e.severity, default=None)


def whole(args, texts, rows):
    return zip(rows, told_by(args, [article(r["corpus"], texts[r["corpus"]][r["id"]]) for r in rows], False))


def items(args, texts):
    for name in ("alerts", "alerts_fresh"):
        for row, events in whole(args, texts, labels(name, "all")):
            if (event := gravest(events, row["type"])):
                yield Item(name, row["corpus"], row["id"], part_of(row["id"]), row["verdict"] == "right", event)
    for row, events in whole(args, texts, [r for r in labels("events_web", "all") if r["verdict"] != "doubtful"]):
        for event in events:
            if event.type == row["type"] and event.evidence[0][:2] == (row["zone"], int(row["start"])):
                yield Item(row["drawn"], row["corpus"], row["id"], part_of(row["id"]), row["verdict"] == "right", event)
                break
    for name in ("launches", "types"):
        rows = [r for r in labels(name, "all") if r["corpus"] == "current_events"]
        passages = [article(r["corpus"], texts[r["corpus"]][r["id"]], texts[r["corpus"]][r["id"]]["text"][int(r["start"]):int(r["end"])])
                    for r in rows]
        for row, events in zip(rows, told_by(args, passages, True)):
            sure, unsure = split(row["types"])
            for kind in sorted({e.type for e in events if e.factuality in COUNTS} - unsure):
                yield Item(name, row["corpus"], row["id"], part_of(row["id"]), kind in sure, gravest(events, kind))
    rows = [r for r in labels("triggers", "all") if r["types"] != "?"]
    for row, events in whole(args, texts, rows):
        start, end, facts = int(row["start"]), int(row["end"]), row["factuality"].split("/")
        for event in events:
            if any(z == "body" and a < end and start < b for z, a, b in event.evidence):
                counts = event.factuality in COUNTS
                right = event.type in row["types"].split(",") and (any((f in COUNTS) == counts for f in facts))
                yield Item("triggers", row["corpus"], row["id"], part_of(row["id"]), right, event)
    with open(os.path.join(args.corpora, "events", "missiles.jsonl"), encoding="utf-8") as f:
        rows = [r for r in map(json.loads, f) if r["label"] in ("pos", "neg")]
    dated = lambda r: {"published": r["date"][:10] + "T12:00:00Z"} if r.get("date") else {}
    for row, events in zip(rows, told_by(args, [{"uri": r["id"], "text": r["text"]} | dated(r) for r in rows], True)):
        if (event := gravest(events, "missile_launch")):
            yield Item("missiles", row["source"], row["source_id"], part_of(row["source_id"]), row["label"] == "pos", event)


def rule_confidences(directory):
    """By rule; the loader's own default is .9."""
    out = collections.defaultdict(lambda: .9)
    for name in sorted(os.listdir(directory)):
        rule = None
        for line in open(os.path.join(directory, name), encoding="utf-8"):
            if (m := re.match(r"\s+- rule: (\S+)", line)):
                rule = m[1]
            elif (m := re.match(r"\s+confidence: ([\d.]+)", line)):
                out[rule] = float(m[1])
    return out


class Model:
    """Weights by name, their priors: a sign weighs nothing and a rule's confidence counts as it stands, until items say else."""

    def __init__(self, priors):
        self.priors = priors

    def seen(self, told):
        p = self.priors[told.rule]
        return {"bias": 1.0, "rule": math.log(p / (1 - p)), "type=" + told.type: 1.0} | dict.fromkeys(told.signs, 1.0)

    @staticmethod
    def prior(name):
        """Mean, and how many times the variance of a unit it is held to."""
        return (1, 2) if name == "rule" else (0, .001) if name == "bias" else (0, 6) if name.startswith("type=") else (0, 2)

    def loss(self, data, weights):
        out = sum(self.prior(n)[1] * (w - self.prior(n)[0]) ** 2 / 2 for n, w in weights.items())
        for seen, right in data:
            z = sum(weights[n] * v for n, v in seen.items())
            out += max(z, 0) + math.log1p(math.exp(-abs(z))) - z * right
        return out

    def fit(self, learnt):
        data = [(self.seen(i.told), i.right) for i in learnt]
        names = sorted({n for seen, _ in data for n in seen})
        weights = {n: float(self.prior(n)[0]) for n in names}
        for _ in range(50):
            slope = {n: self.prior(n)[1] * (weights[n] - self.prior(n)[0]) for n in names}
            curve = {n: collections.defaultdict(float, {n: self.prior(n)[1]}) for n in names}
            for seen, right in data:
                p = 1 / (1 + math.exp(-sum(weights[n] * v for n, v in seen.items())))
                for n, v in seen.items():
                    slope[n] += (p - right) * v
                    for m, u in seen.items():
                        curve[n][m] += p * (1 - p) * v * u
            step = solve(names, curve, slope)
            size, before = 1.0, self.loss(data, weights)
            while self.loss(data, {n: weights[n] - size * step[n] for n in names}) > before and size > 1e-6:
                size /= 2
            weights = {n: weights[n] - size * step[n] for n in names}
            if max(map(abs, step.values())) < 1e-9:
                break
        return weights


def solve(names, matrix, vector):
    """Gauss's elimination of a symmetric, positive matrix."""
    rows = {n: [matrix[n][m] for m in names] + [vector[n]] for n in names}
    for k, n in enumerate(names):
        for m in names[k + 1:]:
            if (share := rows[m][k] / rows[n][k]):
                rows[m] = [a - share * b for a, b in zip(rows[m], rows[n])]
    out = {}
    for k in range(len(names) - 1, -1, -1):
        row = rows[names[k]]
        out[names[k]] = (row[-1] - sum(row[j] * out[names[j]] for j in range(k + 1, len(names)))) / row[k]
    return out


BINS = (0, .3, .5, .7, .8, .9, .95, 1.01)
GROUPS = (("current events and wire", lambda i: i.corpus != "web_articles"),
          ("web: first alerts", lambda i: i.corpus == "web_articles" and i.set in ("alerts", "rang")),
          ("web: what cannot ring", lambda i: i.set == "cannot_ring" or i.set == "triggers" and i.corpus == "web_articles"))


def ranks(aside):
    """How often a right one is surer than a wrong one."""
    right, wrong = ([i.told.confidence for i in aside if i.right == r] for r in (True, False))
    better = sum((a > b) + (a == b) / 2 for a in right for b in wrong)
    return better / max(len(right) * len(wrong), 1)


def report(name, aside):
    if not aside:
        return
    said, right = sum(i.told.confidence for i in aside) / len(aside), sum(i.right for i in aside)
    print(f"{name}: said {said:.3f}, right {wilson(right, len(aside))}, a right one surer than a wrong one {ranks(aside):.3f}")
    for low, high in zip(BINS, BINS[1:]):
        inside = [i for i in aside if low <= i.told.confidence < high]
        if inside:
            said = sum(i.told.confidence for i in inside) / len(inside)
            print(f"  {low:.2f} to {min(high, 1):.2f}: said {said:.3f}, right {wilson(sum(i.right for i in inside), len(inside))}")
    for least in (.2, .3, .4, .5, .6, .7, .8, .9):
        kept = [i for i in aside if i.told.confidence >= least]
        print(f"  from {least}: {len(kept)} of {len(aside)}, right {wilson(sum(i.right for i in kept), len(kept))}, "
              f"of the right ones {wilson(sum(i.right for i in kept), right)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora")
    parser.add_argument("--signs", required=True)
    parser.add_argument("--knowledge", required=True)
    parser.add_argument("--report", action="store_true")
    args = parser.parse_args()
    texts = texts_of(args.corpora)
    read = list(items(args, texts))
    aside = lambda i: i.set in ("alerts_fresh", "could_ring")
    if args.report:
        for name, group in GROUPS:
            report(f"{name}, reported half", [i for i in read if group(i) and i.part == "report" and not aside(i)])
        report("web: alerts_fresh", [i for i in read if i.set == "alerts_fresh"])
        report("web: could_ring", [i for i in read if i.set == "could_ring"])
        return
    learnt = [i for i in read if i.part == "tune" and not aside(i)]
    weights = Model(rule_confidences(os.path.join(args.knowledge, "rules"))).fit(learnt)
    print("# How sure an event is (docs/rules.md). Learnt by tests/train/event_confidence.py from "
          f"{len(learnt)} events that were read, {sum(i.right for i in learnt)} of them right.")
    print("# Columns: sign, weight (logarithm of odds). `rule` weighs the log odds of the rule's own confidence.")
    order = lambda n: (n not in ("bias", "rule"), n.startswith("type="), n)
    for name in sorted(weights, key=order):
        if abs(weights[name]) >= .1:
            print(f"{name}\t{weights[name]:.2f}")


if __name__ == "__main__":
    main()
