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

PROBE = Path(__file__).with_name("probe.js")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
VIEWPORT = {"width": 1280, "height": 1000}
OUTSIDE = re.compile(r"^(?!http://127\.0\.0\.1:|data:|blob:|about:)")
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


class OpenNotebook:
    """One notebook open in JupyterLab, cells named by their number.

    Never `time.sleep` while it is open: the page's requests go through
    this process and would hang. Use `pause`.
    """

    def __init__(self, browser, url, path):
        self.path = path
        self.page_errors = []
        self.outside_requests = []
        self._context = browser.new_context(viewport=VIEWPORT)
        self._context.add_init_script(path=PROBE)
        self._context.route(OUTSIDE, self._refuse)
        self.page = self._context.new_page()
        self.page.set_default_timeout(ACTION_LIMIT)
        self.page.on("pageerror", lambda e: self.page_errors.append(str(e)))
        self.page.goto(f"{url}/lab/tree/{path}?reset")
        self.page.wait_for_function(
            "() => window.probe.isReady()", timeout=OPEN_LIMIT
        )
        self.ask("listen")

    def _refuse(self, route):
        self.outside_requests.append(route.request.url)
        route.abort()

    def close(self):
        """Stop the notebook's kernel and close the page."""
        self.ask("shutdown")
        self._context.close()

    def ask(self, question, *arguments):
        """Return the answer of the probe in the page."""
        return self.page.evaluate(
            f"(arguments) => window.probe.{question}(...arguments)",
            list(arguments),
        )

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
