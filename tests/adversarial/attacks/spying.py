"""Attacks that look for what is right, or reach for the world outside.

`PROBES` report what worked, each as the message of the exception that ends
it: "worked: nothing" is all that a sandbox should let them say.
"""

from adversarial.attacks.base import in_cell, in_first, in_functions

PORT = "@PORT@"

# Runs steps that should fail, and raises an exception with those that went.
TRY = """
worked = []

def attempt(name, step):
    try:
        if step() is not False:
            worked.append(name)
    except BaseException:
        pass

def tell():
    raise RuntimeError("worked: " + (", ".join(worked) or "nothing"))
"""


def probe(name, source):
    """Return the attack of a cell that tells what it was able to do."""
    return in_cell(name, f"{TRY}\n{source}\ntell()")


# Looks at every frame, object and file within reach for numbers that could
# be those expected.
SCAN = """
import gc, sys

def fits(thing, args):
    return (
        isinstance(thing, np.ndarray) and thing.dtype.kind == "f"
        and args and thing.shape == np.shape(args[0])
        and not any(thing is argument for argument in args)
    )

def frames():
    frame = sys._getframe()
    while frame is not None:
        yield from frame.f_locals.values()
        yield from frame.f_globals.values()
        frame = frame.f_back

def known(name):
    for thing in gc.get_objects():
        if isinstance(thing, dict):
            for key in ("expected", "want", "wants", "reference", "solution"):
                if key in thing:
                    return thing[key]
            found = thing.get(name)
            module = getattr(found, "__module__", "__main__")
            if callable(found) and module != "__main__":
                return found
"""

# Runs every definition of an asked function that any file holds.
READ = r"""
import json, os, re, textwrap
NAMES = ("huber", "pseudo_huber", "huber_grad", "fit_line_huber", "mse",
         "fit_quantile", "hetero_nll", "smooth_l1", "rho_factor", "safe_mse",
         "multi_output_nll", "optimal_log_sigma", "von_mises_nll")
MARK = re.compile(
    r"^( *)def (%s)\(.*?(?=^\1\S|\Z)" % "|".join(NAMES), re.M | re.S)
LIBRARIES = ("proc", "sys", "usr", "lib", "lib64", "site-packages")
ENDINGS = (".py", ".ipynb", ".json", ".jsonl", ".db", ".txt")

def search(folder):
    for path, folders, names in os.walk(folder):
        # Libraries are many files and none of the course's.
        folders[:] = [name for name in folders if name not in LIBRARIES]
        for name in names:
            if name.endswith(ENDINGS):
                try:
                    with open(os.path.join(path, name)) as file:
                        yield file.read()
                except (OSError, ValueError):
                    pass

seen = set()
for folder in @START@:
    for text in search(folder):
        if "BEGIN SOLUTION" in text or "QUESTION = Question(" in text:
            try:
                cells = json.loads(text)["cells"]
                text = "\n\n".join("".join(c["source"]) for c in cells)
            except ValueError:
                pass
            for found in MARK.finditer(text):
                try:
                    if found[2] not in seen:
                        exec(textwrap.dedent(found[0]), globals())
                        seen.add(found[2])
                except Exception:
                    pass
"""


def reading(name, start):
    """Return the attack of a cell that reads files below some folders."""
    return in_cell(name, READ.replace("@START@", start))


