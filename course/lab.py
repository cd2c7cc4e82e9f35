"""Open JupyterLab on the lectures: `make lab`."""

import itertools
import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
# A room without internet: no news, no updates, no question about them. What
# a user has chosen in JupyterLab goes before this.
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    }
}


def add(commands):
    """Add the command `lab` to those of `python -m course`, for its help."""
    commands.add_parser("lab", help="open JupyterLab on the lectures")


def run(options):
    """Serve JupyterLab with `options`; return its exit status.

    Parameters
    ----------
    options : list of str
        Passed on to `jupyter lab`, for example ``["--port", "8899"]``.
    """
    port = asked_port(options)
    if port is not None and taken(port):
        print(
            f"port {port} must be free, but something listens on it; choose "
            f'another with: make lab ARGS="--port {port + 1}"',
            file=sys.stderr,
        )
        return 1
    with tempfile.TemporaryDirectory() as folder:
        try:
            return subprocess.run(
                command(options), cwd=ROOT, env=environment(Path(folder))
            ).returncode
        except KeyboardInterrupt:
            return 0


def command(options):
    """The command line that serves the course."""
    line = [
        *(sys.executable, "-m", "jupyterlab"),
        f"--ServerApp.root_dir={ROOT}",
        "--LabApp.default_url=/lab/tree/lectures",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        line.append("--allow-root")
    if asked_port(options) is not None:
        line.append("--ServerApp.port_retries=0")
    return line + list(options)


def environment(folder):
    """The environment of the server, with its settings kept in `folder`."""
    settings = folder / "labconfig" / "default_setting_overrides.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps(SETTINGS), encoding="utf-8")
    paths = [str(folder), os.environ.get("JUPYTER_CONFIG_PATH")]
    path = os.pathsep.join(filter(None, paths))
    return {**os.environ, "JUPYTER_CONFIG_PATH": path}


def asked_port(options):
    """The port named in `options`, or None."""
    words = " ".join(options).replace("=", " ").split()
    for name, value in itertools.pairwise(words):
        if name in ("--port", "--ServerApp.port") and value.isdigit():
            return int(value)
    return None


def taken(port):
    """Whether a server already listens on `port` of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
