"""Every number that the prose of the regression lecture states is true."""

import re
from pathlib import Path
from statistics import NormalDist

import nbval_record
import numpy as np
import pytest
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)
from numpy.testing import assert_allclose

from lossviz import data, fits, losses, training

LECTURE = Path(__file__).parents[1] / "lectures" / "02_regression.ipynb"

# Numbers that a cell gives rather than finds: settings and examples.
GIVEN = {
    "title": {"7.2"},
    "2-2-clean-read": {"0.3"},
    "2-2-outliers-explain": {"0.3"},
    "2-4-outliers-explain": {"0.3"},
    "2-2-outliers-notes": {"0.3", "0.35", "0.45"},
    "2-3-curves-read": {"0.01"},
    "2-3-small-errors": {"0.2"},
    "2-4-scale-read": {"0.3", "1.345"},
    "2-7-quantiles": {"0.9", "0.1"},
    "2-8-bands-ask": {"0.05", "0.55", "0.2", "0.8"},
}
# Numbers that follow from a formula.
DERIVED = {
    "0.64": 1 / 1.56,
    "1.2816": NormalDist().inv_cdf(0.9),
    "1.4826": 1 / NormalDist().inv_cdf(0.75),
    "1.57": np.pi / 2,
    "1.96": NormalDist().inv_cdf(0.975),
    "99.5": 100 * 10 / np.sqrt(1 + 10**2),
    "0.0015": fits.weight("general_robust_loss", 10.0, alpha=-2.0),
    "0.02": fits.weight("general_robust_loss", 10.0, alpha=0.0),
    "0.498": 0.5 * 10 / np.sqrt(1 + 10**2),
}
# Whole numbers that a cell of the section prints.
WHOLE = {
    "2-1-explain": ["1797"],
    "2-2-gaussian-myth-read": ["55", "67"],
    "2-3-sparsity-read": ["20", "14"],
    "2-10-angles-explain": ["0", "180"],
    "2-11-torch-read": ["16199"],
}
SECTION_NUMBERS = {f"2.{n}" for n in range(13)}
NUMBER = re.compile(r"(?<![\w.^])([−-]?\d+\.\d+)(?!\w|\.\d)")
NOT_STATED = re.compile(r"\$\$.*?\$\$|\]\(.*?\)|<[^>]*>", re.DOTALL)


def sections(notebook):
    """Return lists of cells, one list for each section."""
    found = [[]]
    for cell in notebook.cells:
        tags = " ".join(cell.metadata.get("tags", []))
        if "section:" in tags:
            found.append([])
        found[-1].append(cell)
    return found


def printed(cells):
    """Return all numbers that the cells printed."""
    texts = [
        output.text
        for cell in cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream"
    ]
    pattern = r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"
    return [float(n) for text in texts for n in re.findall(pattern, text)]


def stated(cell):
    """Return the decimal numbers of a cell's prose, as written."""
    found = NUMBER.findall(NOT_STATED.sub(" ", cell.source))
    found = [number.replace("−", "-") for number in found]
    return [number for number in found if number not in SECTION_NUMBERS]


def agree(written, value):
    digits = len(written.partition(".")[2])
    return abs(float(written) - value) <= 0.5001 * 10**-digits


def unfounded(notebook):
    """Name the numbers in the prose that nothing computes."""
    known, complaints = [], []
    for cells in sections(notebook):
        known += printed(cells)
        for cell in cells:
            if cell.cell_type != "markdown":
                continue
            for number in stated(cell):
                if number not in GIVEN.get(cell.id, ()) and not any(
                    agree(number, value)
                    for value in [*known, DERIVED.get(number, np.nan)]
                ):
                    complaints.append(f"{cell.id}: {number}")
    return complaints


@pytest.fixture(scope="module")
def lecture():
    """The lecture with the outputs of a run."""
    return nbval_record.run(LECTURE, None).notebook


@pytest.mark.slow
def test_every_decimal_number_in_the_prose_is_computed(lecture):
    assert unfounded(lecture) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", WHOLE)
def test_whole_number_in_the_prose_is_printed(lecture, name):
    (cells,) = [s for s in sections(lecture) if name in {c.id for c in s}]
    (source,) = [cell.source for cell in cells if cell.id == name]
    for number in WHOLE[name]:
        assert re.search(rf"(?<![\d.]){number}(?![\d.]\d)", source)
        assert float(number) in printed(cells)


def test_numbers_without_a_source_are_seen():
    prose = new_markdown_cell("See 2.4: about −1.25, or 3.0.", id="prose")
    code = new_code_cell("", id="code")
    code.outputs = [new_output("stream", name="stdout", text="3.04 -1.2")]
    notebook = new_notebook(cells=[code, prose])
    assert unfounded(notebook) == ["prose: -1.25"]


