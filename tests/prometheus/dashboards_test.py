#!/usr/bin/env python3
"""The dashboards and the alert rules, read; and with TOCSIN and BROKER every query of every panel asked.

    dashboards_test.py                  what can be seen by reading: the committed JSON is what the source gives, the rules
                                        of Grafana's dashboard-linter, links to runbooks, metrics that exist
    dashboards_test.py TOCSIN BROKER    a real broker, two instances under load, one of them reloaded, stopped and started
                                        again, and a real Prometheus that scrapes both: each query must return numbers, each
                                        alert rule must evaluate

Exit code 77: skipped, and the last line says why.
"""
import contextlib
import http.server
import itertools
import json
import math
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "deploy/grafana"), str(ROOT / "tests/support")]
sys.dont_write_bytecode = True
import generate  # noqa: E402
from ports import free_port  # noqa: E402

ALERTS = (ROOT / "deploy/prometheus/alerts.yaml").read_text(encoding="utf-8")
ALERT_TESTS = "".join(p.read_text(encoding="utf-8") for p in sorted((ROOT / "tests/prometheus").glob("*_test.yaml")))
RUNBOOKS = (ROOT / "docs/runbooks.md").read_text(encoding="utf-8")
METRICS = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", (ROOT / "docs/metrics.md").read_text(encoding="utf-8"), re.M))
BOARDS = {name: json.loads(text) for name, text in generate.generate().items()}


def each_panel():
    for name, board in BOARDS.items():
        for panel in board["panels"]:
            if panel["type"] != "row":
                yield f"{name}: {panel['title']}", panel


def each_query():
    for where, panel in each_panel():
        for target in panel["targets"]:
            yield f"{where} {target['refId']}", panel["type"], target["expr"]


def base_name(metric):
    """The documented metric that a series belongs to."""
    stem = re.sub(r"_(bucket|sum|count)$", "", metric)
    return stem if METRICS.get(stem) == "histogram" else metric


class Read(unittest.TestCase):
    def test_the_committed_files_are_what_the_source_gives(self):
        folder = ROOT / "deploy/grafana/dashboards"
        committed = {p.name: p.read_text(encoding="utf-8") for p in folder.glob("*.json")}
        self.assertEqual(generate.generate(), committed, "run deploy/grafana/generate.py")

    def test_every_dashboard_has_the_variables_the_linter_wants(self):
        for name, board in BOARDS.items():
            with self.subTest(name):
                self.assertFalse(board["editable"])
                source, job, instance = board["templating"]["list"]
                self.assertEqual((source["name"], source["type"], source["query"], source["label"]),
                                 ("datasource", "datasource", "prometheus", "Data source"))
                for variable, label in ((job, "Job"), (instance, "Instance")):
                    self.assertEqual((variable["label"], variable["multi"], variable["includeAll"], variable["allValue"]),
                                     (label, True, True, ".+"))
                    self.assertEqual(variable["datasource"]["uid"], "${datasource}")
                    self.assertEqual(variable["refresh"], 2)
                    self.assertRegex(variable["definition"], r"^label_values\(")
                self.assertEqual({a["name"] for a in board["annotations"]["list"]}, {"Reloads", "Take-overs", "Restarts"})

    def test_every_panel_has_title_description_unit_datasource_and_room(self):
        for name, board in BOARDS.items():
            taken = set()
            ids = [p["id"] for p in board["panels"]]
            self.assertEqual(len(ids), len(set(ids)), name)
            for panel in board["panels"]:
                where = panel["gridPos"]
                cells = set(itertools.product(range(where["x"], where["x"] + where["w"]),
                                              range(where["y"], where["y"] + where["h"])))
                self.assertFalse(cells & taken, f"{name}: {panel['title']} lies on another")
                self.assertLessEqual(where["x"] + where["w"], 24)
                taken |= cells
        for where, panel in each_panel():
            with self.subTest(where):
                self.assertTrue(panel["title"] and panel["description"].endswith("."))
                self.assertTrue(panel["fieldConfig"]["defaults"]["unit"])
                self.assertEqual(panel["datasource"]["uid"], "${datasource}")
                self.assertTrue(panel["targets"])

    def test_every_query_asks_the_chosen_job_and_instance_and_counters_by_their_rate(self):
        for where, _, query in each_query():
            with self.subTest(where):
                selectors = re.findall(r"\b(tocsin_\w+|process_\w+)(\{[^}]*\})?(\[[^\]]*\])?", query)
                self.assertTrue(selectors)
                for metric, matchers, window in selectors:
                    self.assertIn('job=~"$job",instance=~"$instance"', matchers)
                    kind = METRICS.get(base_name(metric))
                    self.assertIsNotNone(kind, f"{metric} is not in docs/metrics.md")
                    self.assertEqual(bool(window), kind in ("counter", "histogram") or "deriv(" in query, metric)
                    self.assertRegex(window or "[1h]", r"^\[(\$__rate_interval|5m|15m|1h|6h|1d)\]$")
                if "_bucket" in query and "histogram_quantile" in query:
                    self.assertIn("by (le)", query)

    def test_every_metric_has_a_panel(self):
        shown = {base_name(m) for _, _, q in each_query() for m in re.findall(r"\b(?:tocsin|process)_\w+", q)}
        self.assertEqual(set(METRICS) - shown, set())

    def test_every_link_leads_to_a_section_of_the_runbooks(self):
        sections = {line[3:].lower() for line in RUNBOOKS.splitlines() if line.startswith("## ")}
        linked = {link["url"] for _, panel in each_panel() for link in panel.get("links", [])}
        for url in linked | set(re.findall(r"runbook_url: (\S+)", ALERTS)):
            file, _, section = url.partition("#")
            self.assertEqual(file, "docs/runbooks.md")
            self.assertIn(section, sections)

    def test_every_alert_has_labels_a_runbook_and_tests_in_which_it_fires_and_is_silent(self):
        rules = re.split(r"^ +- alert: ", ALERTS, flags=re.M)[1:]
        self.assertGreaterEqual(len(rules), 14)
        for rule in rules:
            name = rule.split()[0]
            with self.subTest(name):
                self.assertRegex(rule, r"severity: (critical|warning)")
                self.assertIn("summary: ", rule)
                self.assertIn("description: ", rule)
                self.assertIn(f"runbook_url: docs/runbooks.md#{name.lower()}", rule)
                section = RUNBOOKS.partition(f"## {name}\n")[2].partition("\n## ")[0]
                for part in ("**Means**", "**Look**", "**Do**"):
                    self.assertIn(part, section)
                cases = re.split(r"^  - name: ", ALERT_TESTS, flags=re.M)
                self.assertTrue(any(c.startswith(f"{name} fires") and f"alertname: {name}\n        exp_alerts:\n" in c
                                    for c in cases), "no test in which it fires")
                self.assertTrue(any(c.startswith(f"{name} is silent") and f"alertname: {name}\n        exp_alerts: []" in c
                                    for c in cases), "no test in which it is silent")
                for metric in re.findall(r"\b(?:tocsin|process)_\w+", rule.partition("annotations:")[0]):
                    if not metric.startswith("tocsin_late"):
                        self.assertIn(base_name(metric), METRICS)


