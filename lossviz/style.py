"""One look for every picture of the course.

Colours are those of the Okabe-Ito palette that stand out from white by 3:1
or more. Colour never carries a meaning alone: whatever is told apart by
colour differs in line style, marker or hatch too.
"""

from weakref import WeakSet

import matplotlib as mpl
from cycler import cycler
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from lossviz.validation import choice, count, pair, positive

__all__ = [
    "BLACK",
    "BLUE",
    "COLORS",
    "GREEN",
    "LINE_STYLES",
    "OUTLIERS",
    "PURPLE",
    "RC",
    "VERMILLION",
    "loss_style",
    "new_figure",
    "use_style",
]

# The figures that were made here, which are in the course's look.
_MADE = WeakSet()

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000")
BLUE, VERMILLION, GREEN, PURPLE, BLACK = COLORS

SOLID = "-"
DASHED = (0, (5, 1.6))
DASHDOT = (0, (6, 1.5, 1.2, 1.5))
DOTTED = (0, (1.2, 1.4))
LONG = (0, (10, 2.5))
SHORT = (0, (2.6, 1.3))
DASHDOTDOT = (0, (6, 1.5, 1.2, 1.5, 1.2, 1.5))
LONGDOT = (0, (10, 2, 1.2, 2))
PAIRS = (0, (3.5, 1.2, 3.5, 4))
LINE_STYLES = (SOLID, DASHED, DASHDOT, DOTTED, LONG)

# Points that do not belong with the others, in figures and explorers alike.
OUTLIERS = {
    "color": VERMILLION,
    "linestyle": "none",
    "marker": "X",
    "markersize": 10,
}

# Points are 1/72 inch: at 100 dots per inch the smallest text, 13 points, is
# 18 pixels high, which the back row reads on a slide of 1280 x 720 pixels.
RC = {
    "figure.dpi": 100,
    "figure.figsize": (8, 4),
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.w_pad": 0.08,
    "savefig.facecolor": "white",
    "font.size": 14,
    "axes.labelsize": 14,
    "axes.titlesize": 14,
    "legend.fontsize": 13,
    "xtick.labelsize": 13,
    "ytick.labelsize": 13,
    "text.color": "black",
    "axes.facecolor": "white",
    "axes.labelcolor": "black",
    "axes.edgecolor": "#333333",
    "axes.linewidth": 1.0,
    "axes.labelpad": 6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(color=COLORS) + cycler(linestyle=LINE_STYLES),
    "xtick.color": "#333333",
    "xtick.labelcolor": "black",
    "ytick.color": "#333333",
    "ytick.labelcolor": "black",
    "legend.frameon": False,
    # long enough to tell long dashes from dashes and dots
    "legend.handlelength": 3.8,
    "lines.linewidth": 2.5,
    "lines.markersize": 6,
    "image.cmap": "cividis",
}

# No two losses share both colour and line style, and those of a family that
# are drawn as curves of one variable, or named side by side, differ in line
# style alone already (of ranking, which has more losses than there are line
# styles, the two that have a curve).
_LOSS_STYLES = {
    "mse_loss": (BLUE, SOLID),
    "l1_loss": (VERMILLION, DASHED),
    "huber_loss": (GREEN, DASHDOT),
    "smooth_l1_loss": (PURPLE, DOTTED),
    "pseudo_huber_loss": (BLACK, DASHDOTDOT),
    "log_cosh_loss": (BLUE, SHORT),
    "quantile_loss": (PURPLE, LONGDOT),
    "general_robust_loss": (BLACK, LONG),
    "gaussian_nll_loss": (BLUE, DASHED),
    "laplace_nll_loss": (VERMILLION, DASHDOT),
    "poisson_nll_loss": (GREEN, SOLID),
    "von_mises_nll_loss": (PURPLE, LONG),
    "mixture_nll_loss": (BLACK, DOTTED),
    "binary_cross_entropy_with_logits": (BLACK, SHORT),
    "binary_cross_entropy": (BLUE, DASHDOT),
    "cross_entropy": (BLUE, DASHDOTDOT),
    "nll_loss": (BLACK, PAIRS),
    "kl_div": (PURPLE, DASHED),
    "focal_loss": (VERMILLION, DOTTED),
    "brier_score": (GREEN, LONG),
    "zero_one_loss": (BLACK, SOLID),
    "hinge_loss": (VERMILLION, SHORT),
    "squared_hinge_loss": (PURPLE, DASHDOT),
    "exponential_loss": (GREEN, DASHED),
    "soft_margin_loss": (BLUE, LONG),
    "multi_margin_loss": (VERMILLION, SOLID),
    "margin_ranking_loss": (GREEN, SHORT),
    "bradley_terry_loss": (PURPLE, SOLID),
    "dpo_loss": (BLACK, LONGDOT),
    "triplet_margin_loss": (PURPLE, SHORT),
    "triplet_ratio_loss": (PURPLE, PAIRS),
    "cosine_embedding_loss": (BLACK, DASHED),
    "hinge_embedding_loss": (VERMILLION, LONG),
    "contrastive_loss": (BLUE, DOTTED),
    "info_nce_loss": (VERMILLION, LONGDOT),
    "nt_xent_loss": (GREEN, DOTTED),
    "list_net_loss": (VERMILLION, DASHDOTDOT),
    "list_mle_loss": (GREEN, DASHDOTDOT),
    "l1_penalty": (PURPLE, DASHDOTDOT),
    "l2_penalty": (BLACK, DASHDOT),
    "elastic_net_penalty": (BLUE, PAIRS),
}


def use_style():
    """Make the course's look the default of every figure drawn from now on."""
    mpl.rcParams.update(RC)


def loss_style(name):
    """Colour and line style of a loss, the same in every picture.

    Parameters
    ----------
    name : str
        Function name of the loss, such as "huber_loss".

    Returns
    -------
    dict
        Keys "color" and "linestyle", as `Axes.plot` takes them; no two
        losses share both.

    Raises
    ------
    ValueError
        If no loss has that name.
    """
    where = "lossviz.losses.LOSSES"
    name = choice("name", name, _LOSS_STYLES, where=where)
    color, linestyle = _LOSS_STYLES[name]
    return {"color": color, "linestyle": linestyle}


def new_figure(nrows=1, ncols=1, *, size=None, **subplot_kw):
    """Make a figure in the course's look, outside pyplot's memory.

    Nothing has to be closed: the figure goes when its last name goes.

    Parameters
    ----------
    nrows, ncols : int, default 1
        Number of panels, down and across.
    size : (float, float), optional
        Width and height in inches; by default what fills a slide.
    **subplot_kw
        Passed to `Figure.subplots`, such as ``sharex=True``.

    Returns
    -------
    fig : matplotlib.figure.Figure
    axes : matplotlib.axes.Axes or ndarray of Axes
        As `matplotlib.pyplot.subplots` returns them.

    Raises
    ------
    ValueError
        If a number of panels is no whole number of at least 1, or `size` is
        no pair of positive numbers.
    """
    nrows, ncols = count("nrows", nrows), count("ncols", ncols)
    if size is None:
        size = 8 if ncols == 1 else 11, 4 if nrows == 1 else 6
    width, height = pair("size", size)
    size = positive("size[0]", width), positive("size[1]", height)
    with mpl.rc_context(RC):
        fig = Figure(figsize=size)
        FigureCanvasAgg(fig)
        _MADE.add(fig)
        return fig, fig.subplots(nrows, ncols, **subplot_kw)


def made_here(figure):
    """Whether a figure has the course's look because `new_figure` made it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Any figure.

    Returns
    -------
    bool
    """
    return figure in _MADE
