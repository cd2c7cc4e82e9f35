"""A file is written as a whole or stays as it was."""

import os

import pytest

from course.files import write_whole


def test_a_file_is_made_with_its_folder_and_nothing_beside_it(tmp_path):
    path = tmp_path / "new" / "page.html"
    assert write_whole(path, b"one") == path
    assert write_whole(str(path), b"two") == path
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_the_old_file_stays_until_the_new_one_is_whole(tmp_path, monkeypatch):
    path = tmp_path / "page.html"
    path.write_bytes(b"old")

    def stopped(new, old):
        assert new.read_bytes() == b"new" and old == path
        raise OSError("stopped")

    monkeypatch.setattr(os, "replace", stopped)
    with pytest.raises(OSError, match="stopped"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
