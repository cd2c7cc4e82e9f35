"""What the site is made of, before Sphinx reads it."""

import re
import runpy
import subprocess
import sys

import numpy as np
import pytest
import yaml
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)

from course.publish import (
    ROOT,
    PublishError,
    catalogue,
    inside,
    reference,
    site,
    slices,
    staging,
)
from lossviz.losses import LOSSES

FAMILIES = staging.toml("families.toml")
each_loss = pytest.mark.parametrize("name", LOSSES)
MOVING = (
    '<figure class="player" id="p"><img src="data:," alt="a curve">'
    '<script type="application/json">{"frames": []}</script>'
    "<script>(play)(document);</script></figure>"
)


# Notebooks


@pytest.fixture
def page(tmp_path):
    """A function that turns cells into a page; the films lie in films/."""

    def staged(*cells, path="lectures/02_regression.ipynb"):
        notebook = new_notebook(cells=list(cells))
        return staging.page(notebook, path, tmp_path / "films").cells

    return staged


def titled():
    return new_markdown_cell("# A lesson\n\nIts first words.")


def test_links_to_run_stand_below_the_title(page):
    source = page(titled())[0].source
    assert source.startswith("# A lesson\n\nRead it here")
    assert source.endswith("\n\nIts first words.")
    links = re.findall(r"\[Open in (\w+)\]\((https://[^)]+)\)", source)
    assert [where for where, _ in links] == ["Binder", "Colab", "Codespaces"]
    assert "lectures%2F02_regression.ipynb" in links[0][1]
    assert "![" not in source


def test_exercises_are_offered_in_other_words(page):
    source = page(titled(), path="exercises/a/a.ipynb")[0].source
    assert "To answer them" in source


def test_a_notebook_without_a_title_is_one_sentence(page):
    with pytest.raises(PublishError, match="must have a title, got none"):
        page(new_markdown_cell("## Only a section"))


def test_notes_and_the_cell_for_colab_stay_out(page):
    notes = new_markdown_cell("**Speaker notes.**")
    notes.metadata["slideshow"] = {"slide_type": "notes"}
    colab = new_code_cell("import sys", id="colab")
    skipped = new_code_cell("import numpy")
    skipped.metadata["slideshow"] = {"slide_type": "skip"}
    sources = [c.source for c in page(titled(), notes, colab, skipped)]
    assert sources[1:] == ["import numpy"]


def test_code_is_left_out_where_it_is_no_lesson(page):
    question, lesson = new_code_cell("quiz('Q')"), new_code_cell("1 + 1")
    question.metadata["tags"] = ["quiz"]
    _, question, lesson = page(titled(), question, lesson)
    assert "remove-input" in question.metadata["tags"]
    assert "tags" not in lesson.metadata


def test_sections_can_be_reached_from_every_page():
    source = '<a id="section-2.4"></a>\n\n## 2.4 Huber'
    assert staging.text(source) == (
        '<a id="section-2.4"></a>\n\n(section-2.4)=\n\n## 2.4 Huber'
    )
    linked = "see [2.4](../../lectures/02_regression.ipynb#section-2.4)"
    assert staging.text(linked) == "see [2.4](#section-2.4)"
    kept = "see [the exercises](../exercises/a/a.ipynb)"
    assert staging.text(kept) == kept


def test_films_lie_apart_from_their_players(page, tmp_path):
    cell = new_code_cell("explorer()")
    cell.outputs = [new_output("execute_result", {"text/html": MOVING})]
    shown = page(titled(), cell)[1].outputs[0].data["text/html"]
    (film,) = (tmp_path / "films").iterdir()
    name = film.stem
    assert film.read_text() == f'course.film("{name}", {{"frames": []}});\n'
    assert shown == (
        f'<figure class="player" data-film="{name}" id="p">'
        '<img src="data:," alt="a curve"></figure>'
    )


def test_a_player_without_a_film_is_one_sentence(page):
    cell = new_code_cell("explorer()")
    cell.outputs = [
        new_output(
            "execute_result", {"text/html": '<figure class="player"></figure>'}
        )
    ]
    with pytest.raises(PublishError, match="must hold its film, got none"):
        page(titled(), cell)


