"""`quiz("Q2.1")`: one question, its options shuffled, feedback for each."""

import random
import secrets

from course.markup import to_html

SESSION = secrets.randbits(64)


def quiz(id):
    """Ask a quiz item.

    Parameters
    ----------
    id : str
        Such as ``"Q2.1"``.

    Returns
    -------
    Quiz
        Shows itself at the end of a cell; it never waits for an answer.

    Raises
    ------
    UnknownItem
        If there is no such item.
    """
    from course import quizzes

    item = quizzes.get(id)
    peers = quizzes.ids(item.lecture)
    return Quiz(item, shuffled(item, peers, SESSION))


def shuffled(item, peers, session):
    """Return an item's options in this session's order.

    Over the items of a lecture, the right option stands in each place about
    equally often, so that its place tells nothing.

    Parameters
    ----------
    item : Item
        Whose options to order.
    peers : list of str
        Ids of all items of its lecture.
    session : int
        Same session, same order.
    """
    places = len(item.distractors) + 1
    draw = random.Random(f"{session} {item.lecture}")
    start = draw.randrange(places)
    deck = [(start + number) % places for number in range(len(peers))]
    draw.shuffle(deck)
    options = list(item.distractors)
    random.Random(f"{session} {item.id}").shuffle(options)
    options.insert(deck[peers.index(item.id)], item.right)
    return options


class Quiz:
    """A quiz item in its widget.

    Parameters
    ----------
    item : Item
        The question.
    options : list of Option
        Its options in the order they are shown.

    Attributes
    ----------
    choice, confidence : ToggleButtons
        What the student chooses; nothing at first.
    button : Button
        Gives feedback on the choice, as often as wanted.
    feedback : HTML
        Empty until then, and again when the choice changes.
    widget : VBox
        All of it.
    """

    def __init__(self, item, options):
        import ipywidgets

        from course.panel import choices, panel, words

        self.item = item
        self.options = options
        self.choice = choices([option.text for option in options])
        self.confidence = choices(["a guess", "I am sure"], in_a_row=True)
        self.button = ipywidgets.Button(description="Check my answer")
        self.feedback = words()
        self.widget = panel(
            words(self._question()),
            self.choice,
            words("<p>How sure are you? (optional)</p>"),
            self.confidence,
            self.button,
            self.feedback,
        )
        self.choice.observe(self._forget, "value")
        self.button.on_click(self._answer)

    def _repr_mimebundle_(self, **_):
        from course.panel import bundle

        return bundle(self.widget, self._static(), self._plain())

    def _question(self):
        return (
            f'<p class="course-kind">Quiz {self.item.id}</p>'
            f"<p>{to_html(self.item.stem)}</p>"
        )

    def _forget(self, _change):
        self.feedback.value = ""

    def _answer(self, _button):
        from course.panel import feedback

        if self.choice.index is None:
            self.feedback.value = feedback("note", "Choose an option first.")
            return
        chosen = self.options[self.choice.index]
        is_right = chosen is self.item.right
        say = self._praise if is_right else self._correct
        kind = "right" if is_right else "wrong"
        self.feedback.value = feedback(kind, *say(chosen))

    def _praise(self, chosen):
        yield f"<strong>✓ Right.</strong> {to_html(chosen.feedback)}"
        if self.confidence.index == 0:
            yield f"A good guess. {self._where()} makes it sure knowledge."
        others = "".join(
            f"<li>{_told(option)}</li>"
            for option in self.options
            if option is not chosen
        )
        yield (
            "<details><summary>Why not the others?</summary>"
            f"<ul>{others}</ul></details>"
        )

    def _correct(self, chosen):
        yield f"<strong>✗ Not this one.</strong> {to_html(chosen.feedback)}"
        if self.confidence.index == 1:
            yield "You were sure, so this is the one to think about twice."
        yield f"{self._where()} explains it. Choose again when you like."

    def _where(self):
        # Sections of the lectures begin with `<a id="section-2.4"></a>`.
        section = self.item.section
        return f'<a href="#section-{section}">Section {section}</a>'

    def _static(self):
        """Return the item for readers without a kernel: options to unfold."""
        options = "".join(
            f"<details><summary>{to_html(option.text)}</summary>"
            f"<p>{self._verdict(option)} {to_html(option.feedback)}</p>"
            "</details>"
            for option in self.options
        )
        return f"<div>{self._question()}{options}<p>{self._where()}</p></div>"

    def _plain(self):
        options = [f"- {option.text}" for option in self.options]
        head = f"Quiz {self.item.id}: {self.item.stem}"
        return "\n".join([head, *options])

    def _verdict(self, option):
        return "✓ Right." if option is self.item.right else "✗ No."


def _told(option):
    return f"<em>{to_html(option.text)}</em>: {to_html(option.feedback)}"
