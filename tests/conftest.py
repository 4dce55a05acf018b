"""Fixtures of the tests of the built book: the site, a server for it, a browser."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
import os
from pathlib import Path
import shutil
import subprocess
import sys
import threading

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Adds up how far what a reader sees has moved without having been touched.
SHIFTS = """
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (!entry.hadRecentInput) window.shifted += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
"""
BROWSERS = ("chromium", "google-chrome", "chromium-browser")


def build_book(folder, *options):
    """Build the book in `folder` as the README does; return what it printed."""
    done = subprocess.run(
        [Path(sys.executable).parent / "jupyter-book", "build", ".", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]
    return done.stdout + done.stderr


@pytest.fixture(scope="session")
def build():
    """Build a book in a folder, with options of `jupyter-book build`."""
    return build_book


@pytest.fixture(scope="session")
def site():
    """The real book, every page read anew, warnings as errors.

    Chapters execute only where the tests of chapters have not stored a run; so files
    with tests of the site have names that come after `test_chapters`.
    """
    for folder in ("html", ".doctrees", "jupyter_execute"):
        shutil.rmtree(ROOT / "_build" / folder, ignore_errors=True)
    said = build_book(ROOT, "-W", "-n", "--keep-going")
    assert f"{len(list(ROOT.glob('chapters/*.md')))} added" in said
    return ROOT / "_build" / "html"


class QuietHandler(SimpleHTTPRequestHandler):
    """Serve files without a line for each."""

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="session")
def server(site):
    """Address of a server of the site, without a slash at its end."""
    handler = partial(QuietHandler, directory=site)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


@pytest.fixture(scope="session")
def browser():
    """A headless browser.

    `AELIB_BROWSER` names its program; then it must be there. Otherwise, without one,
    the tests that need it are skipped and say so.
    """
    named = os.environ.get("AELIB_BROWSER")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        pytest.skip("no browser: install Debian's chromium, or set AELIB_BROWSER")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox"]
        )
        yield running
        running.close()


class Visit:
    """A page in the browser, with what went wrong on it.

    Attributes
    ----------
    page
        Playwright's page.
    errors
        Messages of the console that are errors, and exceptions.
    requests
        Addresses that the page asked for.
    """

    def __init__(self, context, address):
        self.page = context.new_page()
        self.errors, self.requests = [], []
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(address)

    def _listen(self, message):
        if message.type == "error":
            self.errors.append(f"{message.text} {message.location}")

    def start_figure(self, name):
        """Touch a live figure, wait until it is ready, and return its locator."""
        figure = self.page.locator(f"figure#{name}")
        figure.scroll_into_view_if_needed()
        figure.dispatch_event("pointerenter")
        self.page.wait_for_selector(f"figure#{name}[data-state=ready]")
        return figure


@pytest.fixture
def visit(browser, server, site):
    """Open a page: `visit("chapters/index", width=360, scheme="dark")`.

    Over http, or from the disk with `disk=True`. Further keywords are Playwright's for
    a browser's context. At the end no page may have had an error, unless the test has
    emptied its list.
    """
    contexts, visits = [], []

    def open_page(name, width=1280, scheme="light", disk=False, **options):
        size = {"width": width, "height": 900}
        context = browser.new_context(viewport=size, color_scheme=scheme, **options)
        contexts.append(context)
        base = f"file://{site}" if disk else server
        visits.append(Visit(context, f"{base}/{name}.html"))
        return visits[-1]

    yield open_page
    for context in contexts:
        context.close()
    assert not [error for one in visits for error in one.errors]


@pytest.fixture(scope="module")
def read(browser, server, site):
    """Open a page for a look at it: `read("chapters/index", scheme="dark")`.

    As `visit` does, but in one context for each width and scheme, which is quicker.
    `window.shifted` on the page adds up what moved by itself.
    """
    contexts = {}

    def open_page(name, width=1280, scheme="light", disk=False):
        if (width, scheme) not in contexts:
            size = {"width": width, "height": 900}
            contexts[width, scheme] = browser.new_context(
                viewport=size, color_scheme=scheme
            )
            contexts[width, scheme].add_init_script(SHIFTS)
        base = f"file://{site}" if disk else server
        return Visit(contexts[width, scheme], f"{base}/{name}.html")

    yield open_page
    for context in contexts.values():
        context.close()
