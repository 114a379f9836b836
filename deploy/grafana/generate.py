#!/usr/bin/env python3
"""Writes the Grafana dashboards from panels.py, the one source.

    deploy/grafana/generate.py [--runbooks URL] [--out FOLDER]

Without arguments it writes deploy/grafana/dashboards/*.json, which are committed; a test compares them. --runbooks says
where docs/runbooks.md is read by people (links of the panels go there). One panel is one line of JSON, so that a change
of a panel is a change of a line.

What every dashboard gets here: the variables datasource, job and instance, the links between the dashboards, the
annotations, and the rules of dashboard-linter (a title, a description, a unit and a datasource for each panel). The test
tests/prometheus/dashboards_test.py holds every panel to them, and asks a real Prometheus each query.
"""
import argparse
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from panels import DASHBOARDS  # noqa: E402

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
MATCH = 'job=~"$job",instance=~"$instance"'
RUNBOOKS = "docs/runbooks.md"
COLUMNS = 24

# Query, name, colour: what happened, drawn as a line through every graph. [1m] spans four scrapes of 15 s.
ANNOTATIONS = [
    ("increase(tocsin_reloads_total{S}[1m]) > 0", "Reloads", "blue", "{{instance}}: reload {{result}}"),
    ("increase(tocsin_takeovers_total{S}[1m]) > 0", "Take-overs", "orange", "{{instance}} took over"),
    ("changes(process_start_time_seconds{S}[1m]) > 0", "Restarts", "red", "{{instance}} was restarted"),
]


def promql(text):
    """{S} and {S, more} stand for the matchers of job and instance, [R] for Grafana's rate interval."""
    text = re.sub(r"\{S(?:, *)?", lambda m: "{" + MATCH + ("," if m.group(0) != "{S" else ""), text)
    return text.replace("[R]", "[$__rate_interval]")


def query_variable(name, label, metric, value):
    return {
        "name": name, "label": label, "type": "query", "datasource": DATASOURCE, "multi": True, "includeAll": True,
        "allValue": ".+", "current": {"text": "All", "value": "$__all"}, "refresh": 2, "sort": 1,
        "query": {"query": f"label_values({metric}, {value})", "refId": name},
        "definition": f"label_values({metric}, {value})",
    }


def variables(metric):
    return [
        {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus", "refresh": 1,
         "current": {}},
        query_variable("job", "Job", metric, "job"),
        query_variable("instance", "Instance", metric + '{job=~"$job"}', "instance"),
    ]


def thresholds(steps):
    """[("red", 5)] or ("red", 5): green below, red from 5 on; a first step (colour, None) is another ground colour."""
    steps = [steps] if isinstance(steps, tuple) else list(steps)
    if not steps or steps[0][1] is not None:
        steps = [("green", None), *steps]
    return {"mode": "absolute", "steps": [{"color": c, "value": v} for c, v in steps]}


