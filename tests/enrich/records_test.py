#!/usr/bin/env python3
"""Runs `tocsin enrich` over articles and holds every record to what docs/record.md promises.

    records_test.py TOCSIN

Checked of each record: the JSON Schema of docs/schema (with the official ninjs 3.1 schema where TOCSIN_SHARED has it, else
our own part alone), offsets that cut out what they claim, mentions that have their row. Then: the golden articles of
tests/golden with what is expected of each; an article of each preset, by its name and by `auto`; the ninjs examples of TOCSIN_SHARED, all read, and ninjs 3 in, ninjs 3 out
without loss; the same output with one thread as with four, and from a stream without a last line feed.
"""
import glob, json, os, subprocess, sys

from jsonschema import Draft202012Validator

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHARED = os.environ.get("TOCSIN_SHARED") or os.path.join(os.path.dirname(ROOT), "shared")
NINJS = os.path.join(SHARED, "ninjs")
problems = []
VALID = {"schema": "tocsin/1", "outcome": "held"}


def load(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def validator():
    """One schema of the three files, so that no version of the library has to resolve references between them."""
    ours = load(os.path.join(ROOT, "docs/schema/enrichment.json"))
    official = os.path.join(NINJS, "specification/ninjs-schema_3.1.json")
    if os.path.exists(official):
        ninjs = load(official)
        whole = load(os.path.join(ROOT, "docs/schema/enriched.json"))
        whole["$defs"] = ours["$defs"] | ninjs["$defs"] | {"geojson": {"type": "object", "required": ["type"]}}
        text = json.dumps(whole).replace(ninjs["$id"] + "/", "#/").replace("enrichment.json#/", "#/")
        text = text.replace("https://geojson.org/schema/GeoJSON.json#", "#/$defs/geojson")
    else:
        print("no official ninjs schema in TOCSIN_SHARED: only our own part is checked")
        text = json.dumps({"properties": {"enrichment": {"anyOf": ours["anyOf"]}}, "required": ["uri", "enrichment"],
                           "$defs": ours["$defs"]})
    whole = json.loads(text)
    whole.pop("$id", None)
    Draft202012Validator.check_schema(whole)
    return Draft202012Validator(whole)


def enrich(lines, *options):
    data = b"\n".join(lines) + b"\n"
    done = subprocess.run([TOCSIN, "enrich", *options], input=data, stdout=subprocess.PIPE, check=True)
    records = [json.loads(line) for line in done.stdout.split(b"\n") if line]
    expect(len(records) == len(lines), f"{len(lines)} lines in, {len(records)} records out")
    return records


def expect(good, what):
    if not good:
        problems.append(what)


def check_record(check, record, name):
    for error in check.iter_errors(record):
        for e in sorted(error.context or [error], key=lambda e: len(e.path), reverse=True)[:2]:
            expect(False, f"{name}: {'/'.join(map(str, e.path))}: {e.message[:200]}")
    zones = {"body": record["bodies"][0]["value"] if record.get("bodies") else "",
             "headline": record["headlines"][0]["value"] if record.get("headlines") else ""}
    enrichment = record["enrichment"]
    places = enrichment.get("places", [])
    ids = [p["id"] for p in places]
    expect(ids == list(range(len(ids))), f"{name}: places are not numbered in order")
    for m in enrichment.get("mentions", []):
        cut = zones[m["zone"]][m["start"]:m["end"]]
        expect(m["place"] in ids and cut and cut == cut.strip(), f"{name}: mention {m} cuts {cut!r}")
    for event in enrichment.get("events", []):
        expect(event["place"] is None or event["place"] in ids, f"{name}: event's place")
        for piece in event["evidence"]:
            cut = zones[piece["zone"]][piece["start"]:piece["end"]]
            expect(cut == piece["text"], f"{name}: evidence {piece['text']!r} is {cut!r}")


def check_golden(check):
    with open(os.path.join(ROOT, "tests/golden/articles.ndjson"), "rb") as f:
        lines = f.read().rstrip(b"\n").split(b"\n")
    with open(os.path.join(ROOT, "tests/golden/expected.ndjson"), encoding="utf-8") as f:
        expected = [json.loads(line) for line in f]
    records = enrich(lines, "--preset", "plain")
    for want, record in zip(expected, records):
        name = f"golden {want['uri']}"
        check_record(check, record, name)
        e = record["enrichment"]
        duplicate = e.get("duplicate", {})
        expect(record["uri"] == want["uri"], f"{name}: uri {record['uri']}")
        for key, is_so in (("outcome", e["outcome"]), ("reason", e.get("reason")), ("relation", duplicate.get("relation")),
                           ("of", duplicate.get("of")), ("language", record.get("language"))):
            expect(key not in want or want[key] == is_so, f"{name}: {key} is {is_so}, not {want.get(key)}")
        if want.get("linked"):
            expect("bodies" not in record and record.get("associations"), f"{name}: a link has an association and no body")
        if "events" in want:
            expect(sorted({x["type"] for x in e["events"]}) == want["events"], f"{name}: events {[x['type'] for x in e['events']]}")
        for place in want.get("places", []):
            expect(any(p["name"] in place.split("|") for p in e["places"]), f"{name}: {place} in {[p['name'] for p in e['places']]}")
    threads = [subprocess.run([TOCSIN, "enrich", "--preset", "plain", "--threads", n], input=b"\n".join(lines * 50),
                              stdout=subprocess.PIPE, check=True).stdout for n in ("1", "4")]
    expect(threads[0] == threads[1], "one thread and four say different things")
    expect(threads[0].count(b"\n") == 50 * len(lines), "a last line without a line feed is a line")


def at(record, pointer):
    for step in pointer.split("/")[1:]:
        try:
            record = record[int(step) if isinstance(record, list) else step]
        except (KeyError, IndexError):
            return None
    return record


def check_presets(check):
    with open(os.path.join(ROOT, "tests/golden/presets.ndjson"), encoding="utf-8") as f:
        rows = [json.loads(line) for line in f]
    by_auto = enrich([row["payload"].encode() for row in rows], "--no-dedupe")
    for i, row in enumerate(rows):
        [named] = enrich([row["payload"].encode()], "--no-dedupe", "--preset", row["preset"])
        for record, how in ((named, "named"), (by_auto[i], "auto")):
            name = f"preset {row['preset']}, line {i + 1}, {how}"
            check_record(check, record, name)
            for pointer, want in row["expect"].items():
                expect(at(record, pointer) == want, f"{name}: {pointer} is {at(record, pointer)!r}, not {want!r}")
    print(f"{len(rows)} articles of presets")


def leaves(value, path=()):
    if isinstance(value, dict):
        for k, v in value.items():
            yield from leaves(v, (*path, k))
    elif isinstance(value, list):
        for v in value:
            yield from leaves(v, (*path, "[]"))
    elif value is not None:
        yield path, value


def check_ninjs_examples(check):
    files = sorted(glob.glob(os.path.join(NINJS, "examples/[123]*/**/*.json"), recursive=True))
    files = [f for f in files if "schema-extension" not in f]
    if not files:
        print("no ninjs examples in TOCSIN_SHARED: skipped")
        return
    found = [(f, item) for f in files for loaded in [load(f)] for item in (loaded if isinstance(loaded, list) else [loaded])]
    files, items = [f for f, _ in found], [item for _, item in found]
    records = enrich([json.dumps(item, ensure_ascii=False).encode() for item in items], "--no-dedupe")
    for file, item, record in zip(files, items, records):
        name = os.path.relpath(file, NINJS)
        e = record["enrichment"]
        has_text = any(item.get(k) for k in ("headline", "headlines", "bodies", "body_text", "descriptions", "description_text", "title"))
        expect(e["outcome"] != "rejected" or not has_text, f"{name}: rejected, {e.get('reason')} {e.get('detail')}")
        expect(record["uri"] == item["uri"], f"{name}: uri")
        if e["outcome"] == "rejected":
            continue
        # A document that is itself no valid ninjs 3.1 keeps its faults: nothing of it is lost.
        is_valid = "/3." not in file or check.is_valid(item | {"type": "text", "enrichment": VALID})
        if is_valid:
            check_record(check, record, name)
        else:
            print(f"{name}: not valid as it came")
        if "/3." not in file:
            continue
        out = set(leaves(record))
        for path, value in leaves(item):
            same = (path, value) in out or any(p[-1] == path[-1] and v == value for p, v in out)
            rewritten = path[0] in ("bodies", "headlines")  # the chosen text is cleaned
            expect(same or rewritten, f"{name}: {'/'.join(path)} = {str(value)[:60]!r} is lost")
    print(f"{len(files)} ninjs examples")


TOCSIN = os.path.abspath(sys.argv[1])
check = validator()
check_golden(check)
check_presets(check)
check_ninjs_examples(check)
for problem in problems[:60]:
    print(problem)
print(f"{len(problems)} problems")
sys.exit(bool(problems))
