"""The catalogue of losses, written from the registry.

Formula, torch's name and paper come from the registry, the words from the
docstrings; only what torch makes hard to use has a file of its own.
"""

import inspect
import re

from course.publish.slices import picture
from course.publish.staging import toml
from lossviz.losses import LOSSES
from lossviz.plots.curves import SYMBOLS

TORCH = "https://docs.pytorch.org/docs/stable/generated"
LETTERS = {**SYMBOLS, "gamma": "γ", "margin": "m", "temperature": "τ"}
NOISE = {
    "normal": "a normal distribution",
    "laplace": "a Laplace distribution",
    "poisson": "a Poisson distribution",
    "von_mises": "a von Mises distribution",
    "mixture": "a mixture of normals",
    "bernoulli": "a Bernoulli distribution",
    "categorical": "a categorical distribution",
}


def write(folder):
    """Write the pages of the catalogue and its pictures.

    Parameters
    ----------
    folder : Path
        Where they go.
    """
    folder.mkdir(parents=True, exist_ok=True)
    families, pitfalls = toml("families.toml"), toml("pitfalls.toml")
    warnings = pitfalls["pitfall"]
    (folder / "index.md").write_text(index(families), encoding="utf-8")
    for family, words in families.items():
        sections = [f"# {words['title']}", words["text"]]
        for loss in _members(family):
            said = [w["text"] for w in warnings if loss.name in w["losses"]]
            figure, alt = picture(loss.name)
            figure.savefig(folder / f"{loss.name}.png", dpi=150)
            sections.append(section(loss, said, alt))
        page = "\n\n".join(sections) + "\n"
        (folder / f"{family}.md").write_text(page, encoding="utf-8")


def index(families):
    """Return the page that lists all losses, as Markdown."""
    parts = [
        "# Catalogue of losses",
        "Every loss of the course with its formula, its picture, its name in "
        "torch, what goes wrong with it, and where it was proposed. The "
        "letters are those of the [notation](../notation.md).",
        f"```{{toctree}}\n:hidden:\n\n{chr(10).join(families)}\n```",
    ]
    for family, words in families.items():
        rows = [
            "| loss | in code | in torch | proposed by |",
            "|---|---|---|---|",
        ]
        rows += [_row(loss) for loss in _members(family)]
        parts += [f"## {words['title']}", "\n".join(rows)]
    return "\n\n".join(parts) + "\n"


def section(loss, warnings, alt):
    """Return what the catalogue says of a loss, as Markdown.

    Parameters
    ----------
    loss : Loss
        As the registry has it.
    warnings : list of str
        What goes wrong with it in torch.
    alt : str
        What its picture shows.
    """
    doc = inspect.getdoc(loss.value)
    parts = [
        f"({anchor(loss.name)})=\n## {loss.label}",
        _with_indices(doc.split("\n\n")[0].replace("\n", " ")),
        f"$$\n{loss.formula}\n$$",
        _symbols(loss),
        f"::::{{container}} wide\n:::{{image}} {loss.name}.png\n"
        f":alt: {alt}\n:width: 1100px\n:::\n::::",
        f"**Gradient.** {_gradient(loss)}",
        f"**In code.** {{py:func}}`~lossviz.losses.{loss.name}`; "
        f"{_torch(loss)}",
        _noise(loss),
        _pitfalls(warnings),
        f"**Paper.** {reference(doc)}",
    ]
    return "\n\n".join(part for part in parts if part)


def anchor(name):
    """Return the id of a loss on its page."""
    return f"loss-{name.replace('_', '-')}"


def torch_class(function):
    """Return the class in `torch.nn` of a function of torch, by its name.

    Examples
    --------
    >>> torch_class("torch.nn.functional.smooth_l1_loss")
    'SmoothL1Loss'
    """
    name = function.rsplit(".", 1)[1].replace("binary_cross_entropy", "bce")
    capitals = {"bce": "BCE", "mse": "MSE", "nll": "NLL", "kl": "KL"}
    words = [w for w in name.split("_") if w != "loss"]
    words = [capitals.get(word, word.capitalize()) for word in words]
    return "".join(words) + "Loss"


def reference(doc):
    """Return the paper that a docstring cites, on one line."""
    cited = re.search(r"References\n-+\n(.+?)(?:\n\n|$)", doc, re.DOTALL)
    return " ".join(cited[1].split())


def _members(family):
    return [loss for loss in LOSSES.values() if loss.family == family]


def _row(loss):
    link = f"[{loss.label}](#{anchor(loss.name)})"
    torch = f"`{torch_class(loss.torch)}`" if loss.torch else "–"
    return f"| {link} | `{loss.name}` | {torch} | {loss.paper} |"


def _symbols(loss):
    """Say which letters of the formula are arguments of which name."""
    names = inspect.signature(loss.value).parameters
    said = [
        f"{LETTERS[name]} is `{name}`"
        for name in names
        if name in LETTERS and name not in ("target", "eps")
    ]
    return f"Here {', '.join(said)}." if said else ""


def _with_indices(words):
    """Set p_y with an index, where Unicode has none."""
    return re.sub(r"\b([a-z])_([a-z])\b", r"\1<sub>\2</sub>", words)


def _gradient(loss):
    said = inspect.getdoc(loss.grad).split("\n\n")[0].replace("\n", " ")
    # "Gradient of `huber_loss` by the prediction: −r": the name is known.
    said = re.sub(rf"^Gradients? of `{loss.name}`[: ]*", "", said)
    # A sentence begins with a capital letter, a formula with its own.
    return re.sub(r"^[a-z](?=[a-z]+ )", lambda m: m[0].upper(), said)


def _torch(loss):
    if loss.torch is None:
        return "torch does not have it."
    name = torch_class(loss.torch)
    return f"in torch [`nn.{name}`]({TORCH}/torch.nn.{name}.html)."


def _noise(loss):
    if loss.distribution is None:
        return ""
    noise = NOISE[loss.distribution]
    return f"**Noise.** Negative log-likelihood of {noise}, but for constants."


def _pitfalls(warnings):
    rows = "\n".join(f"* {warning}" for warning in warnings)
    return f"**Take care.** In torch:\n\n{rows}" if warnings else ""
