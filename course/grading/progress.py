"""A bar that tells how far a batch is, and how long it will still take."""

import contextlib
import shutil
import sys

from course.grading.records import GRADED


@contextlib.contextmanager
def bar(total, shown=True, file=None):
    """Give a function that counts records on a bar.

    Parameters
    ----------
    total : int
        How many there will be.
    shown : bool
        Whether there is a bar at all; it needs a terminal.
    file : file object, optional
        Where it is shown; standard error if omitted.

    Yields
    ------
    callable
        `tell(record, resumed)`; resumed ones do not count for the speed.
    """
    file = sys.stderr if file is None else file
    if not shown or not file.isatty():
        yield lambda record, resumed: None
        return
    from tqdm import tqdm

    people = 0
    # Some terminals do not know their width; tqdm would show nothing there.
    width = min(100, shutil.get_terminal_size().columns)
    with tqdm(total=total, unit=" graded", ncols=width, file=file) as line:

        def tell(record, resumed):
            nonlocal people
            if record.status != GRADED or record.attention:
                people += 1
                line.set_postfix_str(f"{people} for a human", refresh=False)
            if resumed:
                line.initial += 1
            line.update()

        yield tell
