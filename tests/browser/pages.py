"""A page open in Chromium, and what must hold for any of them."""

from __future__ import annotations

import re
from pathlib import Path

PROBE = Path(__file__).with_name("page.js")


class OpenPage:
    """A page in a window of its own, with a probe that answers for it.

    Attributes
    ----------
    page : Page
        Playwright's.
    page_errors, outside_requests : list of str
        What its scripts failed with, and the addresses that it asked for
        outside of what `outside` allows.
    """

    outside = re.compile(r"^(?!file:|data:|blob:|about:)")

    def __init__(self, browser, size, **options):
        self.page_errors, self.outside_requests = [], []
        width, height = size
        self._context = browser.new_context(
            viewport={"width": width, "height": height}, **options
        )
        self._context.on("request", self._note)
        self.page = self._context.new_page()
        self.page.on("pageerror", lambda e: self.page_errors.append(str(e)))

    def _note(self, request):
        if self.outside.match(request.url):
            self.outside_requests.append(request.url[:100])

    def _add_probe(self, path):
        """Put the probe into the page, and what this kind of page adds."""
        self.page.add_script_tag(path=PROBE)
        self.page.add_script_tag(path=path)

    def close(self):
        self._context.close()

    def ask(self, question, *arguments):
        """Return the answer of the probe in the page."""
        return self.page.evaluate(
            f"(arguments) => window.probe.{question}(...arguments)",
            list(arguments),
        )


def page_complaints(opened):
    """No script failed, and nothing was asked for outside."""
    return [f"page error: {e}" for e in opened.page_errors] + [
        f"request to {url}" for url in sorted(set(opened.outside_requests))
    ]


def axe_complaints(opened, packages, *, excused=()):
    """What axe-core finds on the page as it stands, but for some rules."""
    opened.page.add_script_tag(path=packages / "axe-core/axe.min.js")
    found = opened.page.evaluate(
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
        list(excused),
    )
    return [
        f"{rule}: {count} times, such as {html} {why}"
        for rule, count, html, why in found
    ]


def player_complaints(opened, player):
    """Every control of a player moves its picture, by key and by mouse."""
    opened.ask("showPlayer", player)
    controls = opened.ask("player", player)["controls"]
    complaints = [] if controls else ["no control"]
    for control in controls:
        ways = [_press_key, _use_mouse]
        if control["kind"] != "range":
            ways = [_press_key]
        for way in ways:
            complaints += _move_complaints(opened, player, control, way)
    return [f"{player}: {complaint}" for complaint in complaints]


def _move_complaints(opened, player, control, way):
    """A move changes picture, words and spoken value, and not the place."""
    field = opened.page.locator(f"[id='{control['id']}']")
    before, place = opened.ask("player", player), opened.ask("place")
    way(opened, field, control)
    after = opened.ask("player", player)
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
    if opened.ask("place") != place:
        faults.append("another slide or page came")
    _put_back(field, control)
    return [f"{where}: {fault}" for fault in faults]


def _one(state, control):
    (found,) = [c for c in state["controls"] if c["id"] == control["id"]]
    return found


def _press_key(opened, field, control):
    """Move by keyboard, towards the farther end."""
    at = _index(field)
    field.focus()
    towards_end = at < int(control["last"])
    down, up = ("ArrowRight", "ArrowLeft")
    if control["kind"] != "range":
        down, up = ("ArrowDown", "ArrowUp")
    opened.page.keyboard.press(down if towards_end else up)


def _use_mouse(opened, field, control):
    """Click on a slider's track, at its farther end."""
    box = field.bounding_box()
    share = 0.95 if _index(field) < int(control["last"]) / 2 else 0.05
    opened.page.mouse.click(
        box["x"] + share * box["width"], box["y"] + box["height"] / 2
    )


def _index(field):
    return field.evaluate(
        "f => f.type === 'range' ? Number(f.value) : f.selectedIndex"
    )


def _put_back(field, control):
    """Set a control as it was, for the next one to start from."""
    field.evaluate(
        """(field, value) => {
            field.value = value;
            field.dispatchEvent(new Event("input"));
            field.dispatchEvent(new Event("change"));
        }""",
        control["value"],
    )
