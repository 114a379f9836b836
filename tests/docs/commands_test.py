#!/usr/bin/env python3
"""commands_test.py TOCSIN [BROKER]: what README.md and docs/ tell people to type works.

Every command of a `sh` block is run, unless ELSEWHERE says which test runs it or BY_HAND why none does; of every `tocsin COMMAND
--option` that is named the command and its options are there; a synopsis has them all; YAML is a configuration; links lead
somewhere. With BROKER, tocsin_test_broker: docs/start.md from its first command to its last, on a real broker, and what it says
comes out comes out. Exit code 77: Kafka's jars cannot be had.
"""

import contextlib
import itertools
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
sys.dont_write_bytecode = True
from ports import free_port  # noqa: E402

PAGES = [ROOT / "README.md", ROOT / "common/README.md", ROOT / "daemon/README.md", *sorted((ROOT / "docs").glob("*.md"))]
START = ROOT / "docs/start.md"

# A command, and which line of which file runs it.
ELSEWHERE = {
    "tests/run.sh": (".ci/run", "tests/run.sh"),
    "ctest --test-dir build/dev -L chaos": ("tests/run.sh", "ctest --test-dir"),
    "cmake --preset release && cmake --build --preset release": ("deploy/quickstart.sh", "cmake --build --preset release"),
    "cpack --config build/release/CPackConfig.cmake -B build/release/package":
        ("tests/deploy/package_test.sh", "cpack --config"),
    "ninja -C build/dev tocsin_place_features": ("tests/run.sh", "cmake --build"),
    "ninja -C build/dev tocsin_event_signs tocsin": ("tests/run.sh", "cmake --build"),
}
# A command, and why it is run by hand alone.
BY_HAND = {
    "deploy/quickstart.sh": "builds anew; its parts are what tests/run.sh does; the stranger's check of docs/operating.md runs it",
    "apt-get install ./build/release/package/tocsin_*_amd64.deb": "installs; tests/deploy/systemd.sh does, in a Debian of its own",
    "docker build -f deploy/Dockerfile -t tocsin .": "wants Docker; tests/deploy/systemd.sh runs what the image would hold",
    "helm install wire": "wants a cluster; tests/deploy/chart_test.py renders the chart by Helm's own code",
    "helm test wire": "wants a cluster",
    "tests/chaos/run.sh": "takes ten minutes",
    "tests/bench/places_crossfit.py": "wants corpora",
    "common/places/train/train.py": "wants corpora",
    "common/places/train/ordinary_words.py": "wants corpora",
    "tests/quality/score_labels.py": "wants corpora",
    "tests/train/event_confidence.py": "wants corpora",
    "valgrind --tool=callgrind": "measures",
    "for i in": "measures",
    "for p in": "measures",
}
PROGRAM = re.compile(r"(tests|deploy|build|common)/\S|(tocsin|cmake|cpack|ctest|ninja|apt-get|docker|helm|valgrind|python3|for) ")


def blocks(page):
    """The fenced blocks of a page: (line, language, text)."""
    out, lines = [], page.read_text(encoding="utf-8").splitlines()
    fences = [i for i, line in enumerate(lines) if line.startswith("```")]
    for start, end in zip(fences[::2], fences[1::2]):
        out.append((start + 1, lines[start][3:], "\n".join(lines[start + 1:end])))
    return out


def prose(page):
    """The page without its fenced blocks, which keep their lines."""
    return re.sub(r"^```.*?^```", lambda m: "\n" * m.group().count("\n"), page.read_text(encoding="utf-8"), flags=re.M | re.S)


def commands(text):
    for line in re.sub(r"\s*\\\n\s*", " ", text).splitlines():
        if line := re.sub(r"\s+# .*", "", line).strip():
            yield line


def listed(command, table):
    return next((known for known in table if command == known or command.startswith(known + " ")), None)


def slug(heading):
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


