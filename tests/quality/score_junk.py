#!/usr/bin/env python3
"""Which lines of articles `tocsin enrich` removes, beside what a reader said who had not seen it. Standard library only.

    score_junk.py CORPORA TOCSIN [--part tune|earlier|report|again] [--errors]

CORPORA holds news/web_articles_12000.jsonl.gz; labels/junk.tsv beside this file says which of an article's lines are junk
and which a byline. No site of `report` and `again` has articles in another part. A line is gone when no standard field of the
record has it, as in a scorer of others that these figures stand beside; bylines are counted apart. Intervals: 95 %, by
drawing articles again 2,000 times. --errors prints each error, never of `report` and `again`. Without the corpus it says so and does
nothing.
"""
import argparse, gzip, json, os, random, re, subprocess, sys

LABELS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "labels", "junk.tsv")
BREAKS = re.compile("[\n\r\v\f\x85\u2028\u2029]")


def labels():
    with open(LABELS, encoding="utf-8") as f:
        fields = f.readline().lstrip("#").rstrip("\n").split("\t")
        for line in f:
            row = dict(zip(fields, line.rstrip("\n").split("\t")))
            for kind in ("junk", "byline"):
                row[kind] = {int(n) for n in row[kind].split(",") if n != "-"}
            yield row


def squash(text):
    return re.sub(r"\s+", " ", text).strip()


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for v in value.values() if isinstance(value, dict) else value:
            yield from strings(v)


def enrich(tocsin, docs):
    rows = [{"uri": d["id"], "title": d.get("title"), "text": d["text"], "source": d.get("site")} for d in docs]
    given = "".join(json.dumps({k: v for k, v in r.items() if v}) + "\n" for r in rows)
    done = subprocess.run([tocsin, "enrich", "--preset", "plain", "--no-dedupe"], input=given.encode(),
                          stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.split(b"\n") if line]


def tally(row, doc, record, show):
    """Of one article: gone and junk, gone and content, kept and junk, content kept, content (both in characters)."""
    kept = "\n".join(squash(s) for s in strings({k: v for k, v in record.items() if k != "enrichment"}))
    lines = [squash(line) for line in BREAKS.split(doc["text"]) if line.strip()]
    if len(lines) != int(row["lines"]):
        sys.exit(f"{row['id']}: {len(lines)} lines, labelled were {row['lines']}: another corpus")
    counts = [0] * 5
    for n, line in enumerate(lines):
        if n in row["byline"]:
            continue
        junk, gone = n in row["junk"], line not in kept
        if junk:
            counts[0 if gone else 2] += 1
        else:
            counts[1] += gone
            counts[3] += 0 if gone else len(line)
            counts[4] += len(line)
        if show and junk != gone:
            print(f"{'KEPT' if junk else 'LOST'} {row['id']} {n}/{len(lines)} {line[:160]!r}")
    return counts


def ratio(tallies, over, under):
    sums = [sum(t) for t in zip(*tallies)]
    return sum(sums[i] for i in over) / max(sum(sums[i] for i in under), 1)


def told(tallies, over, under):
    draw = random.Random(1)
    drawn = sorted(ratio(draw.choices(tallies, k=len(tallies)), over, under) for _ in range(2000))
    return f"{ratio(tallies, over, under):.4f} ({drawn[49]:.4f}-{drawn[1950]:.4f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora")
    parser.add_argument("tocsin")
    parser.add_argument("--part", choices=("tune", "earlier", "report", "again"), default="report")
    parser.add_argument("--errors", action="store_true")
    args = parser.parse_args()
    path = os.path.join(args.corpora, "news/web_articles_12000.jsonl.gz")
    if not os.path.exists(path):
        sys.exit(f"SKIPPED: {path} is not there, nothing was scored")
    with gzip.open(path, "rt", encoding="utf-8") as f:
        docs = {d["id"]: d for d in map(json.loads, f)}
    rows = [r for r in labels() if r["part"] == args.part]
    articles = [docs[r["id"]] for r in rows]
    show = args.errors and args.part not in ("report", "again")
    tallies = [tally(*each, show) for each in zip(rows, articles, enrich(args.tocsin, articles))]
    print(f"junk lines, {args.part}: {len(rows)} articles, {sum(int(r['lines']) for r in rows)} lines, "
          f"{sum(len(r['junk']) for r in rows)} junk, {sum(t[1] for t in tallies)} content lines lost\n"
          f"  P {told(tallies, [0], [0, 1])}  R {told(tallies, [0], [0, 2])}  content kept {told(tallies, [3], [3 + 1])}")


if __name__ == "__main__":
    main()
