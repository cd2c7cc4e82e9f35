"""What stands around the code: text, plots, magics, files, settings."""

from adversarial.styles.base import beginning, changed, edited, put


@changed("prints everywhere")
def _(notebook):
    beginning(notebook, "print('called with', locals())")
    put(
        notebook,
        5,
        "print('x' * 10**6)",
        "import sys\n"
        "for n in range(1000): print(n, end='\\r', file=sys.stderr)",
    )


@changed("warnings, logs and text on stderr")
def _(notebook):
    beginning(
        notebook,
        "warnings.warn('slow'); logging.error('careful')\n"
        "print('hm', file=sys.stderr); np.log(np.zeros(2))",
    )
    put(
        notebook,
        4,
        "import logging, sys, warnings\n"
        "logging.basicConfig(level=logging.DEBUG)\n"
        "warnings.simplefilter('always')\nnp_version = sys.version",
    )


@changed("errors wherever NumPy or Python would warn")
def _(notebook):
    put(
        notebook,
        4,
        "import warnings, numpy\n"
        "warnings.simplefilter('error')\nnumpy.seterr(all='raise')",
    )


@changed("plots and pictures")
def _(notebook):
    put(
        notebook,
        len(notebook["cells"]),
        """
%matplotlib inline
import matplotlib.pyplot as plt
fig, axes = plt.subplots(2, 1)
r = np.linspace(-3, 3, 50)
axes[0].plot(r, huber(r, 1)); axes[1].plot(r, pseudo_huber(r, 1))
plt.savefig("losses.png"); plt.show()
""",
        """
mine = mse
def mse(yhat, y):
    plt.figure(); plt.plot(yhat, y); plt.close("all")
    return mine(yhat, y)
""",
    )


@changed("magics")
def _(notebook):
    put(
        notebook,
        4,
        "%load_ext autoreload\n%autoreload 2\n%matplotlib widget",
        "!pip install lossviz\nfiles = !ls\n%pip install numpy\n?np.mean",
        "%%bash\nexit 3",
        "%%html\n<b>hello</b>",
        "import numpy as np\n"
        "np.mean?\n%config InlineBackend.figure_format = 'retina'",
    )
    edited(notebook, lambda s: f"%%time\n{s}\n%timeit 1 + 1")
    put(
        notebook,
        len(notebook["cells"]),
        "%time line = fit_line_huber([0, 1, 2, 3], [1, 1.5, 2, 2.5], 1.0)",
        "%%capture out\nprint(huber([1.0], 1.0))",
        "%%timeit -n 1\nhuber([1.0], 1.0)",
        "%reset_selective -f scratch",
    )


@changed("display and widgets")
def _(notebook):
    put(
        notebook,
        len(notebook["cells"]),
        """
from IPython.display import HTML, Markdown, clear_output, display
import ipywidgets as widgets

display(Markdown("# mine"), HTML("<b>x</b>"))
slider = widgets.FloatSlider(value=1.0)
out = widgets.interactive_output(lambda delta: huber([1.0], delta),
                                 {"delta": slider})
display(slider, out); clear_output(wait=True)
get_ipython().run_line_magic("matplotlib", "inline")
""",
        "from tqdm.auto import tqdm\nfor _ in tqdm(range(3)): pass\n"
        "from tqdm.notebook import trange",
    )


@changed("the course's own extras")
def _(notebook):
    put(
        notebook,
        len(notebook["cells"]),
        """
from course import check, predict, quiz, reset
from lossviz import LOSSES, data, fits, losses, optimizers
quiz("2.1"); predict("slope"); reset
if check("E2.1"):
    show("never")
with check("E2.2") or open("notes.txt", "w") as notes:
    pass
for id in ("E2.1", "E2.2"):
    print(check(id))
""",
        "from lossviz import explorers\nexplorers.regression.huber_lab()",
    )


@changed("files written and read")
def _(notebook):
    put(
        notebook,
        len(notebook["cells"]),
        """
import csv, pathlib, pickle, tempfile
np.savetxt("residuals.txt", [-3, 0.5, 1])
assert huber(np.loadtxt("residuals.txt"), 1.0).shape == (3,)
pathlib.Path("figures").mkdir(exist_ok=True)
pickle.dump({"a": 1}, open("figures/a.pkl", "wb"))
with tempfile.TemporaryDirectory() as folder:
    pathlib.Path(folder, "x").write_text("½")
kept = np.load
""",
    )


@changed("settings changed for all")
def _(notebook):
    put(
        notebook,
        5,
        """
import random, sys, torch, numpy, warnings
torch.set_default_dtype(torch.float64)
torch.manual_seed(0); numpy.random.seed(0); random.seed(0)
torch.set_num_threads(4); torch.set_grad_enabled(True)
torch.autograd.set_detect_anomaly(True)
numpy.set_printoptions(precision=2); sys.setrecursionlimit(5000)
sys.path.insert(0, ".."); sys.path.append("/content/drive")
import os; os.environ["KMP_DUPLICATE_LIB_OK"] = "True"; os.chdir("/tmp")
""",
    )


@changed("more data and slow trials of the student's own")
def _(notebook):
    put(
        notebook,
        len(notebook["cells"]),
        """
rng = np.random.default_rng(1)
x = rng.uniform(-5, 5, size=400)
y = 1 + 2 * x + rng.standard_t(2, size=400)
for delta in np.linspace(0.1, 2, 10):
    fit_line_huber(x, y, delta)
X = torch.randn(1000, 1000) @ torch.randn(1000, 1000)
""",
    )
