"""Writing files so that nobody ever meets half of one."""

import os
from pathlib import Path


def write_whole(path, data):
    """Write a file that is replaced as a whole, or not at all.

    Parameters
    ----------
    path : str or Path
        The file; its folder is made if it is missing.
    data : bytes
        What it is to hold.

    Returns
    -------
    Path
        The file.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_bytes(data)
    os.replace(unfinished, path)
    return path
