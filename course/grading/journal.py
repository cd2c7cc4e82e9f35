"""The journal of a batch: what is in it need not be done again.

One line for each record, on the disk before the next submission begins. A
batch that was stopped at any moment, in the middle of a line too, goes on
from there.
"""

import contextlib
import json
import os
import time
from pathlib import Path

from course.grading.records import Record
from course.trouble import Trouble

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

NAME = "journal.jsonl"
# Seconds to wait for the lock.
PATIENCE = 3.0


class JournalError(Trouble):
    """The journal cannot be used; one sentence says why."""


class Journal:
    """The records of a folder of grades, as far as they are made.

    Use it in a `with` statement; only one batch at a time may do so.

    Parameters
    ----------
    folder : str or Path
        Where the grades go; made if it is missing.
    assignment : str
        The only one whose records are looked at.

    Attributes
    ----------
    records : dict of str to Record
        The last one of each student.
    judges : dict of str to str
        Fingerprint of the sheet that each of these was judged by.
    settings : dict
        Those of the last batch.

    Raises
    ------
    JournalError
        If another batch writes to the folder.
    """

    def __init__(self, folder, assignment):
        self.path = Path(folder) / NAME
        self.assignment = assignment
        self.records, self.judges, self.settings = {}, {}, {}

    def __enter__(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = open(self.path, "a+b")
        try:
            self._lock()
            self._load()
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(self, *exception):
        self._file.close()

    def add(self, record, judge):
        """Keep a record; it is on the disk when this returns.

        Parameters
        ----------
        record : Record
            Without a penalty for a late hand-in.
        judge : str
            Fingerprint of the sheet.
        """
        self._write({"judge": judge, "record": record.to_dict()})
        self.records[record.student] = record
        self.judges[record.student] = judge

    def set(self, settings):
        """Keep the settings of a batch, plain data, for the next one."""
        if settings != self.settings:
            self._write({"settings": settings, "for": self.assignment})
            self.settings = settings

    def _write(self, entry):
        line = json.dumps(entry, separators=(",", ":")) + "\n"
        # One call, so that a line is cut short by nothing but a full disk.
        self._file.write(line.encode())
        self._file.flush()
        os.fsync(self._file.fileno())

    def _lock(self):
        if fcntl is None:
            return
        # What a killed batch had just started may hold its lock a little.
        end = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except OSError:
                if time.monotonic() >= end:
                    break
            time.sleep(0.05)
        raise JournalError(
            f"{self.path.parent} must be used by one batch at a time, but "
            "another one is writing to it"
        )

    def _load(self):
        self._file.seek(0)
        data = self._file.read()
        whole = data[: data.rfind(b"\n") + 1]
        if len(whole) < len(data):
            # The batch was killed while it wrote this line.
            self._file.truncate(len(whole))
        for line in whole.splitlines():
            # A damaged line is work to be done again, no more.
            with contextlib.suppress(ValueError, TypeError, LookupError):
                self._take(json.loads(line))

    def _take(self, entry):
        if "settings" in entry:
            if entry["for"] == self.assignment:
                self.settings = dict(entry["settings"])
            return
        record = Record.from_dict(entry["record"])
        if record.assignment != self.assignment:
            return
        self.records[record.student] = record
        self.judges[record.student] = str(entry["judge"])
