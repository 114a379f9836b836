#!/usr/bin/env python3
"""night_picture.py NIGHT.csv NIGHT.svg: draws what bench_night wrote, one small graph below the other, minute by minute."""
import csv
import math
import sys

WIDTH, HEIGHT, LEFT, TOP, GAP = 760, 96, 84, 34, 30
# Title, unit, columns and their names, factor.
GRAPHS = [
    ("Articles a second", "", [("rate", "decided")], 1),
    ("Memory", "MB", [("anonymous_mb", "its own"), ("resident_mb", "with mapped files")], 1),
    ("File descriptors and threads", "", [("fds", "descriptors"), ("threads", "threads")], 1),
    ("CPU", "cores", [("cores", "")], 1),
    ("Raw to output", "ms", [("output_p50_s", "p50"), ("output_p99_s", "p99")], 1000),
    ("Raw to alert", "ms", [("alert_p50_s", "p50"), ("alert_p99_s", "p99")], 1000),
    ("Lag", "articles", [("lag", "")], 1),
]
COLOURS = ["#1f5fa8", "#d9480f"]


def read(path):
    with open(path, encoding="utf-8") as file:
        rows = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]
    for before, row in zip([{"decided": 0}] + rows, rows):
        row["rate"] = (row["decided"] - before["decided"]) / 60
    return rows


def round_up(value):
    """The next of 1, 2, 2.5, 5 times a power of ten."""
    if value <= 0:
        return 1
    power = 10 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value)


def graph(rows, y, title, unit, columns, factor):
    most = round_up(max((row[c] * factor for row in rows for c, _ in columns if row[c] == row[c]), default=1))
    last = rows[-1]["minute"]
    out = [f'<text x="{LEFT}" y="{y - 7}" class="t">{title}</text>',
           f'<line x1="{LEFT}" y1="{y + HEIGHT}" x2="{LEFT + WIDTH}" y2="{y + HEIGHT}" class="a"/>']
    for share in (0, 0.5, 1):
        at = y + HEIGHT * (1 - share)
        out.append(f'<line x1="{LEFT}" y1="{at}" x2="{LEFT + WIDTH}" y2="{at}" class="g"/>'
                   f'<text x="{LEFT - 6}" y="{at + 4}" class="n">{most * share:g} {unit}</text>')
    for number, (column, name) in enumerate(columns):
        points = " ".join(f"{LEFT + WIDTH * row['minute'] / last:.1f},{y + HEIGHT * (1 - row[column] * factor / most):.1f}"
                          for row in rows if row[column] == row[column])
        out.append(f'<polyline points="{points}" stroke="{COLOURS[number]}"/>')
        if name:
            out.append(f'<text x="{LEFT + WIDTH - 150 * (len(columns) - number)}" y="{y - 7}" fill="{COLOURS[number]}">{name}</text>')
    return out


def main():
    rows = read(sys.argv[1])
    height = TOP + len(GRAPHS) * (HEIGHT + GAP) + 20
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 20} {height}" font-family="sans-serif" font-size="12">',
           "<style>.t{font-weight:600}.n{text-anchor:end;fill:#555}.g{stroke:#e3e3e3}.a{stroke:#888}polyline{fill:none;stroke-width:1.5}</style>",
           f'<rect width="100%" height="100%" fill="#fff"/>']
    for number, (title, unit, columns, factor) in enumerate(GRAPHS):
        out += graph(rows, TOP + number * (HEIGHT + GAP), title, unit, columns, factor)
    out.append(f'<text x="{LEFT}" y="{height - 12}" class="n" style="text-anchor:start">0</text>'
               f'<text x="{LEFT + WIDTH}" y="{height - 12}" class="n">minute {rows[-1]["minute"]:g}</text></svg>')
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
