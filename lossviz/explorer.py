"""Explorers: pictures that answer a question while controls are moved.

An explorer is declared by a few short functions::

    Explorer(
        name="huber-lab",
        question="How steep is the loss far from zero?",
        controls=[Slider("delta", "δ", 0.1, 5, 1.0)],
        compute=compute,  # **parameters      -> data, a dict of plain values
        build=build,      # figure, data      -> the artists that will move
        draw=draw,        # data, artists     -> None; moves them
        alt=alt,          # data, **parameters -> what the picture shows
    )

`build` runs once: it makes the axes, fixes their limits and returns the
moving artists. `draw` must put all of the data into them each time, whatever
they showed before. What takes too long for a picture that follows a control
may be left to `refine`, a generator of better and better data, which goes on
while the controls rest. In a notebook the explorer shows itself: live where a
kernel runs, as a picture with alternative text where none does, and in decks
and on the site as a player (`lossviz.player`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from lossviz import player, png
from lossviz.controls import Choice, Slider

__all__ = ["MAX_CONTROLS", "Choice", "Explorer", "Slider"]

# More than four controls make a reader search instead of compare.
MAX_CONTROLS = 4
_DPI = 100


class Explorer:
    """A question, a few controls, and a picture that follows them.

    Parameters
    ----------
    name : str
        Name in the table of explorers, such as ``"huber-lab"``.
    question : str
        The question that moving the controls answers.
    controls : sequence of Slider and Choice
        One to four of them, their names being the parameters of `compute`.
    compute : callable
        ``compute(**params)`` returns a dict of plain values and arrays.
    build : callable
        ``build(figure, data)`` makes axes and artists, once, and returns
        those that move: a dict or a list, nested at will.
    draw : callable
        ``draw(data, artists)`` moves the artists to the data.
    alt : callable
        ``alt(data, **params)`` says in words what the picture shows.
    refine : callable, optional
        ``refine(data, **params)`` yields better data, step by step; a step
        should take no longer than a blink.
    size : (float, float), default (8, 4)
        Width and height in inches of 100 pixels.

    Attributes
    ----------
    params : dict
        The values of the controls.
    data : dict
        What `compute` made of them.
    alt : str
        What the picture shows, in words.
    error : Exception or None
        Why the live picture cannot be drawn as its controls stand.
    compute, build, draw : callable
        As declared.

    Raises
    ------
    ValueError
        If there are no controls or more than four, or two share a name.
    """

    def __init__(
        self,
        *,
        name: str,
        question: str,
        controls: Sequence[Slider | Choice],
        compute: Callable,
        build: Callable,
        draw: Callable,
        alt: Callable,
        refine: Callable | None = None,
        size: tuple[float, float] = (8, 4),
    ):
        self.name = name
        self.question = question
        self.controls = _checked(controls)
        self.compute, self.build = compute, build
        self.draw, self._describe = draw, alt
        self._refine = refine or _no_steps
        self.width, self.height = (round(_DPI * side) for side in size)
        self.params = {c.name: c.value for c in self.controls}
        self.data = compute(**self.params)
        self.alt = alt(self.data, **self.params)
        self._steps = self._refine(self.data, **self.params)
        self.error = None
        self._frame = self._artists = self._panel = None

    def set(self, **params: object) -> None:
        """Move some controls, and picture and words with them.

        Either everything follows or, after an error, nothing has changed.

        Parameters
        ----------
        **params
            New values of controls, by name; the others stay.

        Raises
        ------
        ValueError
            If there is no such control or it does not take the value.
        """
        new = self.params | {
            name: self._control(name).validate(value)
            for name, value in params.items()
        }
        self._move(new)
        if self._panel is not None:
            self._panel.follow()

    def refine(self) -> bool:
        """Take one step towards a finer picture.

        A notebook does so by itself while the controls rest.

        Returns
        -------
        bool
            Whether there was a step left to take.
        """
        data = next(self._steps, None)
        if data is None:
            return False
        self._take(self.params, data)
        if self._panel is not None:
            self._panel.show()
        return True

    def png(self) -> bytes:
        """Return the picture as the bytes of a PNG file."""
        return png.encode(self._drawn().render())

    def picture(self) -> str:
        """Return the picture as an HTML ``<img>`` with alternative text."""
        return png.image_tag(self.png(), self.alt, self.width, self.height)

    def app(self):
        """Return the live widget, always the same: controls and picture."""
        if self._panel is None:
            from lossviz.panel import Panel

            self._panel = Panel(self)
        return self._panel.widget

    @property
    def figure(self):
        """The matplotlib figure, made when first asked for."""
        return self._drawn().figure

    @property
    def captures(self) -> int:
        """How often the whole figure, not just what moves, was drawn."""
        return self._drawn().captures

    def at(self, **params: object) -> tuple[dict, str]:
        """Return data and words of another setting, refined to the end.

        Parameters
        ----------
        **params
            Values of all controls; the explorer itself stays as it is.
        """
        data = self.compute(**params)
        *_, data = data, *self._refine(data, **params)
        return data, self._describe(data, **params)

    def _repr_mimebundle_(self, **_: object) -> dict:
        if player.is_wanted():
            return {"text/html": player.moving(self), "text/plain": self.alt}
        while self.refine():
            pass
        static = {"text/html": player.still(self), "text/plain": self.alt}
        return dict(self.app()._repr_mimebundle_()) | static

    def _control(self, name: str) -> Slider | Choice:
        for control in self.controls:
            if control.name == name:
                return control
        known = ", ".join(control.name for control in self.controls)
        raise ValueError(f"control must be one of {known}, got {name}")

    def _move(self, params: dict) -> None:
        """Take over the parameters, or fail and leave all as it was."""
        data = self.compute(**params)
        self._take(params, data)
        self._steps = self._refine(data, **params)

    def _take(self, params: dict, data: dict) -> None:
        """Show the data, or fail and leave all as it was."""
        alt = self._describe(data, **params)
        if self._frame is not None:
            try:
                self.draw(data, self._artists)
            except Exception:
                self.draw(self.data, self._artists)
                raise
        self.params, self.data, self.alt = params, data, alt

    def _drawn(self):
        """Return the frame of the figure, built if there is none yet."""
        if self._frame is None:
            from lossviz.frame import Frame, canvas

            with canvas(self.width, self.height) as figure:
                self._artists = self.build(figure, self.data)
                self.draw(self.data, self._artists)
            self._frame = Frame(figure, self._artists)
        return self._frame


def _no_steps(data: dict, **params: object) -> Iterator[dict]:
    """Refine nothing, where the first picture is the best."""
    return iter(())


def _checked(controls: Sequence[Slider | Choice]) -> tuple:
    """Return the controls as a tuple, if an explorer can have them."""
    if not 1 <= len(controls) <= MAX_CONTROLS:
        raise ValueError(
            f"controls must be 1 to {MAX_CONTROLS}, got {len(controls)}"
        )
    names = [control.name for control in controls]
    if len(set(names)) < len(names):
        raise ValueError(
            f"controls must have names of their own, got {', '.join(names)}"
        )
    return tuple(controls)
