"""What all drawing functions share."""

from lossviz.style import COLORS, LINE_STYLES, new_figure


def or_new_axes(ax):
    """Return `ax`, or the Axes of a new figure if it is None."""
    return new_figure()[1] if ax is None else ax


def label_axes(ax, xlabel, ylabel):
    """Label the axes where the caller, or an earlier plot, has not."""
    ax.set_xlabel(ax.get_xlabel() or xlabel)
    ax.set_ylabel(ax.get_ylabel() or ylabel)


def nth_style(n):
    """Colour and line style of the n-th thing of a kind."""
    return {
        "color": COLORS[n % len(COLORS)],
        "linestyle": LINE_STYLES[n % len(LINE_STYLES)],
    }


def legend_beside(ax):
    """Put the labels to the right of the axes, where they cover no data."""
    handles, labels = ax.get_legend_handles_labels()
    if handles:
        ax.legend(
            handles,
            labels,
            loc="upper left",
            bbox_to_anchor=(1.02, 1),
            borderaxespad=0,
        )


def legend_above(figure):
    """Put the labels of all panels without a legend in a row on top."""
    for legend in figure.legends:
        legend.remove()
    entries = {}
    for ax in figure.axes:
        if ax.get_legend() is None:
            handles, labels = ax.get_legend_handles_labels()
            entries |= dict(zip(labels, handles, strict=True))
    if entries:
        figure.legend(
            entries.values(),
            entries.keys(),
            loc="outside upper center",
            ncols=_columns(entries, figure.get_figwidth()),
        )


def _columns(labels, width):
    """Number of legend columns that fit into `width` inches."""
    # About 11 letters to an inch; the sample of a line is as long as 11.
    lengths = [len(label) + 11 for label in labels]
    room = 11 * width
    if sum(lengths) <= room:
        return len(lengths)
    return max(1, int(room // max(lengths)))
