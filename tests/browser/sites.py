"""A page of the site open in Chromium, and what must hold for it."""

from __future__ import annotations

import contextlib
import re
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from . import pages

PROBE = Path(__file__).with_name("site.js")
WIDE, NARROW = (1280, 900), (390, 844)
READY_LIMIT = 30_000  # milliseconds for formulas, or for a player's film


class OpenSite(pages.OpenPage):
    """A site opened from its files, in a browser without a network."""

    outside = re.compile(r"^(?!file:|data:|blob:|about:|http://127\.0\.0\.1:)")

    def __init__(self, browser, folder, size=WIDE, **options):
        super().__init__(browser, size, **options)
        self.folder = Path(folder)

    def show(self, name, address=None):
        """Open a page and wait until its formulas are set.

        From its file, or from the address of a server.
        """
        self.page.goto(f"{address or self.folder.as_uri()}/{name}")
        self._add_probe(PROBE)
        self.page.wait_for_function(
            "() => window.probe.isSet()", timeout=READY_LIMIT
        )
        self.ask("settled")
        return self

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
        *pages.page_complaints(site),
        *(f"raw formula: {text}" for text in site.ask("formulas")),
        *(f"too wide: {name}" for name in site.ask("wide")),
    ]
