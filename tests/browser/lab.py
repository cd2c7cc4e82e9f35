"""JupyterLab on a copy of the course, and one notebook open in it."""

from __future__ import annotations

import ast
import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from .pages import OpenPage

PROBE = Path(__file__).with_name("probe.js")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
SIZE = (1280, 1000)
# Asked of the notebook's kernel: what the shown explorers declare, by the
# execution count of their cells.
EXPLORERS = """{
    count: [shown.name, [type(control).__name__ for control in shown.controls]]
    for count, shown in Out.items() if type(shown).__name__ == "Explorer"
}"""
START_LIMIT = 60  # seconds for the server to answer
OPEN_LIMIT = 90_000  # milliseconds for a notebook to be ready
ACTION_LIMIT = 10_000  # milliseconds for a click or a look
RUN_LIMIT = 180_000  # milliseconds for all its cells


def find_chromium():
    """Return the path of the system's Chromium, or None."""
    named = os.environ.get("CHROMIUM")
    for name in [named] if named else CHROMIUM_NAMES:
        if path := shutil.which(name):
            return path
    return None


def browser_arguments():
    """Return Chromium's switches: quiet, and never on the network."""
    arguments = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--force-color-profile=srgb",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ]
    if os.geteuid() == 0:  # Chromium refuses its sandbox to root
        arguments.append("--no-sandbox")
    return arguments


def _free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def _environment(home):
    """Return an environment that knows no settings of the user's."""
    import matplotlib.font_manager  # builds the font cache once, here

    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "IPYTHON", "COURSE_", "NBGRADER"))
    }
    nowhere = "http://127.0.0.1:9"
    return environment | {
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "MPLCONFIGDIR": matplotlib.get_cachedir(),
        "http_proxy": nowhere,
        "https_proxy": nowhere,
        "no_proxy": "127.0.0.1,localhost",
    }


def _write_settings(home):
    """Switch off the news pop-up, which would ask the network."""
    folder = home / "settings/@jupyterlab/apputils-extension"
    folder.mkdir(parents=True)
    (folder / "notification.jupyterlab-settings").write_text(
        '{"fetchNews": "false", "checkForUpdates": false}'
    )


def _command(root, home, port):
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
        f"--ServerApp.root_dir={root}",
        "--LabApp.expose_app_in_browser=True",
        f"--LabApp.workspaces_dir={home}/workspaces",
        f"--LabApp.user_settings_dir={home}/settings",
    ]


def _wait_until_it_answers(server, url, log):
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{url}/api/status", timeout=1).close()
            return
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


@contextlib.contextmanager
def running_lab(root, home):
    """Serve the folder `root` by JupyterLab; yield its address."""
    _write_settings(home)
    port, log = _free_port(), home / "lab.log"
    with log.open("w") as stream:
        server = subprocess.Popen(
            _command(root, home, port),
            cwd=root,
            env=_environment(home),
            stdout=stream,
            stderr=stream,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(server, url, log)
        yield url
    finally:
        server.terminate()
        server.wait(20)


class OpenNotebook(OpenPage):
    """One notebook open in JupyterLab, cells named by their number.

    Never `time.sleep` while it is open: the page's requests go through
    this process and would hang. Use `pause`.
    """

    outside = re.compile(r"^(?!http://127\.0\.0\.1:|data:|blob:|about:)")

    def __init__(self, browser, url, path):
        super().__init__(browser, SIZE)
        self.path = path
        self._context.add_init_script(path=PROBE)
        self._context.route(self.outside, lambda route: route.abort())
        self.page.set_default_timeout(ACTION_LIMIT)
        self.page.goto(f"{url}/lab/tree/{path}?reset")
        self.page.wait_for_function(
            "() => window.probe.isReady()", timeout=OPEN_LIMIT
        )
        self.ask("listen")

    def close(self):
        """Stop the notebook's kernel and close the page."""
        self.ask("shutdown")
        super().close()

    def value(self, expression):
        """Return the value that a Python expression has in the kernel."""
        return ast.literal_eval(self.ask("evaluate", expression))

    def pause(self, milliseconds):
        """Let the page work for a while."""
        self.page.wait_for_timeout(milliseconds)

    def wait_until(self, question, *arguments, limit=4000):
        """Wait until the probe answers yes; return whether it did."""
        for _ in range(limit // 50):
            if self.ask(question, *arguments):
                return True
            self.pause(50)
        return False

    def run_all(self):
        """Run every cell and wait until all are done."""
        self.page.evaluate(
            "() => { window.probe.run('notebook:run-all-cells'); }"
        )
        self.page.wait_for_function(
            "() => window.probe.hasRun()", timeout=RUN_LIMIT
        )
        self.ask("forget")

    def type_into(self, index, text):
        """Put text in the place of a cell's source, by keyboard."""
        self.show(index).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.insert_text(text)

    def cells(self):
        """Return type, source, outputs and grade id of every cell."""
        return self.ask("cells")

    def explorers(self):
        """Return name and kinds of controls of each cell's explorer."""
        declared = self.value(EXPLORERS)
        return {
            index: declared[cell["count"]]
            for index, cell in enumerate(self.cells())
            if cell["count"] in declared
        }

    def show(self, index):
        """Scroll to a cell and return it."""
        self.ask("show", index)
        cell = self.page.locator(
            f'.jp-Cell[data-windowed-list-index="{index}"]'
        )
        cell.wait_for(state="attached")
        return cell

    def screenshot(self, index):
        """Return a cell's picture as painted, as PNG; None if it has none."""
        state = self.ask("state", index)
        if not state["drawn"]:
            return None
        clip = {side: state[side] for side in ("x", "y", "width", "height")}
        return self.page.screenshot(clip=clip)


@contextlib.contextmanager
def running_notebook(browser, url, path):
    """Open a notebook and run all its cells; it is closed in the end."""
    with contextlib.closing(OpenNotebook(browser, url, path)) as notebook:
        notebook.run_all()
        yield notebook
