#!/usr/bin/env python3
"""What the events stage says, beside what a reader said who had not seen it. Standard library only.

    score_labels.py CORPORA TOCSIN [--rules DIRECTORY] [--part tune|report|all] [--alerts] [--errors]

CORPORA holds events/current_events_2002_2022.jsonl.gz and news/web_articles_12000.jsonl.gz; labels/ beside this file holds
ids, places in the text and labels, and no text. labels/README.md says how they were drawn and read. An item belongs to the
part that the hash of its id says: rules are changed by looking at the errors of `tune`, figures are those of `report`. A type
with a question mark is one about which readers may differ: it is neither asked for nor an error. --alerts tells both corpora
as two streams in order of time and judges the first alerts that were read (the long part: 100,000 articles), by the default rule
and by others of a greater `min_confidence`. --errors prints
each error, of the part `tune` only. Intervals are Wilson's, 95 %. Without the corpora it says so and does nothing.
"""
import argparse, collections, gzip, hashlib, json, math, os, subprocess, sys, tempfile

CORPORA = {"current_events": ("events/current_events_2002_2022.jsonl.gz", "date"),
           "web_articles": ("news/web_articles_12000.jsonl.gz", "published")}
LABELS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "labels")
COUNTS = ("occurred", "claimed", "disputed")


def texts_of(corpora):
    """The articles of each corpus by id; ends the program where one is not there."""
    texts = {}
    for corpus, (path, _) in CORPORA.items():
        path = os.path.join(corpora, path)
        if not os.path.exists(path):
            sys.exit(f"SKIPPED: {path} is not there, nothing was done")
        with gzip.open(path, "rt", encoding="utf-8") as f:
            texts[corpus] = {d["id"]: d for d in map(json.loads, f)}
    return texts


def part_of(identity):
    return ("tune", "report")[int(hashlib.sha256(f"half:{identity}".encode()).hexdigest(), 16) % 2]


def labels(name, part):
    with open(os.path.join(LABELS, name + ".tsv"), encoding="utf-8") as f:
        fields = f.readline().lstrip("#").rstrip("\n").split("\t")
        rows = [dict(zip(fields, line.rstrip("\n").split("\t"))) for line in f]
    return [r for r in rows if part == "all" or part_of(r["id"]) == part]


def enrich(args, articles, *options):
    """Records of `articles` (dicts), in their order, one after the other: a stream is larger than memory."""
    with tempfile.TemporaryDirectory() as folder:
        command = [args.tocsin, "enrich", "--preset", "plain", *options]
        if args.rules:
            config = os.path.join(folder, "tocsin.yaml")
            with open(config, "w", encoding="utf-8") as f:
                f.write('brokers: "none:1"\ntopics:\n  raw:\n    - {name: raw, preset: plain}\n'
                        f"knowledge:\n  rules: {os.path.abspath(args.rules)}\n")
            command += ["--config", config]
        with open(os.path.join(folder, "in"), "w+b") as f:
            f.writelines((json.dumps(a) + "\n").encode() for a in articles)
            f.seek(0)
            with subprocess.Popen(command, stdin=f, stdout=subprocess.PIPE) as run:
                yield from map(json.loads, run.stdout)
        if run.returncode:
            sys.exit(f"{' '.join(command)}: exit {run.returncode}")


def article(corpus, doc, text=None, title=True):
    date = doc.get(CORPORA[corpus][1])
    made = {"uri": doc["id"], "text": doc["text"] if text is None else text}
    made |= {"published": date[:10] + "T12:00:00Z"} if date else {}
    return made | ({"title": doc["title"]} if title and doc.get("title") else {})


def wilson(right, of):
    if not of:
        return "-"
    p, z = right / of, 1.96
    middle, half = p + z * z / (2 * of), z * ((p * (1 - p) + z * z / (4 * of)) / of) ** .5
    return f"{p:.3f} ({(middle - half) / (1 + z * z / of):.3f}-{(middle + half) / (1 + z * z / of):.3f}, {right} of {of})"


def types_of(record):
    return {e["type"] for e in record["enrichment"].get("events", []) if e["factuality"] in COUNTS}


def split(types):
    sure = {t for t in types.split(",") if t != "-" and not t.endswith("?")}
    return sure, {t[:-1] for t in types.split(",") if t.endswith("?")}