def test_a_picture_may_be_moved_sideways_before_it_gets_too_small(page):
    cell = new_code_cell("show()")
    image = '<img alt="a curve" width="1100" height="400" src="data:,">'
    shown = f"<figure>{image}</figure>"
    cell.outputs = [new_output("display_data", {"text/html": shown})]
    assert page(titled(), cell)[1].outputs[0].data["text/html"] == (
        f'<figure><div class="wide" style="--least: 660px">{image}</div>'
        "</figure>"
    )


# Catalogue


def test_every_family_has_a_page_and_every_page_a_family():
    assert list(FAMILIES) == list(
        dict.fromkeys(loss.family for loss in LOSSES.values())
    )


@each_loss
def test_a_section_tells_all_of_a_loss(name):
    loss = LOSSES[name]
    text = catalogue.section(loss, ["It bites."], "A curve.")
    assert f"({catalogue.anchor(name)})=\n## {loss.label}\n" in text
    assert f"$$\n{loss.formula}\n$$" in text
    assert f":::{{image}} {name}.png\n:alt: A curve.\n" in text
    assert "* It bites." in text
    assert f"`~lossviz.losses.{name}`" in text
    # The docstring cites the paper that the registry names.
    year = re.search(r"\d{4}", loss.paper)[0]
    paper = text.split("**Paper.** ")[1]
    assert year in paper and len(paper) > len(loss.paper)
    gradient = re.search(r"\*\*Gradient\.\*\* (.+)", text)[1]
    assert "Gradient" not in gradient and gradient.endswith(".")


@pytest.mark.parametrize(
    "name, words",
    [
        ("l1_penalty", "sign(θⱼ), 0 at θⱼ = 0."),
        ("elastic_net_penalty", "ρ·sign(θⱼ) + 2(1 − ρ)θⱼ."),
        ("mse_loss", "By the prediction: −2r, without bound."),
    ],
)
def test_only_words_get_a_capital_letter(name, words):
    text = catalogue.section(LOSSES[name], [], "A curve.")
    assert f"**Gradient.** {words}\n" in text


def test_indices_stand_below():
    text = catalogue.section(LOSSES["nll_loss"], [], "A curve.")
    assert "−log p<sub>y</sub>." in text and "p_y." not in text


@pytest.mark.parametrize(
    "function", [loss.torch for loss in LOSSES.values() if loss.torch]
)
def test_torch_has_the_class_that_is_named(function):
    import torch

    name = catalogue.torch_class(function)
    assert issubclass(getattr(torch.nn, name), torch.nn.Module)


def test_the_index_lists_every_loss_once():
    text = catalogue.index(FAMILIES)
    rows = re.findall(r"^\| \[.+\]\(#(loss-[\w-]+)\) \|", text, re.MULTILINE)
    assert rows == [catalogue.anchor(name) for name in LOSSES]


# Pictures of losses


@each_loss
def test_a_picture_has_curves_and_words(name):
    figure, alt = slices.picture(name)
    for ax in figure.axes:
        assert ax.lines and all(
            np.isfinite(line.get_ydata()).mean() > 0.98 for line in ax.lines
        )
    assert alt.startswith(f"{LOSSES[name].label}. Plot of loss (")
    assert "Plot of gradient (" in alt


def test_losses_have_a_slice_or_a_curve_and_not_both():
    without = {n for n, loss in LOSSES.items() if loss.argument is None}
    assert slices.SLICES.keys() == without
    assert slices.VARIANTS.keys() <= LOSSES.keys() - without


@pytest.mark.parametrize("name", slices.SLICES)
def test_the_slope_of_a_slice_is_that_of_its_curve(name, rng):
    drawn = slices.SLICES[name]
    low, high = drawn.xlim
    for x in rng.uniform(low + 0.05, high - 0.05, size=9):
        for settings in drawn.curves.values():
            h = 1e-5 * (high - low)
            after, before = (
                drawn.of(name, x + step, settings)[0] for step in (h, -h)
            )
            slope = drawn.of(name, x, settings)[1]
            scale = max(1e-3, abs(slope))
            assert abs((after - before) / (2 * h) - slope) < 1e-3 * scale


