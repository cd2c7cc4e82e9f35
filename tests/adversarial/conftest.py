"""One batch for all: attacks, damaged files, odd styles and honest students.

That nobody in it costs another is what the tests of this folder are about.
"""

import secrets
import socket
from collections import namedtuple

import pytest

from adversarial import damaged, handin, special, styles
from adversarial.attacks import ATTACKS
from course.grading import batch, outputs, sheet
from course.grading.intake import submissions
from course.grading.sandbox import Limits

HONEST = ("a first honest one", "honest as well", "zealous and honest")
# What hangs, hangs for so long; and torch must load on a busy machine.
LIMITS = Limits(cell=10.0, call=4.0, submission=60.0)

Graded = namedtuple("Graded", "records batch out secret listeners mark")


@pytest.fixture(scope="session")
def graded(tmp_path_factory):
    """Grade everything; return the records by student, and what was made."""
    folder = tmp_path_factory.mktemp("class")
    secret, mark = secrets.token_hex(16), f"mark-{secrets.token_hex(8)}"
    calls = listeners()
    port = calls[0].getsockname()[1]
    names = {"@PORT@": str(port), "@MARK@": mark, "@ROOT@": str(handin.ROOT)}
    count = 0
    for student, file, data in _handed_in():
        for name, value in names.items():
            data = data.replace(name.encode(), value.encode())
        path = folder / "handed-in" / student / file
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
        count += 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_SECRET", secret)
        made = batch.run(
            submissions.find(folder / "handed-in"),
            folder / "out",
            sheet=sheet.load(handin.ASSIGNMENT),
            jobs=2,
            limits=LIMITS,
        )
    outputs.write(made.records, folder / "out")
    records = {record.student: record for record in made.records}
    assert len(records) == count
    yield Graded(records, made, folder / "out", secret, calls, mark)
    for listener in calls:
        listener.close()


def _handed_in():
    """Yield student, name of the file, and its bytes."""
    for attack in ATTACKS:
        yield attack.name, "regression.ipynb", handin.data(attack.notebook())
    for name, make in {**styles.STYLES, **special.SPECIAL}.items():
        yield name, "regression.ipynb", handin.data(make())
    for damage in (*damaged.WHOLE, *damaged.BROKEN):
        yield damage.name, damage.file, damage.make()
    for name in HONEST:
        yield name, "regression.ipynb", handin.data(styles.right())


def listeners():
    """Return sockets that nobody should be able to call."""
    network = socket.create_server(("127.0.0.1", 0))
    port = network.getsockname()[1]
    local = socket.socket(socket.AF_UNIX)
    local.bind(f"\0lossviz-{port}")
    local.listen()
    for listener in (network, local):
        listener.setblocking(False)
    return network, local


def pytest_collection_modifyitems(items):
    """Mark what needs the batch, which takes minutes."""
    for item in items:
        if "graded" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