def score_types(args, texts, name, only=None):
    rows = labels(name, args.part)
    passages = [article(r["corpus"], texts[r["corpus"]][r["id"]], texts[r["corpus"]][r["id"]]["text"][int(r["start"]):int(r["end"])],
                        title=False) | {"uri": str(n)} for n, r in enumerate(rows)]
    tally = collections.defaultdict(lambda: [0, 0, 0])
    for row, passage, record in zip(rows, passages, enrich(args, passages, "--keep-text", "--no-dedupe")):
        sure, unsure = split(row["types"])
        said = types_of(record)
        for t in (sure | said) - unsure:
            if only and t != only:
                continue
            kind = 0 if t in sure and t in said else 1 if t in said else 2
            tally[t][kind] += 1
            if kind and args.errors and part_of(row["id"]) == "tune":
                print(f"  {t} {('', 'FALSE', 'MISSED')[kind]} [{row['note']}] {row['id']} {passage['text']!r}")
    total = [sum(x) for x in zip(*tally.values())]
    print(f"{name}: {len(rows)} items, {only or 'all types, micro'}: P {wilson(total[0], total[0] + total[1])}  "
          f"R {wilson(total[0], total[0] + total[2])}  F1 {2 * total[0] / max(2 * total[0] + total[1] + total[2], 1):.3f}")
    if not only:
        for t, (tp, fp, fn) in sorted(tally.items()):
            print(f"  {t:22} P {wilson(tp, tp + fp):28} R {wilson(tp, tp + fn)}")


def score_triggers(args, texts):
    rows = labels("triggers", args.part)
    whole = [article(r["corpus"], texts[r["corpus"]][r["id"]]) | {"uri": str(n)} for n, r in enumerate(rows)]
    found = events = others = said_of_others = 0
    facts, saliences = collections.Counter(), collections.Counter()
    for row, record in zip(rows, enrich(args, whole, "--keep-text", "--no-dedupe")):
        if row["types"] == "?":
            continue
        start, end = int(row["start"]), int(row["end"])
        said = [e for e in record["enrichment"].get("events", [])
                if any(v["zone"] == "body" and v["start"] < end and start < v["end"] for v in e["evidence"])]
        if row["types"] == "-":
            others += 1
            said_of_others += bool(said)
            continue
        events += 1
        said = [e for e in said if e["type"] in row["types"].split(",")] or said
        found += bool(said)
        if said:
            for counter, field in ((facts, "factuality"), (saliences, "salience")):
                gold = row[field].split("/")
                counter[(said[0][field] if said[0][field] in gold else gold[0], said[0][field])] += 1
            if args.errors and part_of(row["id"]) == "tune" and said[0]["factuality"] not in row["factuality"].split("/"):
                text = texts[row["corpus"]][row["id"]]["text"]
                print(f"  {row['factuality']} said {said[0]['factuality']}: {text[max(0, start - 150):start]!r} >> {text[start:end + 80]!r}")
    print(f"triggers: {events} of events, found {wilson(found, events)}; {others} others, taken for one {said_of_others}")
    for name, counter in (("factuality", facts), ("salience", saliences)):
        print(f"  {name} right {wilson(sum(n for (a, b), n in counter.items() if a == b), found)}")
        for (gold, said), n in sorted(counter.items()):
            print(f"    reader {gold:12} tocsin {said:12} {n}")


def vagueness(event):
    """How little a type says of what was done, as common/events/incident.cc has it."""
    vague = ("armed_clash", "arson", "border_incident", "civil_unrest", "military_movement")
    return 2 if event["type"] in vague else event["type"] in ("bombardment", "kidnapping", "maritime_air_incident", "terror_attack")


DEFAULT_CONFIDENCE = .3  # of the default rule


def incidents_told(records):
    """Of each article, its id and the events of each incident that it reports."""
    for record in records:
        if record["enrichment"].get("outcome") in ("new", "revision"):
            told = collections.defaultdict(list)
            for event in record["enrichment"].get("events", []):
                if event.get("incident"):
                    told[event["incident"]].append(event)
            if told:
                yield record["uri"], dict(told)


def first_alerts(articles, least=DEFAULT_CONFIDENCE):
    """Of each alert that would ring first, by the default rule (missile launches, and severity 3 or more that is as sure as
    `least`; these streams name no sources): the article's id, the types of the incident, the one that it rings by first, and
    the evidence."""
    rung, sure = set(), collections.defaultdict(lambda: -1)  # an incident that counts is as sure as its surest report
    for uri, told in articles:
        for incident, events in told.items():
            sure[incident] = max([sure[incident]] + [e["confidence"] for e in events if e["factuality"] in COUNTS])
            rings = any(e["type"] == "missile_launch" or e.get("security") and e["severity"] >= 3 and sure[incident] >= least
                        for e in events)
            if rings and sure[incident] >= 0 and incident not in rung:
                rung.add(incident)
                events = sorted(events, key=lambda e: (-e["severity"], vagueness(e)))
                yield uri, [e["type"] for e in events], [v for e in events for v in e["evidence"]]


