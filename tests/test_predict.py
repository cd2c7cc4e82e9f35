"""A prediction is noted, never judged, and never waited for."""

import pytest

import course
from course import predict

PREDICT = predict.__module__
QUESTION = "Which line moves most, `L1` or $L_2$?"


@pytest.fixture(autouse=True)
def nothing_noted(monkeypatch):
    import sys

    monkeypatch.setattr(sys.modules[PREDICT], "noted", {})


def test_nothing_is_predicted_at_first():
    for options in (["up", "down"], None):
        asked = predict(QUESTION, options)
        assert asked.value is None
        assert asked.note.value == ""


def test_a_choice_is_noted_and_not_judged():
    asked = predict(QUESTION, ["up", "down"])
    for option in ("up", "down", "up"):
        asked.field.value = option
        assert asked.value == option
        assert f"Noted: {option}" in asked.note.value
        assert 'role="alert"' in asked.note.value


@pytest.mark.parametrize(
    "typed, value",
    [("0.5", 0.5), (" -3 ", -3.0), ("0,25", 0.25), ("−2", -2.0), ("1e3", 1e3)],
)
def test_a_number_is_noted(typed, value):
    asked = predict(QUESTION)
    asked.field.value = typed
    assert asked.value == value
    assert f"Noted: {value:g}." in asked.note.value


@pytest.mark.parametrize("typed", ["much", "nan", "inf", " "])
def test_what_is_no_number_is_not_noted(typed):
    asked = predict(QUESTION)
    asked.field.value = "3"
    asked.field.value = typed
    assert asked.value is None
    assert "A number is asked for" in asked.note.value


def test_a_cell_run_again_keeps_its_prediction():
    predict(QUESTION, ["up", "down"]).field.value = "down"
    again = predict(QUESTION, ["up", "down"])
    assert again.value == again.field.value == "down"
    assert "Noted: down" in again.note.value
    predict("how much?").field.value = "0.5"
    assert predict("how much?").field.value == "0.5"


def test_a_key_tells_two_predictions_with_one_question_apart():
    predict(QUESTION, ["up", "down"], key="first").field.value = "up"
    assert predict(QUESTION, ["up", "down"], key="second").value is None
    assert predict("other words", ["up", "down"], key="first").value == "up"


def test_without_a_kernel_the_question_and_options_are_readable():
    shown = predict(QUESTION, ["up <b>", "down"])._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in shown
    assert "<li>up &lt;b&gt;</li>" in shown["text/html"]
    assert "<code>L1</code> or $L_2$?" in shown["text/html"]
    assert shown["text/plain"].splitlines()[1:] == ["- up <b>", "- down"]


def test_the_fields_are_labelled():
    asked = predict(QUESTION)
    assert asked.field.description == "Your number"
    texts = [getattr(w, "value", "") for w in asked.widget.children]
    assert any("Which line moves most" in text for text in texts)


@pytest.mark.parametrize(
    "question, options, sentence",
    [
        ("", ["a", "b"], "question must be a text, got ''"),
        (None, ["a", "b"], "question must be a text, got None"),
        ("Q?", ["a"], "options must be two or more different texts"),
        ("Q?", ["a", "a"], "options must be two or more different texts"),
        ("Q?", [], "options must be two or more different texts"),
        ("Q?", [1, 2], "options must be two or more different texts"),
        ("Q?", "ab", "options must be a list of texts, got 'ab'"),
        ("Q?", 3, "options must be a list of texts, got 3"),
    ],
)
def test_a_wrong_question_is_one_sentence(question, options, sentence):
    with pytest.raises(ValueError) as caught:
        predict(question, options)
    assert str(caught.value).startswith(sentence)


def test_the_course_offers_its_four_verbs():
    assert course.__all__ == ["check", "predict", "quiz", "reset"]