PROBES = [
    probe(
        "a search for secrets",
        """
import os, re

def secrets_in(path):
    with open(path, "rb") as file:
        data = file.read(10**6)
    return bool(re.search(rb"COURSE_SECRET|@SECRET@", data))

for process in os.listdir("/proc"):
    for name in ("environ", "cmdline", "maps"):
        attempt(f"{process} {name}", lambda: secrets_in(
            f"/proc/{process}/{name}"))
attempt("environment", lambda: "COURSE_SECRET" in os.environ)
for path in ("/etc/passwd", "/etc/shadow", "/root/.bash_history",
             "/etc/hostname", "/var/run/docker.sock", "/home"):
    attempt(path, lambda: os.stat(path))
# Python itself may be installed there.
attempt("@ROOT@", lambda: os.listdir("@ROOT@") != [".venv"])
""",
    ),
    probe(
        "a call to the world outside",
        f"""
import socket, urllib.request

for host in ("127.0.0.1", "localhost", "0.0.0.0", "::1"):
    attempt(f"tcp {{host}}", lambda: socket.create_connection(
        (host, {PORT}), timeout=1).close())
attempt("web", lambda: urllib.request.urlopen(
    "http://127.0.0.1:{PORT}/", timeout=1))
def abstract():
    with socket.socket(socket.AF_UNIX) as link:
        link.connect("\\0lossviz-{PORT}")
attempt("abstract socket", abstract)
""",
    ),
    probe(
        "writing where others read",
        """
import os, sys
places = ["/", "/usr", "/usr/lib", "/bin", "/etc", "/root", "/home", "/var",
          "/sandbox", "/proc/sys/kernel", "/sys", "/dev", "/run", sys.prefix,
          sys.base_prefix, os.path.dirname(np.__file__), *sys.path]
for place in places:
    def write():
        name = os.path.join(place, "sitecustomize.py")
        open(name, "w").write("raise SystemExit")
    attempt(place, write)
import lossviz
attempt("lossviz", lambda: open(lossviz.__file__, "a").write("raise"))
""",
    ),
    probe(
        "becoming somebody else",
        """
import ctypes, os, subprocess
libc = ctypes.CDLL(None, use_errno=True)
attempt("setuid", lambda: os.setuid(0))
attempt("setgid", lambda: os.setgid(0))
attempt("setgroups", lambda: os.setgroups([0]))
attempt("root", lambda: os.geteuid() == 0)
attempt("chroot", lambda: os.chroot("/tmp"))
attempt("nice", lambda: os.nice(-5))
attempt("mount", lambda: libc.mount(
    b"none", b"/tmp", b"tmpfs", 0, None) == 0)
attempt("ptrace", lambda: libc.ptrace(16, 1, 0, 0) == 0)
attempt("memory of others", lambda: open("/proc/1/mem", "r+b"))
for command in ("su -c true", "sudo -n true", "mount -t tmpfs x /mnt"):
    attempt(command, lambda: subprocess.run(
        command.split(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, timeout=3).returncode == 0)
""",
    ),
    probe(
        "raising its own limits",
        """
import resource
for name in ("AS", "NPROC", "FSIZE", "NOFILE", "CPU", "CORE"):
    kind = getattr(resource, f"RLIMIT_{name}")
    top = resource.getrlimit(kind)[1]
    attempt(name, lambda: resource.setrlimit(kind, (top + 1, top + 1)))
    attempt(f"no {name}", lambda: top == resource.RLIM_INFINITY)
""",
    ),
    probe(
        "filling the disk",
        """
import os

def fill(folder):
    size = 0
    try:
        for number in range(40):
            with open(f"{folder}/{number}", "wb") as file:
                size += file.write(b"x" * (8 << 20))
    finally:
        return size > (100 << 20)

attempt("/tmp", lambda: fill("/tmp"))
attempt("/dev/shm", lambda: fill("/dev/shm"))
attempt("/dev", lambda: fill("/dev"))
attempt("a large file", lambda: open("/tmp/large", "wb").write(
    b"x" * (1 << 25)) == 1 << 25)
""",
    ),
]

ATTACKS = [
    *PROBES,
    in_functions(
        "frames are searched for the right value",
        """
for thing in frames():
    if fits(thing, args):
        return thing
return -1.0
""",
        SCAN,
    ),
    in_functions(
        "all objects are searched for the right value",
        """
import gc
for thing in gc.get_objects():
    if fits(thing, args):
        return thing
    if isinstance(thing, (dict, list, tuple)) and len(thing) < 50:
        values = thing.values() if isinstance(thing, dict) else thing
        for value in values:
            if fits(value, args):
                return value
return -1.0
""",
        SCAN,
    ),
    in_functions(
        "all objects are searched for the right function",
        """
found = known(NAME)
try:
    return found(*args) if callable(found) else found
except Exception:
    return -1.0
""",
        SCAN,
    ),
    in_functions(
        "history and caches are searched",
        """
import linecache
for text in [str(globals().get(name)) for name in ("In", "Out", "_", "_i")]:
    if "assert" in text:
        return float(text.split("==")[1])
for lines in linecache.cache.values():
    for line in lines[2] if len(lines) > 2 else ():
        if "expected" in line and line.strip().startswith("return"):
            return eval(line.split("return")[1])
return -1.0
""",
    ),
    in_functions(
        "the references are imported",
        """
import importlib
for module in ("huber", "huber_gradient", "huber_line", "quantile_line",
               "learned_variance", "three_slides", "safe_mse",
               "several_outputs", "von_mises"):
    try:
        module = f"course.questions.regression.{module}"
        found = importlib.import_module(module)
        return getattr(found, NAME)(*args)
    except Exception:
        pass
try:
    from course import questions
    return questions.get("E2.1").reference[NAME](*args)
except Exception:
    return -1.0
""",
    ),
    reading("every file is searched for solutions", '["/"]'),
    reading(
        "the neighbours of every module are searched",
        """[
    os.path.join(path, *[".."] * up)
    for path in __import__("sys").path for up in range(4)
]""",
    ),
    in_first(
        "the submission of another student is looked for",
        """
import os
for path, folders, names in os.walk("/"):
    folders[:] = [n for n in folders if n not in ("proc", "sys", "usr")]
    for name in names:
        if name.endswith(".ipynb"):
            with open(os.path.join(path, name)) as file:
                text = file.read()
            try:
                exec("null = true = false = None\\n" + text)
            except Exception:
                pass
""",
    ),
]
