"""Quizzes answer every choice, by their widget and without a kernel."""

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import ipywidgets
import pytest

from course import quiz, quizzes
from course.quiz import Quiz, shuffled
from course.quizzes import Item, Option
from course.quizzes.misconceptions import MISCONCEPTIONS

ITEMS = [quizzes.get(id) for id in quizzes.ids()]
LECTURES = Path(__file__).parents[1] / "lectures"

each_item = pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)

HOSTILE = "<img src=x onerror=alert(1)> & `a<b`"


def options(item):
    return [item.right, *item.distractors]


def ask(item):
    return Quiz(item, options(item))


def choose(asked, option):
    asked.choice.index = asked.options.index(option)
    asked.button.click()
    return text_of(asked.feedback.value)


def text_of(html):
    """Return what a reader sees of some HTML."""
    found = []
    reader = HTMLParser()
    reader.handle_data = found.append
    reader.feed(html)
    return "".join(found)


def plain(text):
    return text.replace("`", "")


@each_item
def test_every_option_has_its_own_feedback_of_some_length(item):
    told = [option.feedback for option in options(item)]
    assert min(map(len, told)) >= 40
    assert len(set(told)) == len(told)


@each_item
def test_every_distractor_names_what_its_chooser_believes(item):
    named = [option.misconception for option in item.distractors]
    assert all(named)
    for name in named:
        assert name in MISCONCEPTIONS or len(name.split()) >= 3
    assert item.right.misconception == ""


def test_lectures_refute_misconceptions_that_are_listed():
    texts = [path.read_text("utf8") for path in LECTURES.glob("*.ipynb")]
    tagged = re.findall(r'"misconception:(\w+)"', " ".join(texts))
    assert tagged and set(tagged) <= set(MISCONCEPTIONS)


@each_item
def test_options_are_three_or_four_of_similar_length(item):
    lengths = [len(option.text) for option in options(item)]
    assert 3 <= len(lengths) <= 4
    assert max(lengths) <= 2 * min(lengths)
    assert len({option.text for option in options(item)}) == len(lengths)
    assert not re.search(
        r"\b(all|none) of the (above|others)",
        " ".join(o.text for o in options(item)),
    )


@each_item
def test_the_section_of_an_item_is_one_of_its_lecture(item):
    assert item.section.startswith(f"{item.lecture}.")
    (lecture,) = LECTURES.glob(f"0{item.lecture}_*.ipynb")
    anchor = f'<a id=\\"section-{item.section}\\"></a>'
    assert anchor in lecture.read_text(encoding="utf-8")


def test_a_lecture_begins_with_an_item_of_an_earlier_one():
    for lecture in {item.lecture for item in ITEMS} - {"0"}:
        first, *others = quizzes.ids(lecture)
        assert quizzes.get(first).retrieval
        assert not any(quizzes.get(id).retrieval for id in others)


@each_item
def test_each_choice_is_answered_with_its_own_feedback(item):
    asked = ask(item)
    for option in options(item):
        told = choose(asked, option)
        assert plain(option.feedback) in told
        verdict = "✓ Right." if option is item.right else "✗ Not this one."
        assert told.startswith(verdict)


@each_item
def test_the_right_choice_tells_about_the_others_too(item):
    told = choose(ask(item), item.right)
    for option in item.distractors:
        assert plain(option.feedback) in told


@each_item
def test_a_wrong_choice_gives_nothing_away_and_links_the_section(item):
    asked = ask(item)
    told = choose(asked, item.distractors[0])
    for other in set(options(item)) - {item.distractors[0]}:
        assert plain(other.feedback) not in told
    assert f'href="#section-{item.section}"' in asked.feedback.value


def test_one_may_try_as_often_as_one_likes():
    asked = ask(ITEMS[0])
    for _ in range(3):
        for option in options(ITEMS[0]):
            assert plain(option.feedback) in choose(asked, option)
    assert not asked.button.disabled


def test_nothing_is_chosen_at_first_and_that_is_said():
    asked = ask(ITEMS[0])
    assert asked.choice.index is None
    assert asked.confidence.index is None
    assert asked.feedback.value == ""
    asked.button.click()
    assert "Choose an option first" in asked.feedback.value


def test_another_choice_takes_the_old_feedback_away():
    asked = ask(ITEMS[0])
    choose(asked, ITEMS[0].right)
    asked.choice.index = 1
    assert asked.feedback.value == ""


