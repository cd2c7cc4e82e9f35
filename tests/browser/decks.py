"""A deck open in Chromium, and what must hold for it, as complaints."""

from __future__ import annotations

import re
from pathlib import Path

PROBE = Path(__file__).with_name("deck.js")
SIZES = [(1280, 720), (1920, 1080)]
READY = "html[data-deck=ready]"
READY_LIMIT = 60_000  # milliseconds for a deck to be set
OUTSIDE = re.compile(r"^(?!file:|data:|blob:|about:)")
# Rules of axe that no deck can keep while a single slide is on the screen.
EXCUSED = {
    "page-has-heading-one": "the title is on the first slide, out of sight",
}


class OpenDeck:
    """A deck opened from its file, in a browser without a network."""

    def __init__(self, browser, path, size=SIZES[0], *, query="", **options):
        self.page_errors = []
        self.outside_requests = []
        width, height = size
        self._context = browser.new_context(
            viewport={"width": width, "height": height}, **options
        )
        self._context.set_offline(True)
        self._context.on("request", self._note)
        self.page = self._context.new_page()
        self.page.on("pageerror", lambda e: self.page_errors.append(str(e)))
        self.page.goto(f"{Path(path).as_uri()}{query}")
        self.page.wait_for_selector(
            READY, state="attached", timeout=READY_LIMIT
        )
        self.page.add_script_tag(path=PROBE)

    def _note(self, request):
        if OUTSIDE.match(request.url):
            self.outside_requests.append(request.url[:100])

    def close(self):
        self._context.close()

    def ask(self, question, *arguments):
        """Return the answer of the probe in the page."""
        return self.page.evaluate(
            f"(arguments) => window.deck.{question}(...arguments)",
            list(arguments),
        )

    def speaker_window(self):
        """Open the window of the notes by its key; return its page."""
        with self._context.expect_page() as opened:
            self.page.keyboard.press("s")
        return opened.value


def page_complaints(deck):
    """No script failed, and nothing was asked for outside."""
    return [f"page error: {e}" for e in deck.page_errors] + [
        f"request to {url}" for url in deck.outside_requests
    ]


def content_complaints(deck):
    """Formulas are set, pictures have words, speakers have notes."""
    complaints = [f"formula not set: {t}" for t in deck.ask("formulas")]
    complaints += ["picture without words"] * deck.ask("nameless")
    complaints += [f"link to nowhere: {href}" for href in deck.ask("lost")]
    if not deck.ask("notes"):
        complaints.append("no notes")
    return complaints


def player_complaints(deck, player):
    """Every control of a player moves its picture, by key and by mouse."""
    deck.ask("showPlayer", player)
    controls = deck.ask("player", player)["controls"]
    complaints = [] if controls else ["no control"]
    for control in controls:
        ways = [_press_key, _use_mouse]
        if control["kind"] != "range":
            ways = [_press_key]
        for way in ways:
            complaints += _move_complaints(deck, player, control, way)
    return [f"{player}: {complaint}" for complaint in complaints]


def _move_complaints(deck, player, control, way):
    """A move changes picture, words and spoken value, and no slide."""
    field = deck.page.locator(f"[id='{control['id']}']")
    before, place = deck.ask("player", player), deck.ask("place")
    way(deck, field, control)
    after = deck.ask("player", player)
    where = f"{control['label']}, {way.__name__.strip('_')}"
    faults = []
    if not control["label"].strip():
        faults.append("no label")
    for part in ("picture", "words"):
        if after[part] == before[part]:
            faults.append(f"the {part} did not change")
    if control["kind"] == "range":
        spoken = _one(after, control)["spoken"]
        if not spoken or spoken == _one(before, control)["spoken"]:
            faults.append("the spoken value did not change")
    if deck.ask("place") != place:
        faults.append("the slide changed")
    _put_back(deck, field, control)
    return [f"{where}: {fault}" for fault in faults]


def _one(state, control):
    (found,) = [c for c in state["controls"] if c["id"] == control["id"]]
    return found


def _press_key(deck, field, control):
    """Move by keyboard, towards the farther end."""
    at = _index(field)
    field.focus()
    towards_end = at < int(control["last"])
    down, up = ("ArrowRight", "ArrowLeft")
    if control["kind"] != "range":
        down, up = ("ArrowDown", "ArrowUp")
    deck.page.keyboard.press(down if towards_end else up)


def _use_mouse(deck, field, control):
    """Click on a slider's track, at its farther end."""
    box = field.bounding_box()
    share = 0.95 if _index(field) < int(control["last"]) / 2 else 0.05
    deck.page.mouse.click(
        box["x"] + share * box["width"], box["y"] + box["height"] / 2
    )


def _index(field):
    return field.evaluate(
        "f => f.type === 'range' ? Number(f.value) : f.selectedIndex"
    )


def _put_back(deck, field, control):
    """Set a control as it was, for the next one to start from."""
    field.evaluate(
        """(field, value) => {
            field.value = value;
            field.dispatchEvent(new Event("input"));
            field.dispatchEvent(new Event("change"));
        }""",
        control["value"],
    )


def axe_complaints(deck, packages, *, excused=()):
    """What axe-core finds on the page as it stands, but for some rules."""
    deck.page.add_script_tag(path=packages / "axe-core/axe.min.js")
    found = deck.page.evaluate(
        """async () => (await axe.run({
            // A formula is read from its hidden text, not from its drawing.
            exclude: [["mjx-container > svg"]],
        })).violations.map((rule) => [
            rule.id, rule.nodes.length, rule.nodes[0].html.slice(0, 90),
        ])"""
    )
    return [
        f"{rule}: {count} times, such as {html}"
        for rule, count, html in found
        if rule not in excused
    ]