# From here: asked of a real Prometheus.

# As docs/architecture.md wants them, in the words of tocsin_test_broker.
TOPICS = ["wire.raw:2:max.message.bytes=4000000", "wire.enriched:1:max.message.bytes=5000000", "wire.alerts:1",
          "wire.duplicates:1", "wire.notify-dead-letter:1", "wire.dead-letter:1:max.message.bytes=5000000",
          "wire.state:1:cleanup.policy=delete:retention.ms=345600000",
          "wire.memory:1:cleanup.policy=compact,delete:retention.ms=2764800000:max.message.bytes=5000000"]
PATIENCE_S = 60
INSTANCES = 2


def get(url, **parameters):
    if parameters:
        url += "?" + urllib.parse.urlencode(parameters)
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def wait_until(what, test, patience_s=PATIENCE_S):
    end = time.monotonic() + patience_s
    while True:
        with contextlib.suppress(OSError):
            if value := test():
                return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {patience_s} s in vain: {what}")
        time.sleep(0.2)


def stop(process):
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


TOWNS = """Kharkiv Odesa Sumy Kherson Dnipro Chernihiv Poltava Mykolaiv Zaporizhzhia Kyiv Lviv Vinnytsia Damascus Aleppo Homs
Baghdad Mosul Basra Kabul Kandahar Herat Mogadishu Khartoum Tripoli Benghazi Sanaa Aden Beirut Jenin Nablus""".split()
BLOWS = ["Missile strike on {} kills {}", "Bomb blast in {} kills {}", "Air strike on {} kills {}", "Gunmen in {} kidnap {}"]