class Tree(tempfile.TemporaryDirectory):
    """A folder that looks like a clone that deploy/quickstart.sh has built, and can be written to."""

    def __init__(self, tocsin):
        super().__init__(prefix="tocsin-docs-")
        self.dir = pathlib.Path(self.name)
        for entry in ROOT.iterdir():
            if entry.name not in ("build", ".git"):
                (self.dir / entry.name).symlink_to(entry)
        (self.dir / "build").mkdir()
        (self.dir / "build/release").symlink_to(tocsin.parent.parent)
        (self.dir / "home").mkdir()
        self.environment = {**os.environ, "HOME": str(self.dir / "home"), "PATH": f"{tocsin.parent}:{os.environ['PATH']}"}
        self.environment.pop("TOCSIN_CONFIG", None)

    def run(self, script, **more):
        return subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=self.dir, env=self.environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False, **more)


class Read(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.tree = Tree(cls.tocsin)
        cls.addClassCleanup(cls.tree.cleanup)
        text = cls.help_of()
        cls.options = {name: set(re.findall(r"--[a-z][a-z-]+", cls.help_of(name))) - {"--help"}
                       for name in re.findall(r"^  ([a-z-]+)  ", text.partition("Subcommands:")[2], re.M)}

    @classmethod
    def help_of(cls, *command):
        return subprocess.run([cls.tocsin, *command, "--help"], text=True, stdout=subprocess.PIPE, check=True).stdout

    def test_every_command_is_run(self):
        seen = set()
        for page in PAGES:
            for line, language, text in blocks(page):
                if language != "sh" or page == START:
                    continue
                rest = []
                for command in commands(text):
                    if known := listed(command, ELSEWHERE) or listed(command, BY_HAND):
                        seen.add(known)
                    else:
                        rest.append(command)
                if rest:
                    with self.subTest(f"{page.relative_to(ROOT)}:{line}"):
                        done = self.tree.run("\n".join(rest), timeout=60)
                        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(seen, {*ELSEWHERE, *BY_HAND}, "no page has these commands any more")
        for command, (file, text) in ELSEWHERE.items():
            self.assertIn(text, (ROOT / file).read_text(encoding="utf-8"), f"{file} does not run {command}")

    def test_the_demo_ends_with_an_alert_in_words_and_no_warning(self):
        done = self.tree.run("tocsin demo", timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"1 alert rang\. The first:\n  First report: missile launch \(occurred, severity \d, confidence 0\.\d\d\) in ")
        self.assertNotIn("level=", done.stdout)
        self.assertNotIn("http://", done.stdout, "the page is gone when it ends")

    def test_no_command_hides_outside_a_block_of_commands(self):
        for page in PAGES:
            plain = [text for _, language, text in blocks(page) if language != "sh"]
            indented = re.findall(r"^    (\S.*)", prose(page), re.M)
            for line in [*itertools.chain.from_iterable(t.splitlines() for t in plain), *indented]:
                if PROGRAM.match(line) and page != START:
                    self.assertRegex(line, r"^tocsin( [a-z-]+ |: )", f"{page.name}: put it into a sh block")

    def test_what_is_said_of_tocsins_commands_is_so(self):
        for page in PAGES:
            text = prose(page)
            for command in re.findall(r"`tocsin (?!metrics-doc >)([a-z-]+(?: [^`]*)?)`", text):
                with self.subTest(f"{page.name}: tocsin {command}"):
                    self.known(command)
            synopses = re.findall(r"^    tocsin ((?:.+)(?:\n     +[^\n]+)*)", text, re.M)
            for synopsis in (s for s in synopses if "[--" in s):
                with self.subTest(f"{page.name}: tocsin {synopsis}"):
                    self.assertEqual(self.known(synopsis), self.options[synopsis.split()[0]])

    def known(self, command):
        name, said = command.split()[0], set(re.findall(r"--[a-z][a-z-]+", command))
        self.assertIn(name, self.options)
        self.assertLessEqual(said, self.options[name])
        return said

    def test_yaml_is_a_configuration(self):
        secrets = self.tree.dir / "secrets"
        secrets.mkdir()
        for page in PAGES:
            for line, language, text in blocks(page):
                if language != "yaml":
                    continue
                for name in re.findall(r"\$\{CREDENTIALS_DIRECTORY[^}]*\}/([\w.-]+)", text):
                    (secrets / name).write_text("a-secret\n", encoding="utf-8")
                (self.tree.dir / "page.yaml").write_text("brokers: a:1\ntopics: {raw: wire.raw}\n" + text, encoding="utf-8")
                with self.subTest(f"{page.relative_to(ROOT)}:{line}"):
                    done = self.tree.run(f"CREDENTIALS_DIRECTORY={secrets} tocsin check page.yaml", timeout=60)
                    self.assertEqual(done.returncode, 0, done.stdout)

    def test_links_and_paths_lead_somewhere(self):
        for page in PAGES:
            text = prose(page)
            for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text):
                file, _, anchor = target.partition("#")
                there = (page.parent / file) if file else page
                with self.subTest(f"{page.name}: {target}"):
                    self.assertTrue(there.exists())
                    if anchor:
                        headings = re.findall(r"^#+ (.*)", there.read_text(encoding="utf-8"), re.M)
                        self.assertIn(anchor, [slug(heading) for heading in headings])
            for path in re.findall(r"`((?:tests|deploy|daemon|common|docs)/[\w./*-]+)", text):
                with self.subTest(f"{page.name}: {path}"):
                    self.assertTrue(any(ROOT.glob(path.rstrip("/") + "*")))


