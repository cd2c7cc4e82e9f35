"""A page of the site open in Chromium, and what must hold for it."""

from __future__ import annotations

import contextlib
import re
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PROBE = Path(__file__).with_name("site.js")
WIDE, NARROW = (1280, 900), (390, 844)
OUTSIDE = re.compile(r"^(?!file:|data:|blob:|about:|http://127\.0\.0\.1:)")
READY_LIMIT = 30_000  # milliseconds for formulas, or for a player's film
# Rules of axe that the theme itself breaks, with the reason.
EXCUSED: dict[str, str] = {}


class OpenSite:
    """A site opened from its files, in a browser without a network."""

    def __init__(self, browser, folder, size=WIDE, **options):
        self.folder = Path(folder)
        self.page_errors, self.outside_requests = [], []
        width, height = size
        self._context = browser.new_context(
            viewport={"width": width, "height": height}, **options
        )
        self._context.on("request", self._note)
        self.page = self._context.new_page()
        self.page.on("pageerror", lambda e: self.page_errors.append(str(e)))

    def _note(self, request):
        if OUTSIDE.match(request.url):
            self.outside_requests.append(request.url[:100])

    def close(self):
        self._context.close()

    def show(self, name, address=None):
        """Open a page and wait until its formulas are set.

        From its file, or from the address of a server.
        """
        self.page.goto(f"{address or self.folder.as_uri()}/{name}")
        self.page.add_script_tag(path=PROBE)
        self.page.wait_for_function(
            "() => window.site.isSet()", timeout=READY_LIMIT
        )
        self.ask("settled")
        return self

    def ask(self, question, *arguments):
        """Return the answer of the probe in the page."""
        return self.page.evaluate(
            f"(arguments) => window.site.{question}(...arguments)",
            list(arguments),
        )

    def wake(self, player):
        """Bring a player into sight and wait until it can move."""
        self.page.locator(f"[id='{player}']").scroll_into_view_if_needed()
        self.page.wait_for_selector(
            f"[id='{player}'][data-ready]", timeout=READY_LIMIT
        )


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served(folder):
    """Serve a folder on this machine; yields the address."""
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def page_complaints(site):
    """No script failed, nothing was asked for outside, formulas are set."""
    return [
        *(f"page error: {error}" for error in site.page_errors),
        *(f"request to {url}" for url in site.outside_requests),
        *(f"raw formula: {text}" for text in site.ask("formulas")),
        *(f"too wide: {name}" for name in site.ask("wide")),
    ]


def axe_complaints(site, packages):
    """What axe-core finds on the page as it stands."""
    site.page.add_script_tag(path=packages / "axe-core/axe.min.js")
    found = site.page.evaluate(
        """async (excused) => (await axe.run({
            // A formula is read from its hidden text, not from its drawing.
            exclude: [["mjx-container > svg"]],
        }, {
            rules: Object.fromEntries(
                excused.map((rule) => [rule, { enabled: false }])),
            resultTypes: ["violations"],
        })).violations.map((rule) => [
            rule.id, rule.nodes.length, rule.nodes[0].html.slice(0, 120),
            rule.nodes[0].failureSummary.slice(0, 200),
        ])""",
        list(EXCUSED),
    )
    return [
        f"{rule}: {count} times, such as {html} {why}"
        for rule, count, html, why in found
    ]