def test_a_slice_jumps_where_it_says_so():
    drawn = slices.SLICES["triplet_margin_loss"]
    (place,) = drawn.jumps
    before, after = (
        drawn.of("triplet_margin_loss", place + step, {})[1]
        for step in (-1e-3, 1e-3)
    )
    assert before == 0 and after == pytest.approx(1)


# Reference


def test_every_public_name_has_its_place():
    known = reference.modules()
    assert {"lossviz.losses", "lossviz.explorers.regression"} <= known.keys()
    assert not any("._" in name for name in known)
    # Below a package, only what it does not hand out itself.
    assert "lossviz.losses.regression" not in known
    index = reference.index(known)
    for name, module in known.items():
        assert f"[`{name.split('.', 1)[1]}`]({name}.rst)" in index
        assert module.__doc__ and module.__all__
        assert f".. automodule:: {name}\n" in reference.page(name)


def test_bars_of_docstrings_stay_bars():
    conf = runpy.run_path(str(staging.SITE / "conf.py"))
    lines = ["Absolute error |r|, ``a | b``, `c|d` and |x|.", "plain"]
    conf["plain"](None, "function", "f", None, None, lines)
    assert lines == [
        r"Absolute error \|r\|, ``a | b``, `c|d` and \|x\|.",
        "plain",
    ]


def test_what_matplotlib_adds_to_a_class_is_left_out():
    from lossviz.explorer import Explorer
    from lossviz.pixels import Pixels

    conf = runpy.run_path(str(staging.SITE / "conf.py"))
    assert conf["foreign"](None, "class", "set", Pixels.set, False, {})
    for own in (Pixels.set_data, Explorer.set):
        assert conf["foreign"](None, "class", "own", own, False, {}) is None


# The whole


def test_the_contents_name_all_pages():
    text = site.contents(["lectures/a"], ["exercises/a/a"])
    for name in ("lectures/a", "exercises/a/a", "notation"):
        assert f"\n{name}\n" in text


def test_every_exercise_has_a_page():
    found = [path.relative_to(ROOT).as_posix() for path in site.exercises()]
    assert "exercises/02_regression/regression.ipynb" in found


def test_a_warning_of_sphinx_is_an_error_of_one_sentence(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "conf.py").write_text("")
    (source / "index.rst").write_text("Title\n=====\n\n:doc:`missing`\n")
    with pytest.raises(PublishError) as caught:
        site._run_sphinx(source, tmp_path / "out")
    said = str(caught.value)
    assert said.startswith("the site must be built without a warning, got: ")
    assert "unknown document: 'missing'" in said and "\n" not in said
    (source / "index.rst").write_text("Title\n=====\n")
    site._run_sphinx(source, tmp_path / "out")
    assert (tmp_path / "out" / "index.html").is_file()


def test_a_missing_part_is_one_sentence():
    with pytest.raises(PublishError, match="^the site needs no_such_part; "):
        site._require(["nbformat", "no_such_part"])


def test_the_command_says_where_the_site_lies(monkeypatch, capsys):
    from course.__main__ import main

    monkeypatch.setattr(site, "build", lambda: inside("build/site/index.html"))
    assert main(["site"]) == 0
    assert capsys.readouterr().out.endswith("build/site/index.html\n")


def test_nothing_but_the_site_needs_sphinx():
    code = (
        "import sys, course.__main__ as m; m.parser(); "
        "print([n for n in ('sphinx', 'docutils', 'torch', 'matplotlib') "
        "if n in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "[]\n"
    importing = re.compile(r"^\s*(import|from) sphinx", re.MULTILINE)
    for path in [*ROOT.glob("course/**/*.py"), *ROOT.glob("lossviz/**/*.py")]:
        assert not importing.search(path.read_text(encoding="utf-8")), path


def test_the_workflow_builds_and_publishes():
    path = ROOT / ".github" / "workflows" / "site.yml"
    jobs = yaml.safe_load(path.read_text())["jobs"]
    steps = jobs["build"]["steps"]
    runs = [step["run"] for step in steps if "run" in step]
    assert len(runs) == 1 and runs[0].startswith("make site ")
    (upload,) = (s for s in steps if "pages-artifact" in s.get("uses", ""))
    assert inside(upload["with"]["path"]) == inside("build/site")
    assert jobs["publish"]["permissions"] == {
        "pages": "write",
        "id-token": "write",
    }
