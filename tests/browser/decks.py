"""A deck open in Chromium, and what must hold for it, as complaints."""

from __future__ import annotations

from pathlib import Path

from .pages import OpenPage

PROBE = Path(__file__).with_name("deck.js")
SIZES = [(1280, 720), (1920, 1080)]
READY = "html[data-deck=ready]"
READY_LIMIT = 60_000  # milliseconds for a deck to be set
# Rules of axe that no deck can keep while a single slide is on the screen.
EXCUSED = {
    "page-has-heading-one": "the title is on the first slide, out of sight",
}


class OpenDeck(OpenPage):
    """A deck opened from its file, in a browser without a network."""

    def __init__(self, browser, path, size=SIZES[0], *, query="", **options):
        super().__init__(browser, size, **options)
        self._context.set_offline(True)
        self.page.goto(f"{Path(path).as_uri()}{query}")
        self.page.wait_for_selector(
            READY, state="attached", timeout=READY_LIMIT
        )
        self._add_probe(PROBE)

    def speaker_window(self):
        """Open the window of the notes by its key; return its page."""
        with self._context.expect_page() as opened:
            self.page.keyboard.press("s")
        return opened.value


def content_complaints(deck):
    """Formulas are set, pictures have words, speakers have notes."""
    complaints = [f"formula not set: {t}" for t in deck.ask("formulas")]
    complaints += ["picture without words"] * deck.ask("nameless")
    complaints += [f"link to nowhere: {href}" for href in deck.ask("lost")]
    if not deck.ask("notes"):
        complaints.append("no notes")
    return complaints
