"""`predict("…", ["up", "down"])`: a prediction, made before the run."""

import math
from collections.abc import Iterable

from course.markup import to_html

# Predictions of this session by key, so that a cell run again keeps them.
noted = {}


def predict(question, options=None, *, key=None):
    """Ask for a prediction; what comes of it shows in the cells that follow.

    Parameters
    ----------
    question : str
        What to predict; `code` stands in backticks.
    options : sequence of str, optional
        What to choose from; without them, a number is asked for.
    key : str, optional
        Name of the prediction; the question itself if omitted.

    Returns
    -------
    Prediction
        Shows itself at the end of a cell and never waits; its `value` is
        `None` until something was predicted.

    Raises
    ------
    ValueError
        If the question or the key is no text, or there are fewer than two
        options.
    """
    if not isinstance(question, str) or not question.strip():
        raise ValueError(f"question must be a text, got {question!r}")
    if key is not None and not isinstance(key, str):
        raise ValueError(f"key must be a text, got {key!r}")
    if options is not None:
        options = _checked(options)
    return Prediction(question, options, key or question)


class Prediction:
    """A question about what is going to happen, in its widget.

    Parameters
    ----------
    question : str
        What to predict.
    options : list of str or None
        What to choose from, or None for a number.
    key : str
        Name under which the prediction is noted.

    Attributes
    ----------
    field : ToggleButtons or Text
        What the student chooses or types.
    note : HTML
        Says that the prediction was noted.
    widget : VBox
        All of it.
    """

    def __init__(self, question, options, key):
        import ipywidgets

        from course.panel import choices, panel, words

        self.question = question
        self.options = options
        self.key = key
        self.note = words()
        if options is None:
            self.field = ipywidgets.Text(
                description="Your number",
                placeholder="such as 0.5, then Enter",
                continuous_update=False,
            )
        else:
            self.field = choices(options)
        self.widget = panel(words(self._asked()), self.field, self.note)
        self._recall()
        self.field.observe(self._store, "value")

    @property
    def value(self):
        """What was predicted (str or float); None so far."""
        return noted.get(self.key)

    def __repr__(self):
        return f"Prediction({self.question!r}, value={self.value!r})"

    def _repr_mimebundle_(self, **_):
        from course.panel import bundle

        return bundle(self.widget, self._static(), self._plain())

    def _asked(self):
        return (
            '<p class="course-kind">Predict before you run</p>'
            f"<p>{to_html(self.question)}</p>"
        )

    def _recall(self):
        """Show what was predicted when this cell ran before."""
        if self.options is None and isinstance(self.value, float):
            self.field.value = self._told()
        elif self.value in (self.options or []):
            self.field.value = self.value
        if self.value is not None:
            self._say_noted()

    def _store(self, _change):
        found = self.field.value
        if self.options is None:
            found = _number(found)
        if found is None:
            noted.pop(self.key, None)
            self.note.value = _note("A number is asked for, such as 0.5.")
        else:
            noted[self.key] = found
            self._say_noted()

    def _say_noted(self):
        self.note.value = _note(
            f"Noted: {to_html(self._told())}. Now run the next cell and see."
        )

    def _told(self):
        """Return what was predicted as a reader would write it."""
        value = self.value
        return f"{value:g}" if isinstance(value, float) else value

    def _static(self):
        options = [f"<li>{to_html(o)}</li>" for o in self.options or []]
        listed = f"<ul>{''.join(options)}</ul>" if options else ""
        return f"<div>{self._asked()}{listed}</div>"

    def _plain(self):
        options = [f"- {option}" for option in self.options or []]
        head = f"Predict before you run: {self.question}"
        return "\n".join([head, *options])


def _checked(options):
    """Return `options` as a list, if they are something to choose from."""
    if isinstance(options, str) or not isinstance(options, Iterable):
        raise ValueError(f"options must be a list of texts, got {options!r}")
    options = list(options)
    are_texts = all(isinstance(option, str) for option in options)
    if not are_texts or len(set(options)) != len(options) or len(options) < 2:
        raise ValueError(
            f"options must be two or more different texts, got {options}"
        )
    return options


def _number(text):
    """Return the finite number that `text` says, or None."""
    try:
        value = float(text.replace(",", ".").replace("−", "-"))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _note(text):
    from course.panel import feedback

    return feedback("note", text)