# --- what the prose says without printing it --------------------------------


def outlying_line():
    x, y = data.line(np.random.default_rng(0))
    return x, data.add_outliers(y)[0]


def test_interval_of_the_normal_covers_95_percent():
    normal = NormalDist()
    assert_allclose(normal.cdf(1.96) - normal.cdf(-1.96), 0.95, atol=1e-4)


def test_an_outlier_pulls_like_some_25_good_points():
    x, y = data.line(np.random.default_rng(0))
    intercept, slope = fits.fit_line(x, y)
    typical = np.sqrt(np.mean((y - intercept - slope * x) ** 2))
    assert 20 < 8 / typical < 35


def test_only_the_squared_line_follows_the_outliers():
    x, y = data.line(np.random.default_rng(0))
    turns = {}
    for loss in ("mse_loss", "l1_loss", "huber_loss"):
        slopes = [
            fits.fit_line(x, data.add_outliers(y, shift=shift)[0], loss)[1]
            for shift in (15, -7.5, -15)
        ]
        turns[loss] = slopes[0] - slopes[2]
        if loss != "mse_loss":
            assert_allclose(slopes[1], slopes[2], atol=1e-6)
    assert turns["mse_loss"] > 5 * max(turns["l1_loss"], turns["huber_loss"])


def test_huber_threshold_keeps_most_of_the_precision():
    normal, k = NormalDist(), 1.345
    inside = 1 - 2 * normal.cdf(-k)
    squares = inside - 2 * k * normal.pdf(k) + k**2 * (1 - inside)
    assert_allclose(inside**2 / squares, 0.95, atol=1e-4)


def test_huber_lies_between_squares_and_absolute_errors():
    x, y = outlying_line()
    slopes = [fits.fit_line(x, y, "huber_loss", delta=d)[1] for d in (1, 0.1)]
    squared, absolute = (
        fits.fit_line(x, y, loss)[1] for loss in ("mse_loss", "l1_loss")
    )
    assert squared < slopes[0] < slopes[1] < absolute + 0.01
    assert absolute - slopes[0] < slopes[0] - squared


def test_weights_at_ten_sigma():
    shapes = {2.0: 1, 0.0: 1 / 51, -2.0: 1 / 676, -np.inf: np.exp(-50)}
    for alpha, weight in shapes.items():
        found = fits.weight("general_robust_loss", 10.0, alpha=alpha)
        assert_allclose(found, weight)
    assert_allclose(fits.weight("huber_loss", 10.0, delta=1.0), 0.1)
    assert fits.weight("mse_loss", 10.0) == 2


def test_strongest_pull_moves_towards_one_scale_as_alpha_falls():
    r = np.linspace(0, 20, 20_001)
    strongest = [
        r[fits.psi("general_robust_loss", r, alpha=alpha).argmax()]
        for alpha in (0.5, 0.0, -2.0, -10.0, -np.inf)
    ]
    assert (np.diff(strongest) < 0).all()
    assert_allclose(strongest[-1], 1, atol=1e-3)


def test_huber_is_no_member_of_the_general_family():
    r = np.linspace(-5, 5, 201)
    huber = losses.huber_loss(r, 0 * r, reduction="none")
    gaps = [
        np.abs(
            losses.general_robust_loss(r, 0 * r, alpha=a, reduction="none")
            - huber
        ).max()
        for a in np.linspace(-2, 2, 401)
    ]
    assert 0.2 < min(gaps) < 0.22


def test_kilograms_and_centimetres_are_nearly_fair():
    _, Y = data.heights_weights(np.random.default_rng(0))
    spread = (Y * [1, 100]).var(axis=0)
    assert_allclose(spread / spread.sum(), [0.69, 0.31], atol=5e-3)


def test_learned_spreads_may_give_up_one_output_in_a_narrow_layer():
    X, Y = data.heights_weights(np.random.default_rng(0))
    narrow = {"hidden": 1, "steps": 1000}
    learned, rescaled = (
        training.fit_two_outputs(X, Y, scheme=scheme, **narrow).r2
        for scheme in ("learned", "rescaled")
    )
    assert learned[0] < 0.05 and learned[1] > 0.95
    assert rescaled.min() > 0.2


def test_a_sum_from_i_to_m_of_one_term_repeats_it():
    squares = np.array([1.0, 4.0, 9.0])
    for i, literal in [(1, 1.0), (3, 3.0)]:
        assert sum(squares[i - 1] for _ in range(i, 4)) / 3 == literal
