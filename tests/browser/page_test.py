#!/usr/bin/env python3
"""page_test.py TOCSIN [SCREENSHOTS]: the page at / of a running daemon (`tocsin demo --stay`), loaded by a real Chromium.

On the width of a desk and of a phone: it asks nobody but the daemon, says no error, is no wider than the screen, shows the
state, rates, the last alerts on the map and in words, the last dead letter, what it knows; text of others stays text; with a
token it asks for it. SCREENSHOTS: a folder for pictures to be looked at.

Needs Debian's chromium (124 MB to be fetched, 414 MB on disk: too much for each CI run) and pip's playwright; exit code 77
where one of them is absent.
"""
import contextlib
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

CHROMIUM = shutil.which("chromium")
try:
    from playwright.sync_api import sync_playwright
except ImportError:
    sync_playwright = None

PATIENCE_S = 120


def wait_until(what, test):
    end = time.monotonic() + PATIENCE_S
    while True:
        with contextlib.suppress(OSError):
            if value := test():
                return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {PATIENCE_S} s in vain: {what}")
        time.sleep(0.2)


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="tocsin-page-"))
        log = pathlib.Path(folder) / "log"
        with log.open("wb") as file:
            daemon = subprocess.Popen([cls.tocsin, "demo", "--stay"], stdout=file, stderr=file, stdin=subprocess.DEVNULL)
        cls.addClassCleanup(daemon.wait)
        cls.addClassCleanup(daemon.terminate)
        cls.origin = wait_until("the demo stays", lambda: "stay until" in log.read_text() and
                                re.search(r"http://127\.0\.0\.1:\d+", log.read_text())).group(0)
        playwright = sync_playwright().start()
        cls.addClassCleanup(playwright.stop)
        cls.browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        cls.addClassCleanup(cls.browser.close)

    def open(self, width, height, **more):
        context = self.browser.new_context(viewport={"width": width, "height": height}, **more)
        self.addCleanup(context.close)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_S * 1000)
        self.asked, self.errors = set(), []
        page.on("request", lambda request: self.asked.add(request.url))
        page.on("console", lambda message: self.errors.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(self.origin)
        return page

    def picture(self, page, name):
        if self.screenshots:
            page.screenshot(path=f"{self.screenshots}/{name}.png", full_page=True)

    def test_shows_what_a_person_wants_first_and_asks_nobody_else(self):
        for name, width, height in (("desk", 1280, 900), ("phone", 390, 844)):
            with self.subTest(name):
                page = self.open(width, height)
                page.wait_for_selector("#alerts li")
                wait_until("a rate", lambda p=page: p.text_content("#rate") != "\u2013")
                self.assertEqual(page.text_content("#state"), "active")
                self.assertIn("role all, group tocsin", page.text_content("#who"))
                self.assertRegex(page.text_content("#lag"), r"^\d")
                self.assertGreater(int(page.text_content("#rung")), 0)
                self.assertGreater(page.locator("#dots circle").count(), 0)
                self.assertIn("missile launch", page.text_content("#alerts"))
                self.assertEqual(page.locator("#letterrows tr").count(), int(page.text_content("#letters")))
                self.assertRegex(page.text_content("#facts"), r"rules[0-9a-f]{8}")
                self.assertEqual(page.evaluate("document.documentElement.scrollWidth"), width)
                self.assertEqual({url.removeprefix(self.origin) for url in self.asked}, {"/", "/status"})
                self.assertEqual(self.errors, [])
                self.picture(page, name)

    def test_what_others_wrote_stays_text(self):
        page = self.open(1280, 900)
        page.wait_for_selector("#alerts li")
        page.evaluate("""() => showAlerts([{at: new Date().toISOString(), type: 'coup', factuality: 'claimed', severity: 5,
            change: 'first', headline: '<img src=x onerror="document.title=1">', place: '<b>x</b>', country: '', lat: 1, lon: 1}])""")
        self.assertEqual(page.locator("#alerts img, #alerts b, #dots img").count(), 0)
        self.assertIn("<img src=x", page.text_content("#alerts"))

    def test_asks_for_the_token_and_keeps_it_for_the_session_alone(self):
        context = self.browser.new_context()
        self.addCleanup(context.close)
        page = context.new_page()
        page.route("**/status", lambda route: route.continue_() if route.request.headers.get("authorization") == "Bearer s3cret"
                   else route.fulfill(status=401, body="no"))
        page.goto(self.origin)
        page.wait_for_selector("#token", state="visible")
        self.assertEqual(page.text_content("#state"), "locked")
        page.fill("#token", "s3cret")
        page.press("#token", "Enter")
        page.wait_for_selector("#alerts li", timeout=PATIENCE_S * 1000)
        self.assertFalse(page.is_visible("#token"))
        self.assertEqual(page.evaluate("localStorage.length + document.cookie.length"), 0)

    def test_says_when_the_daemon_does_not_answer(self):
        page = self.open(390, 844, color_scheme="dark")
        page.wait_for_selector("#alerts li")
        page.route("**/status", lambda route: route.abort())
        wait_until("it is said", lambda: page.text_content("#state") == "does not answer")
        self.picture(page, "away-dark")


def main():
    missing = [name for name, there in (("chromium", CHROMIUM), ("playwright", sync_playwright)) if not there]
    if missing:
        print("browser.page SKIPPED: not here: " + ", ".join(missing))
        sys.exit(77)
    Page.tocsin = sys.argv[1]
    Page.screenshots = sys.argv[2] if len(sys.argv) > 2 else None
    unittest.main(argv=sys.argv[:1])


if __name__ == "__main__":
    main()