def score_sources(told, texts, part):
    """Incidents of the web stream that one site tells and that more do: how sure, as the book has it, and how often right by what
    was read of any of their articles. What the weights of confidence.tsv were learnt from is left out."""
    read = {}
    for name in ("alerts", "alerts_fresh", "events_web"):
        for r in labels(name, "all" if name == "alerts_fresh" else part):
            if r["corpus"] == "web_articles" and r["verdict"] != "doubtful":
                read.setdefault((r["id"], r["type"]), r["verdict"] == "right")
    sites, verdicts = collections.defaultdict(dict), collections.defaultdict(list)
    for uri, incidents in told:
        site = texts["web_articles"][uri].get("url", "/" * 3).split("/")[2]
        for incident, events in incidents.items():
            sure = max((e["confidence"] for e in events if e["factuality"] in COUNTS), default=0)
            sites[incident][site] = max(sites[incident].get(site, 0), sure)
            verdicts[incident] += [read[uri, e["type"]] for e in events if (uri, e["type"]) in read][:1]
    for name, of in (("one site", lambda n: n == 1), ("more sites", lambda n: n > 1)):
        rows = [(i, v) for i, vs in verdicts.items() for v in vs if of(len(sites[i]))]
        single = sum(max(sites[i].values()) for i, _ in rows) / max(len(rows), 1)
        joint = sum(1 - math.prod(1 - c for c in sites[i].values()) for i, _ in rows) / max(len(rows), 1)
        print(f"  incidents that {name} tell: the surest report {single:.3f}, all together {joint:.3f}, "
              f"right {wilson(sum(v for _, v in rows), len(rows))}")


def siblings(alerts):
    """How many share words with an earlier one of their article."""
    told, found = collections.defaultdict(list), 0
    for uri, _, evidence in alerts:
        found += any(v["zone"] == w["zone"] and v["start"] < w["end"] and w["start"] < v["end"] for v in evidence for w in told[uri])
        told[uri] += evidence
    return found


def score_alerts(args, texts):
    for corpus in CORPORA:
        docs = sorted(texts[corpus].values(), key=lambda d: d.get(CORPORA[corpus][1]) or "")
        told = list(incidents_told(enrich(args, (article(corpus, d) for d in docs))))
        now = list(first_alerts(told))
        rung = {(uri, types[0]) for uri, types, _ in now}
        named = {(uri, t) for uri, types, _ in now for t in types}
        print(f"alerts, {corpus}: {len(now)} first ones of {len(docs)} articles, {siblings(now)} of them share words "
              "with another of their article")
        for name, part in (("alerts", args.part), ("alerts_fresh", "all")):
            read = [r for r in labels(name, part) if r["corpus"] == corpus]
            ring = [r for r in read if (r["id"], r["type"]) in rung]
            right = sum(r["verdict"] == "right" for r in ring)
            lost = sum(r["verdict"] == "right" and (r["id"], r["type"]) not in named for r in read)
            print(f"  {name}: of {len(read)} that were read, {len(ring)} still ring, right {wilson(right, len(ring))}; "
                  f"lost {lost} that were right")
        read = [r for r in labels("alerts", args.part) + labels("alerts_fresh", "all") if r["corpus"] == corpus]
        for least in (0, .2, .3, .4, .5, .6, .7, .8, .9):
            rung = [(uri, types[0]) for uri, types, _ in first_alerts(told, least)]
            ring = [r for r in read if (r["id"], r["type"]) in set(rung)]
            right = sum(r["verdict"] == "right" for r in ring)
            if least == 0:
                all_right = right
            print(f"  min_confidence {least}: {1000 * len(rung) / len(docs):.1f} a thousand articles, right "
                  f"{wilson(right, len(ring))}, of the right ones {wilson(right, all_right)}")
        if corpus == "web_articles":
            score_sources(told, texts, args.part)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora")
    parser.add_argument("tocsin")
    parser.add_argument("--rules")
    parser.add_argument("--part", choices=("tune", "report", "all"), default="report")
    parser.add_argument("--alerts", action="store_true")
    parser.add_argument("--errors", action="store_true")
    args = parser.parse_args()
    texts = texts_of(args.corpora)
    print(f"part: {args.part}")
    score_types(args, texts, "launches", "missile_launch")
    score_types(args, texts, "launches")
    score_types(args, texts, "types")
    score_triggers(args, texts)
    if args.alerts:
        score_alerts(args, texts)


if __name__ == "__main__":
    main()