def test_confidence_is_answered_where_it_misleads():
    item = ITEMS[0]
    asked = ask(item)
    guess, sure = 0, 1
    for confidence, option, said in [
        (None, item.distractors[0], None),
        (guess, item.distractors[0], None),
        (sure, item.distractors[0], "You were sure"),
        (None, item.right, None),
        (sure, item.right, None),
        (guess, item.right, "A good guess"),
    ]:
        asked.confidence.index = confidence
        told = choose(asked, option)
        for words in ("You were sure", "A good guess"):
            assert (words in told) == (words == said)


def test_feedback_is_announced_and_told_by_words_and_sign():
    asked = ask(ITEMS[0])
    heads = set()
    for option in options(ITEMS[0])[:2]:
        heads.add(choose(asked, option)[:3])
        assert 'role="alert"' in asked.feedback.value
    assert len(heads) == 2


def test_controls_stand_in_the_order_of_reading():
    asked = ask(ITEMS[0])
    shown = list(asked.widget.children)
    parts = [asked.choice, asked.confidence, asked.button, asked.feedback]
    assert [shown.index(part) for part in parts] == sorted(
        shown.index(part) for part in parts
    )
    assert asked.button.description == "Check my answer"
    question = "".join(getattr(w, "value", None) or "" for w in shown[:2])
    assert plain(ITEMS[0].stem) in text_of(question)


@each_item
def test_without_a_kernel_the_item_is_readable(item):
    shown = quiz(item.id)._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in shown
    for option in options(item):
        assert option.text in text_of(shown["text/html"])
        assert plain(option.feedback) in text_of(shown["text/html"])
        assert option.text in shown["text/plain"]
        assert option.feedback not in shown["text/plain"]
    assert shown["text/html"].count("<details>") == len(options(item))
    assert plain(item.stem) in text_of(shown["text/html"])


def test_text_is_escaped_and_backticks_become_code():
    wrong = [Option(HOSTILE + str(n), HOSTILE, HOSTILE) for n in range(2)]
    right = Option(HOSTILE, HOSTILE)
    item = Item("Q9.1", HOSTILE, right, tuple(wrong), "9.1")
    asked = ask(item)
    choose(asked, right)
    shown = asked._repr_mimebundle_()["text/html"]
    parts = asked.widget.children
    written = [w.value for w in parts if isinstance(w, ipywidgets.HTMLMath)]
    for html in [shown, *written]:
        assert "<img" not in html
    assert "<code>a&lt;b</code>" in shown


@each_item
def test_the_order_stays_for_a_session_and_holds_every_option(item):
    for session in range(5):
        once, again = (
            shuffled(item, quizzes.ids(item.lecture), session)
            for _ in range(2)
        )
        assert once == again
        assert set(once) == set(options(item))
    first, second = quiz(item.id), quiz(item.id)
    assert first.options == second.options


def place_of_right(item, session):
    order = shuffled(item, quizzes.ids(item.lecture), session)
    return order.index(item.right)


def test_over_a_lecture_each_place_is_right_equally_often():
    for lecture in {item.lecture for item in ITEMS}:
        mine = [item for item in ITEMS if item.lecture == lecture]
        for session in range(20):
            places = Counter(place_of_right(item, session) for item in mine)
            counts = [places[place] for place in range(4)]
            assert max(counts) - min(counts) <= 1


def test_the_place_in_one_item_tells_nothing_of_the_next():
    pairs = {
        tuple(place_of_right(item, session) for item in ITEMS[:2])
        for session in range(500)
    }
    assert len(pairs) == 16


@each_item
def test_over_sessions_each_order_comes_up(item):
    sessions = range(2000)
    places = Counter(place_of_right(item, session) for session in sessions)
    number = len(options(item))
    for place in range(number):
        # Six standard deviations of a binomial share.
        assert places[place] / len(sessions) == pytest.approx(
            1 / number, abs=0.06
        )
    peers = quizzes.ids(item.lecture)
    orders = {
        tuple(o.text for o in shuffled(item, peers, session))
        for session in sessions
    }
    assert len(orders) == 24


def test_an_unknown_item_is_one_sentence_with_the_known_ones():
    for unknown in ("Q7.7", "", None, 2.1, ["Q2.1"]):
        with pytest.raises(quizzes.UnknownItem) as caught:
            quiz(unknown)
        assert "Q2.1" in str(caught.value)
        assert str(caught.value).startswith("quiz item must be one of")