def panel(number, spec, x, y, width, height, runbooks):
    kind = spec.get("type", "timeseries")
    instant = kind in ("stat", "table", "bargauge")
    targets = []
    for i, (query, legend) in enumerate(spec["queries"]):
        target = {"refId": chr(ord("A") + i), "datasource": DATASOURCE, "expr": promql(query), "legendFormat": legend}
        target |= {"instant": True, "range": False} if instant else {"range": True}
        if kind == "table":
            target["format"] = "table"
        if kind == "heatmap":
            target["format"] = "heatmap"
        targets.append(target)
    defaults = {"unit": spec["unit"], "thresholds": thresholds(spec.get("thresholds", []))}
    for key in ("min", "max", "mappings", "noValue"):
        if key in spec:
            defaults[key] = spec[key]
    options = {}
    if kind == "timeseries":
        custom = {"lineWidth": 1, "fillOpacity": 10, "showPoints": "never", "spanNulls": False}
        if spec.get("stack"):
            custom |= {"stacking": {"mode": "normal", "group": "A"}, "fillOpacity": 30}
        if spec.get("log"):
            custom["scaleDistribution"] = {"type": "log", "log": 10}
        if spec.get("thresholds"):
            custom["thresholdsStyle"] = {"mode": "dashed"}
        defaults["custom"] = custom
        options = {"legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
                   "tooltip": {"mode": "multi", "sort": "desc"}}
    elif kind == "stat":
        options = {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}, "colorMode": "value",
                   "graphMode": "none", "textMode": spec.get("text", "auto")}
    elif kind == "bargauge":
        options = {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}, "orientation": "horizontal",
                   "displayMode": "basic"}
    elif kind == "state-timeline":
        options = {"mergeValues": True, "showValue": "auto", "rowHeight": 0.8}
    elif kind == "heatmap":
        options = {"calculate": False, "yAxis": {"unit": spec["unit"]}, "color": {"scheme": "Oranges", "mode": "scheme"}}
    result = {
        "id": number, "type": kind, "title": spec["title"], "description": spec["what"], "datasource": DATASOURCE,
        "gridPos": {"x": x, "y": y, "w": width, "h": height},
        "fieldConfig": {"defaults": defaults, "overrides": []}, "options": options, "targets": targets,
    }
    if kind == "table":
        result["transformations"] = [{"id": "labelsToFields", "options": {}}, {"id": "merge", "options": {}}]
    if "alert" in spec:
        result["links"] = [{"title": f"Runbook: {spec['alert']}", "url": f"{runbooks}#{spec['alert'].lower()}",
                            "targetBlank": True}]
    return result


def panels(rows, runbooks):
    result, y, number = [], 0, 0
    for title, height, specs in rows:
        number += 1
        result.append({"id": number, "type": "row", "title": title, "collapsed": False, "panels": [],
                       "gridPos": {"x": 0, "y": y, "w": COLUMNS, "h": 1}})
        y += 1
        x = 0
        for spec in specs:
            width = spec.get("width", COLUMNS // len(specs))
            if x + width > COLUMNS:
                x, y = 0, y + height
            number += 1
            result.append(panel(number, spec, x, y, width, height, runbooks))
            x += width
        y += height
    return result


def dashboard(name, title, what, rows, metric, runbooks):
    return {
        "uid": f"tocsin-{name}", "title": f"Tocsin / {title}", "description": what, "tags": ["tocsin"],
        "schemaVersion": 39, "version": 1, "editable": False, "graphTooltip": 1, "refresh": "30s", "timezone": "utc",
        "time": {"from": "now-6h", "to": "now"},
        "links": [
            {"type": "dashboards", "title": "Tocsin", "tags": ["tocsin"], "asDropdown": True, "includeVars": True,
             "keepTime": True, "icon": "external link", "targetBlank": False, "url": ""},
            {"type": "link", "title": "Runbooks", "url": runbooks, "icon": "doc", "targetBlank": True, "tags": []},
        ],
        "templating": {"list": variables(metric)},
        "annotations": {"list": [
            {"name": name_, "datasource": DATASOURCE, "enable": True, "iconColor": colour, "expr": promql(query),
             "step": "15s", "titleFormat": name_, "textFormat": text}
            for query, name_, colour, text in ANNOTATIONS]},
        "panels": panels(rows, runbooks),
    }


def as_text(board):
    """JSON with one line for each key, each variable, each annotation and each panel."""
    def lines(values):
        return "[\n" + ",\n".join("  " + json.dumps(v) for v in values) + "\n ]"

    parts = []
    for key, value in board.items():
        if key == "panels":
            text = lines(value)
        elif key in ("templating", "annotations"):
            text = '{"list": ' + lines(value["list"]) + "}"
        else:
            text = json.dumps(value)
        parts.append(f' "{key}": {text}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def generate(runbooks=RUNBOOKS):
    """File name -> text, of every dashboard."""
    return {f"tocsin-{name}.json": as_text(dashboard(name, title, what, rows, metric, runbooks))
            for name, title, what, rows, metric in DASHBOARDS}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runbooks", default=RUNBOOKS, help="URL of docs/runbooks.md")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent / "dashboards")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, text in generate(arguments.runbooks).items():
        (arguments.out / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
