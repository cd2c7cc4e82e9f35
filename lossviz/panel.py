"""The live widget of an explorer: its question, controls and picture."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence

from lossviz.controls import Choice, Slider
from lossviz.rest import Rest

__all__ = ["Panel"]

# Two greys do not say which button is chosen, and a pale knob on a pale track
# is not seen from the back row. Other colours come from JupyterLab's theme,
# so that its dark theme works too.
_STYLE = """<style>
.lossviz-explorer .widget-toggle-button { background: none; box-shadow: none;
  border: 1px solid var(--jp-border-color1, #bdbdbd); border-radius: 4px;
  color: var(--jp-content-font-color1, #000000); }
.lossviz-explorer .widget-toggle-button.mod-active { background: #0072B2;
  border-color: #0072B2; color: #ffffff; }
.lossviz-explorer .widget-slider.jupyter-widgets .noUi-handle {
  background: #0072B2; border-color: #0072B2; }
.lossviz-explorer .widget-toggle-button:focus-visible,
.lossviz-explorer .widget-slider.jupyter-widgets .noUi-handle:focus-visible {
  outline: 2px solid #0072B2; outline-offset: 2px; }
</style>"""


class Panel:
    """Question, controls and picture of one explorer, as a live widget.

    Parameters
    ----------
    explorer : Explorer
        What is shown.

    Attributes
    ----------
    widget : VBox
        All of it.
    """

    def __init__(self, explorer):
        import ipywidgets as widgets

        self._explorer = explorer
        self._inputs = _inputs(explorer.controls)
        for widget in self._inputs.values():
            widget.observe(self._tick, "value")
        # As wide as the picture, but never wider than the page.
        width = {
            "width": f"{explorer.width}px",
            "max_width": "100%",
            "margin": "2px 0",
        }
        # A fixed height keeps the page still while the picture changes.
        self._rest = Rest(self._refine)
        self._picture = widgets.HTML(
            layout=widgets.Layout(min_height=f"{explorer.height}px", **width)
        )
        self.widget = widgets.VBox(
            [
                widgets.HTML(
                    f"{_STYLE}<strong>{html.escape(explorer.question)}"
                    "</strong>"
                ),
                widgets.Box(
                    list(self._inputs.values()),
                    layout=widgets.Layout(flex_flow="row wrap", **width),
                ),
                self._picture,
            ]
        )
        self.widget.add_class("lossviz-explorer")
        self.follow()

    def follow(self) -> None:
        """Bring controls and picture to where the explorer stands."""
        for name, widget in self._inputs.items():
            widget.unobserve(self._tick, "value")
            widget.value = self._explorer.params[name]
            widget.observe(self._tick, "value")
        self.show()
        self._rest.begin()

    def _tick(self, _change: object = None) -> None:
        """Show the picture that belongs to the controls as they stand."""
        values = {
            control.name: control.read(self._inputs[control.name].value)
            for control in self._explorer.controls
        }
        with self._rest.held():
            self._try(self._move, values)
        self._rest.begin()

    def _move(self, values: dict) -> None:
        self._explorer._move(values)
        self.show()

    def _refine(self) -> bool:
        """Take a step in the background; say whether there may be more."""
        return self._try(self._explorer.refine)

    def _try(self, action: Callable, *args: object) -> object:
        """Return what an action returns, or show in words why it failed."""
        try:
            return action(*args)
        except Exception as error:
            # A traceback from a callback would vanish or flood the page.
            self._picture.value = _refusal(error)
            self._explorer.error = error
            return False

    def show(self) -> None:
        """Put the picture of the explorer on the page."""
        self._picture.value = self._explorer.picture()
        self._explorer.error = None


def _inputs(controls: Sequence[Slider | Choice]) -> dict:
    """Return the widgets by name, sliders in two columns, no label cut."""
    from ipywidgets import Layout

    widgets = {control.name: control.widget() for control in controls}
    sliders = [c.name for c in controls if isinstance(c, Slider)]
    longest = max((len(widgets[n].description) for n in sliders), default=0)
    for name, widget in widgets.items():
        if name in sliders:
            widget.style.description_width = f"{longest + 1}ch"
            widget.layout = Layout(width="48%", min_width="280px")
        else:
            # As wide as its buttons: several may share a row.
            widget.style.description_width = "initial"
            widget.layout = Layout(
                display="flex",
                align_items="center",
                width="auto",
                margin="2px 24px 2px 2px",
            )
    return widgets


def _refusal(error: Exception) -> str:
    """Return one plain sentence in place of a picture."""
    reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    return (
        '<p role="alert">This setting cannot be drawn: '
        f"{html.escape(reason)}.</p>"
    )