def article(number):
    """News of our own; one in a hundred rings, every seventh was told before, every thirteenth cannot be read."""
    if number % 101 == 0:
        blow = number // 101
        town, count = TOWNS[blow % len(TOWNS)], 2 + blow % 40
        title = BLOWS[blow // len(TOWNS) % len(BLOWS)].format(town, count)
        text = f"{title}, the governor said on Monday. The police closed {count + 3} streets of {town} around the place."
    elif number % 13 == 0:
        return f'{{"id":"broken-{number}","title":"Cut off in the'
    else:
        same = number - 7 if number % 7 == 0 else number
        title = f"Council number {same} opens a bridge"
        text = " ".join(f"Clause {same * 31 + i} of plan {same} was read aloud and passed by {same + i} votes to {i}." for i in range(30))
    return json.dumps({"id": f"wire-{number}", "version": 1, "source": "Test Wire", "title": title, "language": "en",
                       "text": text})


class Load(threading.Thread):
    """Sends articles at a steady rate until told to end."""

    def __init__(self, bootstrap):
        super().__init__(daemon=True)
        self.ends = threading.Event()
        self.kcat = subprocess.Popen(["kcat", "-P", "-b", bootstrap, "-t", "wire.raw", "-X", "linger.ms=50"],
                                     stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def run(self):
        with contextlib.suppress(BrokenPipeError):  # the broker is gone: the site says why
            for number in itertools.count(1):
                if self.ends.is_set():
                    break
                self.kcat.stdin.write(article(number) + "\n")
                if number % 10 == 0:
                    self.kcat.stdin.flush()
                    time.sleep(0.1)
            self.kcat.stdin.close()
        self.kcat.wait(30)


class Site:
    """A broker, instances, a Prometheus: everything in one folder, everything ended at the end."""

    def __init__(self, tocsin, broker):
        self.tocsin, self.stack = tocsin, contextlib.ExitStack()
        self.dir = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="tocsin-dashboards-")))
        self.instances = {}
        process = self.broker = self.start([broker, *TOPICS], "broker", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.bootstrap = process.stdout.readline().strip()
        if not self.bootstrap:
            raise AssertionError("no broker: " + self.log("broker"))

    def start(self, command, name, **more):
        with open(self.dir / f"{name}.log", "ab") as log:
            process = subprocess.Popen(command, stderr=log, text=True, **({"stdout": log} | more))
        self.stack.callback(stop, process)
        return process

    def log(self, name):
        return (self.dir / f"{name}.log").read_text(encoding="utf-8", errors="replace")[-3000:]

    def run_instance(self, port):
        config = self.dir / f"{port}.yaml"
        (self.dir / f"state-{port}").mkdir(exist_ok=True)
        config.write_text(f"brokers: {self.bootstrap}\ntopics: {{raw: [{{name: wire.raw}}]}}\n"
                          f'admin: {{listen: "127.0.0.1:{port}"}}\nstate_dir: {self.dir}/state-{port}\n', encoding="utf-8")
        self.instances[port] = self.start([self.tocsin, "run", "--config", str(config)], str(port))

    def run_notify(self, port):
        """`tocsin notify`, and a receiver that takes every alert."""
        class Receiver(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        self.stack.callback(receiver.server_close)
        self.stack.callback(receiver.shutdown)
        origin = f"http://127.0.0.1:{receiver.server_port}"
        config = self.dir / "notify.yaml"
        config.write_text(f"brokers: {self.bootstrap}\ntopics: {{raw: [{{name: wire.raw}}]}}\n"
                          f'notify:\n  listen: "127.0.0.1:{port}"\n  start: earliest\n  allow: ["{origin}"]\n'
                          f"  allow_networks: [127.0.0.0/8]\n  webhooks: [{{name: desk, kind: slack, url: \"{origin}/hook\"}}]\n",
                          encoding="utf-8")
        self.notify = self.start([self.tocsin, "notify", "--config", str(config)], "notify")
        self.notify_port = port

    def active(self):
        for port, process in self.instances.items():
            if process.poll() is not None:
                raise AssertionError(f"{port} ended with {process.returncode}")
            with contextlib.suppress(OSError):
                if json.loads(get(f"http://127.0.0.1:{port}/status"))["state"] == "active":
                    return port
        return None

    def run_prometheus(self, port):
        targets = [f"127.0.0.1:{p}" for p in (*self.instances, self.notify_port)]
        (self.dir / "prometheus.yml").write_text(json.dumps({
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(ROOT / "deploy/prometheus/alerts.yaml")],
            "scrape_configs": [{"job_name": "tocsin", "static_configs": [{"targets": targets}]}]}), encoding="utf-8")
        self.start(["prometheus", f"--config.file={self.dir}/prometheus.yml", f"--storage.tsdb.path={self.dir}/tsdb",
                    f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"], "prometheus")
        wait_until("Prometheus is ready", lambda: get(f"http://127.0.0.1:{port}/-/ready"))


class Asked(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site(*cls.programs)
        cls.addClassCleanup(cls.site.stack.close)
        cls.port = free_port()
        for _ in range(INSTANCES):
            cls.site.run_instance(free_port())
        cls.site.run_notify(free_port())
        cls.site.run_prometheus(cls.port)
        load = Load(cls.site.bootstrap)
        load.start()
        try:
            cls.disturb(cls.site)
        except AssertionError as error:
            logs = "".join(f"\n--- {p}\n{cls.site.log(p)}" for p in (*cls.site.instances, "notify", "prometheus"))
            raise AssertionError(f"{error}{logs}") from None
        time.sleep(6)
        cls.now = time.time()
        load.ends.set()
        load.join()

    @classmethod
    def disturb(cls, site):
        """A reload, a take-over and a restart, each long enough after the last to be scraped on both sides."""
        first = wait_until("one is active", site.active)
        wait_until("alerts ring", lambda: re.search(r"tocsin_raw_to_alert_seconds_count [1-9]",
                                                    get(f"http://127.0.0.1:{first}/metrics")))
        wait_until("alerts are delivered", lambda: re.search(r'tocsin_notify_alerts_total\{outcome="delivered",webhook="desk"\} [1-9]',
                                                             get(f"http://127.0.0.1:{site.notify_port}/metrics")))
        time.sleep(3)
        site.instances[first].send_signal(signal.SIGHUP)
        wait_until("the reload is taken", lambda: re.search(r'tocsin_reloads_total\{result="taken"\} 1',
                                                            get(f"http://127.0.0.1:{first}/metrics")))
        time.sleep(3)
        stop(site.instances.pop(first))
        second = wait_until("another took over", site.active)
        site.run_instance(first)
        wait_until("it stands by", lambda: json.loads(get(f"http://127.0.0.1:{first}/status"))["state"] == "standby")
        site.instances[second].send_signal(signal.SIGHUP)
        wait_until("the second works", lambda: re.search(r"tocsin_raw_to_alert_seconds_count [1-9]",
                                                         get(f"http://127.0.0.1:{second}/metrics")))

    def ask(self, query):
        for name, value in (("$__rate_interval", "10s"), ("$job", "tocsin"), ("$instance", ".+")):
            query = query.replace(name, value)
        answer = json.loads(get(f"http://127.0.0.1:{self.port}/api/v1/query", query=query, time=self.now))
        self.assertEqual(answer["status"], "success", query)
        return [float(series["value"][1]) for series in answer["data"]["result"]]

    def test_every_query_of_every_panel_returns_numbers(self):
        queries = list(each_query())
        good = 0
        for where, _, query in queries:
            with self.subTest(where):
                values = self.ask(query)
                self.assertTrue(values, f"no data: {query}")
                self.assertTrue(any(math.isfinite(v) for v in values), f"no number: {query} -> {values}")
                good += 1
        print(f"dashboards: {len(BOARDS)} dashboards, {len(list(each_panel()))} panels, {good} of {len(queries)} queries with data")

    def test_every_annotation_is_there_after_what_it_tells(self):
        for annotation in next(iter(BOARDS.values()))["annotations"]["list"]:
            with self.subTest(annotation["name"]):
                self.assertTrue(self.ask(annotation["expr"]), annotation["expr"])

    def test_every_variable_finds_its_values(self):
        for variable in (v for board in BOARDS.values() for v in board["templating"]["list"][1:]):
            metric, label = re.match(r"label_values\((.*), (\w+)\)$", variable["definition"]).groups()
            self.assertTrue(self.ask(f"count by ({label}) ({metric})"))

    def test_every_rule_evaluates_and_a_healthy_site_rings_none(self):
        groups = json.loads(get(f"http://127.0.0.1:{self.port}/api/v1/rules"))["data"]["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        self.assertEqual(len(rules), len(re.findall(r"- (?:alert|record): ", ALERTS)))
        for rule in rules:
            self.assertEqual(rule["health"], "ok", rule.get("lastError"))
            self.assertNotEqual(rule.get("state"), "firing", rule["name"])


def main():
    if len(sys.argv) < 3:
        unittest.main(argv=sys.argv[:1], defaultTest="Read")
    missing = [name for name in ("prometheus", "kcat", "java") if shutil.which(name) is None]
    jars = pathlib.Path(os.environ.get("TOCSIN_KAFKA_JARS", ""))
    if not os.environ.get("TOCSIN_KAFKA_JARS"):
        version = re.search(r"kafka_2\.13.*?<version>(.*?)<", (ROOT / "tests/support/broker.pom.xml").read_text(), re.S).group(1)
        jars = pathlib.Path(os.environ.get("TOCSIN_CACHE") or pathlib.Path.home() / ".cache/tocsin") / f"kafka-{version}"
    if not jars.is_dir():
        missing.append("Kafka's jars")
    if missing:
        print("prometheus.dashboards_live SKIPPED: cannot be had here: " + ", ".join(missing))
        sys.exit(1 if os.environ.get("CI") == "true" else 77)
    Asked.programs = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1], defaultTest="Asked")


if __name__ == "__main__":
    main()
