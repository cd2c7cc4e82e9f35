"""Explorers for pages without a kernel: pictures drawn beforehand.

Where the environment says ``COURSE_STATIC=1``, as it does while decks and
site are built, an explorer shows itself as a player: every setting that its
controls can take there is drawn once, and a small script in the page swaps
the pictures. Without the script the starting picture stays.
"""

from __future__ import annotations

import base64
import hashlib
import html
import io
import itertools
import json
import math
import os
from collections.abc import Iterator
from importlib.resources import files
from typing import TYPE_CHECKING

from lossviz.png import image_tag

if TYPE_CHECKING:
    import numpy as np

__all__ = ["MAX_FRAMES", "is_wanted", "moving", "settings", "still"]

# Shared out among the sliders that do not declare their own stops.
MAX_FRAMES = 120
_FEWEST, _MOST = 3, 41
# A deck on a screen of 1920 x 1080 pixels is 1.5 times as large as its page.
_SCALE = 1.5
_COLORS = 64
# Few colours are means of many; the ground must stay as white as the page.
_ALMOST_WHITE = 250
_numbers = itertools.count(1)


def is_wanted() -> bool:
    """Tell whether explorers are to show themselves as players."""
    return os.environ.get("COURSE_STATIC") == "1"


def still(explorer) -> str:
    """Return question, picture and setting as HTML.

    Parameters
    ----------
    explorer : Explorer
        Shown as it stands.
    """
    shown = (c.shown(explorer.params[c.name]) for c in explorer.controls)
    return (
        f"<figure>{_question(explorer)}{explorer.picture()}"
        f"<figcaption>{html.escape(', '.join(shown))}</figcaption></figure>"
    )


def moving(explorer) -> str:
    """Return an explorer as HTML that moves without a kernel.

    Parameters
    ----------
    explorer : Explorer
        It starts where this one stands.
    """
    film = _film(explorer)
    start = film["order"][_start(film)]
    picture = image_tag(
        base64.b64decode(film["frames"][start]),
        film["words"][_start(film)],
        explorer.width,
        explorer.height,
    )
    name = f"player-{explorer.name}-{next(_numbers)}"
    return (
        f'<figure class="player" id="{html.escape(name)}">'
        f"<style>{_asset('player.css')}</style>{_question(explorer)}"
        f'<div class="player-controls"></div>{picture}'
        f'<script type="application/json">{_json(film)}</script>'
        f"<script>({_asset('player.js')})"
        f"(document.getElementById({_json(name)}));</script></figure>"
    )


def settings(explorer) -> list[list]:
    """Return the values that each control of an explorer takes in a player.

    Parameters
    ----------
    explorer : Explorer
        Its sliders without stops of their own share out what the other
        controls leave of `MAX_FRAMES`.
    """
    own = [control.stops for control in explorer.controls]
    given = math.prod(len(stops) for stops in own if stops is not None)
    share = (MAX_FRAMES / given) ** (1 / max(1, own.count(None)))
    count = min(max(math.floor(share), _FEWEST), _MOST)
    return [
        control.positions(count, explorer.params[control.name])
        for control in explorer.controls
    ]


def _film(explorer) -> dict:
    """Return all that the script needs to know, ready for JSON."""
    axes = settings(explorer)
    places, frames, order, words = {}, [], [], []
    for pixels, alt in _shots(explorer, axes):
        # Settings that look the same share one picture.
        look = hashlib.sha256(pixels.tobytes()).digest()
        place = places.setdefault(look, len(frames))
        if place == len(frames):
            frames.append(_picture(pixels))
        order.append(place)
        words.append(alt)
    controls = [
        {
            "label": control.label,
            "slides": control.slides,
            "stops": [_reading(control, value) for value in values],
            "start": values.index(explorer.params[control.name]),
        }
        for control, values in zip(explorer.controls, axes, strict=True)
    ]
    return {
        "controls": controls,
        "frames": frames,
        "order": order,
        "words": words,
    }


def _shots(explorer, axes: list[list]) -> Iterator[tuple[np.ndarray, str]]:
    """Yield pixels and words of every setting, the last control fastest."""
    from lossviz.frame import Frame, canvas

    names = [control.name for control in explorer.controls]
    with canvas(explorer.width, explorer.height, _SCALE) as figure:
        artists = explorer.build(figure, explorer.data)
        frame = Frame(figure, artists)
        for values in itertools.product(*axes):
            data, alt = explorer.at(**dict(zip(names, values, strict=True)))
            explorer.draw(data, artists)
            yield frame.render(), alt


def _picture(pixels: np.ndarray) -> str:
    """Return pixels as a PNG file of few colours, in base64."""
    from PIL import Image

    rgb = Image.fromarray(pixels).convert("RGB")
    few = rgb.quantize(
        _COLORS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
    )
    few.putpalette(
        [255 if c >= _ALMOST_WHITE else c for c in few.getpalette()]
    )
    buffer = io.BytesIO()
    few.save(buffer, format="png", compress_level=9)
    return base64.b64encode(buffer.getvalue()).decode()


def _start(film: dict) -> int:
    """Return the place of the starting setting among all settings."""
    place = 0
    for control in film["controls"]:
        place = place * len(control["stops"]) + control["start"]
    return place


def _reading(control, value: object) -> str:
    """Return a value without its label, as it stands beside the control."""
    shown = control.shown(value)[len(control.label) :]
    return shown.lstrip(" =:").replace("-", "−")


def _question(explorer) -> str:
    return f"<p><strong>{html.escape(explorer.question)}</strong></p>"


def _asset(name: str) -> str:
    return files("lossviz").joinpath(name).read_text(encoding="utf-8")


def _json(value: object) -> str:
    """Return JSON that may stand within a script of HTML."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