class Run(unittest.TestCase):
    """docs/start.md. Its addresses are replaced by what is free here, nothing else is."""

    def test_the_start_page_does_what_it_says(self):
        tree = Tree(self.tocsin)
        self.addCleanup(tree.cleanup)
        broker = subprocess.Popen([self.broker], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(broker.communicate)  # the end of its stdin ends it
        address = broker.stdout.readline().strip()
        self.assertTrue(address, "no broker")
        steps = []
        for line, language, text in blocks(START):
            if language == "sh":
                steps.append((line, text, ""))
            else:
                steps[-1] = (*steps[-1][:2], text)
        here = {"127.0.0.1:9092": address, **{str(port): str(free_port()) for port in (9464, 9465, 8080)}}
        there = lambda text: re.sub("|".join(map(re.escape, here)), lambda m: here[m.group()], text)
        script = "".join(f"echo '@@ {line}'\n{there(text)}\n" for line, text, _ in steps)
        with open(tree.dir / "out", "w", encoding="utf-8") as file:  # not a pipe: what it leaves running would hold that open
            shell = subprocess.Popen(["bash", "-euo", "pipefail", "-c", script], cwd=tree.dir, env=tree.environment,
                                     stdout=file, stderr=file, stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                shell.wait(240)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)
            shell.wait()
        out = (tree.dir / "out").read_text(encoding="utf-8")
        logs = "".join(f"\n== {log.name}\n{log.read_text(encoding='utf-8')[-2000:]}" for log in tree.dir.glob("home/wire/*.log"))
        self.assertEqual(shell.returncode, 0, out + logs)
        came = dict(re.findall(r"^@@ (\d+)\n(.*?)(?=^@@ |\Z)", out, re.M | re.S))
        for line, _, wanted in steps:
            lines = iter([" ".join(text.split()) for text in came[str(line)].splitlines()])
            for text in there(wanted).splitlines():  # each in a line of its own, in this order
                pattern = re.compile(".*".join(re.escape(part.strip()) for part in text.split("...")))
                with self.subTest(f"docs/start.md:{line}: {text}"):
                    self.assertTrue(any(map(pattern.search, lines)), came[str(line)])


if __name__ == "__main__":
    Read.tocsin = Run.tocsin = pathlib.Path(sys.argv[1]).resolve()
    if len(sys.argv) > 2:
        if subprocess.run([ROOT / "tests/support/kafka_jars.sh"], stdout=subprocess.DEVNULL, check=False).returncode != 0:
            print("skipped: Kafka's jars cannot be had")
            sys.exit(1 if os.environ.get("CI") == "true" else 77)
        Run.broker = sys.argv[2]
        unittest.main(argv=sys.argv[:1], defaultTest="Run")
    unittest.main(argv=sys.argv[:1], defaultTest="Read")
