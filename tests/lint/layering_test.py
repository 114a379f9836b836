#!/usr/bin/env python3
"""The tree is the map: holds every file to the folders, the order and the purity that docs/architecture.md describes.

All system headers lie in one folder, so the compiler stops no stray include. This does.
"""

import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

TOP_LEVEL = {"CMakeLists.txt", "CMakePresets.json", "LICENSE", "NOTICE", "README.md",
             "common", "daemon", "deploy", "docs", "tests"}

# Data flows down this list; no folder includes one that stands below it. What lies in common/ itself names every stage.
COMMON_ORDER = ["common/article", "common/wire", "common/text", "common/dedupe", "common/places", "common/events", "common"]

# Who may include what of others: header -> where.
OWNERS = {
    r"librdkafka/": r"daemon/kafka/|tests/",
    r"httplib\.h": r"daemon/cli/|tests/",
    r"(curl|openssl)/": r"daemon/webhook/|tests/",
    r"prometheus/": r"daemon/\w*metrics|tests/",
    r"spdlog/": r"daemon/log|tests/",
    r"CLI/": r"daemon/cli/|tests/",
    r"simdjson": r"common/|daemon/|tests/",
    r"yaml-cpp/": r"common/|daemon/|tests/",
    r"(expat\.h|uchardet/)": r"common/wire/|tests/",
    r"cld2/": r"common/text/|tests/",
    r"utf8proc": r"common/text/|tests/",
    r"(gtest|gmock|benchmark)/": r"tests/",
}

# common/ is pure: no threads, clock, log, console, or chance.
IMPURE_HEADERS = re.compile(
    r"<(thread|mutex|shared_mutex|condition_variable|future|stop_token|semaphore|latch|barrier|atomic|iostream|random"
    r"|ctime|time\.h|sys/time\.h|pthread\.h|fmt/.*|syslog\.h|sys/socket\.h|netinet/.*)>")
IMPURE_CALLS = re.compile(
    r"\b((system|steady|high_resolution|utc|file)_clock\b|gettimeofday\s*\(|clock_gettime\s*\(|std::time\s*\(|[^_.\w]time\s*\(\s*(NULL|nullptr|0)"
    r"|std::rand\b|[^_\w]rand\s*\(\s*\)|std::(cout|cerr|clog)\b|\bf?printf\s*\(|std::getenv|[^_\w]getenv\s*\()")

# Programs of the build and of whoever trains a model: they make what common/ carries, and are not in it.
TOOLS = re.compile(r"common/\w+/(tool|train)/")

ABSOLUTE_PATHS = re.compile(r"""(?<![\w.$}~/*])/(home|root|work|Users|mnt)/\w""")

MAIN_LINES = 60


def tracked():
    """The files of the project: those git knows or would add; all but build/ where there is no git."""
    try:
        listing = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                                 check=True, capture_output=True).stdout.decode()
        names = [name for name in listing.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*")
                 if path.is_file() and path.relative_to(ROOT).parts[0] not in ("build", ".git")]
    return sorted(name for name in names if (ROOT / name).is_file())


FILES = tracked()
SOURCES = [name for name in FILES if name.endswith((".h", ".cc"))]
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.MULTILINE)


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


def code_of(name):
    """A source without comments and without what stands in string literals (roughly; enough for the searches here)."""
    text = re.sub(r'R"(\w*)\(.*?\)\1"', '""', text_of(name), flags=re.DOTALL)
    text = re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)
    return re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)


def includes(name):
    return [(kind, header) for kind, header in INCLUDE.findall(text_of(name))]


def rank(name):
    """The place of a file of common/ in the order."""
    folder = "/".join(name.split("/")[:2])
    return COMMON_ORDER.index(folder) if folder in COMMON_ORDER else len(COMMON_ORDER) - 1


class Layering(unittest.TestCase):
    def none(self, findings, why):
        if findings:
            self.fail(why + ":\n  " + "\n  ".join(findings))

    def test_the_top_level_holds_only_what_belongs_there(self):
        strays = {name.split("/")[0] for name in FILES} - TOP_LEVEL
        self.none(sorted(name for name in strays if not name.startswith(".")), "not for the top level")

    def test_every_quoted_include_is_a_path_from_the_root(self):
        self.none([f'{name}: "{header}"' for name in SOURCES for kind, header in includes(name)
                   if kind == '"' and not (ROOT / header).is_file()], "no such file from the root")

    def test_common_includes_nothing_of_the_daemon_or_of_the_tests(self):
        self.none([f'{name}: "{header}"' for name in SOURCES if name.startswith("common/")
                   for _, header in includes(name) if header.startswith(("daemon/", "tests/"))],
                  "common/ stands below")

    def test_the_daemon_includes_nothing_of_the_tests(self):
        self.none([f'{name}: "{header}"' for name in SOURCES if name.startswith("daemon/")
                   for _, header in includes(name) if header.startswith("tests/")], "what is shipped needs no test")

    def test_no_folder_of_common_includes_one_above_it(self):
        self.none([f'{name}: "{header}"' for name in SOURCES if name.startswith("common/")
                   for _, header in includes(name) if header.startswith("common/") and rank(header) > rank(name)],
                  "the order is " + " < ".join(COMMON_ORDER[:-1]) + " < enrich")

    def test_each_library_is_included_only_where_it_lives(self):
        findings = []
        for name in SOURCES:
            for _, header in includes(name):
                for pattern, where in OWNERS.items():
                    if re.match(pattern, header) and not re.match(where, name):
                        findings.append(f"{name}: {header}")
        self.none(findings, "a library outside its folder")

    def test_common_is_pure(self):
        findings = []
        for name in SOURCES:
            if not name.startswith("common/") or TOOLS.match(name):
                continue
            findings += [f"{name}: {match.group(0)}" for match in IMPURE_HEADERS.finditer(text_of(name))]
            findings += [f"{name}: {match.group(0).strip()}" for match in IMPURE_CALLS.finditer(code_of(name))]
        self.none(findings, "threads, clock, log or chance in common/")

    def test_main_is_short(self):
        lines = text_of("daemon/main.cc").count("\n")
        self.assertLess(lines, MAIN_LINES, "daemon/main.cc: only daemon/app knows how things are put together")

    def test_no_file_names_a_path_of_one_machine(self):
        findings = []
        for name in FILES:
            if name == "tests/lint/layering_test.py" or name.startswith("tests/fuzz/corpus/"):
                continue
            findings += [f"{name}: {match.group(0)}" for match in ABSOLUTE_PATHS.finditer(text_of(name))]
        self.none(findings, "absolute paths")

    def test_no_source_is_left_unfinished(self):
        marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
        self.none([f"{name}: {match.group(0)}" for name in SOURCES for match in marks.finditer(text_of(name))],
                  "write an issue instead")

    def test_every_header_says_pragma_once(self):
        self.none([name for name in SOURCES if name.endswith(".h") and "#pragma once" not in text_of(name)],
                  "#pragma once is missing")


if __name__ == "__main__":
    sys.exit(unittest.main())
