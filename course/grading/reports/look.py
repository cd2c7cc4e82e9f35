"""What the pages of a graded class have in common: frame, style, safe text.

A page is one file without script that asks nothing of the network, so it can
be mailed and opened anywhere. Whatever a student could have written passes
through `words` before it is shown.
"""

import html
import re
import unicodedata

from course.markup import to_html, to_plain

LINE = 300
TEXT = 2000

# What terminals take for orders: colours, titles, and lone introducers.
_ORDERS = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"
    r"|\x1b."
)
_MARKS = 3

# No script, no request, whatever a page should come to hold.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

# Colours of light pages, and of dark ones, by their part on the page.
LIGHT = {
    "ground": "#ffffff",
    "card": "#f4f6f8",
    "ink": "#1a1c20",
    "soft": "#545961",
    "line": "#c9ced6",
    "link": "#005a8f",
    "good": "#00654a",
    "bad": "#a33a00",
    "alert": "#fff1e0",
    "full": "#0072b2",
    "some": "#8cc6ea",
    "none": "#e8955f",
}
DARK = {
    "ground": "#16181c",
    "card": "#21242a",
    "ink": "#eceef1",
    "soft": "#b3b9c3",
    "line": "#4a505a",
    "link": "#7cc4f2",
    "good": "#5fd3ab",
    "bad": "#ff9d66",
    "alert": "#3a2a1a",
    "full": "#56b4e9",
    "some": "#1f6690",
    "none": "#c0622b",
}

_RULES = """
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 60rem;
  background: var(--ground); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  overflow-wrap: break-word;
}
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 0.3rem; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 2.4rem 0 0.6rem; }
h3 { font-size: 1.05rem; margin: 1.8rem 0 0.5rem; }
h2, h3 { break-after: avoid; }
p { margin: 0.5rem 0; max-width: 46rem; }
a { color: var(--link); }
code {
  font: 0.92em ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace;
  background: var(--card); padding: 0.05em 0.25em; border-radius: 3px;
}
.soft { color: var(--soft); }
.good { color: var(--good); font-weight: 600; }
.bad { color: var(--bad); font-weight: 600; }
.score { font-size: 1.6rem; font-weight: 700; margin: 1.2rem 0 0; }
.box {
  border-left: 4px solid var(--full); background: var(--card);
  padding: 0.5rem 1rem; margin: 0.8rem 0; max-width: 46rem;
  break-inside: avoid;
}
.alert { border-color: var(--none); background: var(--alert); }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: 0.6rem 0 1rem; }
caption { text-align: left; color: var(--soft); padding-bottom: 0.3rem; }
th, td {
  text-align: left; vertical-align: top; font-weight: 400;
  padding: 0.4rem 0.7rem 0.4rem 0; border-bottom: 1px solid var(--line);
  min-width: 2.5rem;
}
thead th, tfoot th, tfoot td { font-weight: 600; }
thead th { border-bottom: 2px solid var(--soft); vertical-align: bottom; }
.num { text-align: right; font-variant-numeric: tabular-nums; }
.fixed, .num { white-space: nowrap; }
.wide { min-width: 14rem; }
.wide, bdi, code { overflow-wrap: anywhere; }
th.num { width: 4.5rem; white-space: normal; }
.facts {
  display: grid; gap: 0.1rem 1.2rem; margin: 0.8rem 0;
  grid-template-columns: max-content 1fr;
}
.facts dt { color: var(--soft); }
.facts dd { margin: 0; }
figure { margin: 0.8rem 0; break-inside: avoid; }
figure svg { display: block; max-width: 100%; height: auto; }
ul { margin: 0.5rem 0; padding-left: 1.3rem; max-width: 46rem; }
li { margin: 0.25rem 0; }
tr { break-inside: avoid; }
.question { break-inside: avoid-page; }
@page { margin: 16mm; }
@media print {
  body { padding: 0; max-width: none; font-size: 10.5pt; }
  .table { overflow: visible; }
  a { color: inherit; text-decoration: none; }
  figure svg, .box { print-color-adjust: exact; }
}
@media (max-width: 32rem) {
  .facts { grid-template-columns: 1fr; }
  .facts dd { margin-bottom: 0.4rem; }
  table { font-size: 0.9rem; }
  th, td { padding-right: 0.4rem; min-width: 0; }
  .wide { min-width: 6.2rem; }
  th.num { width: auto; }
}
"""


def clean(text, *, limit=LINE):
    """Return any text as words on one line that can do no harm.

    Orders to a terminal, control characters, changes of the direction of
    writing and towers of accents are left out.

    Parameters
    ----------
    text : object
        Whatever was written, of any length.
    limit : int
        Longest text to return.
    """
    # Cut first: cleaning a megabyte takes its time.
    text = _ORDERS.sub("", str(text)[: 20 * limit])
    line = to_plain(text, limit=10 * limit)
    kept, marks = [], 0
    for character in line:
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        if marks <= _MARKS:
            kept.append(character)
    return to_plain("".join(kept), limit=limit)


def words(text, *, limit=LINE):
    """Return any text as harmless HTML, with backticks turned into code."""
    return to_html(clean(text, limit=limit))


def name(text, *, limit=100):
    """Return a name as harmless HTML that keeps its direction to itself."""
    return f"<bdi>{html.escape(clean(text, limit=limit)) or '?'}</bdi>"


def title_of(assignment):
    """Return how people call an assignment: "02_regression", "Regression"."""
    words = re.sub(r"^[\W\d_]+", "", clean(assignment)).replace("_", " ")
    return (words[:1].upper() + words[1:]).strip() or "Assignment"


def table(caption, heads, rows, *, foot=None):
    """Return a table as HTML; the first cell of each row names it.

    Parameters
    ----------
    caption : str
        What it shows; HTML.
    heads : dict of str to str
        Name of each column (HTML) and its class: "", "num", "fixed", "wide".
    rows : iterable of sequence of str
        Cells, as HTML.
    foot : sequence of str, optional
        A last row, for sums.
    """
    looks = [f' class="{look}"' if look else "" for look in heads.values()]
    head = "".join(
        f'<th scope="col"{look}>{text}</th>'
        for text, look in zip(heads, looks, strict=True)
    )
    body = "\n".join(_row(cells, looks) for cells in rows)
    end = f"<tfoot>{_row(foot, looks)}</tfoot>\n" if foot else ""
    return (
        f'<div class="table">\n<table>\n<caption>{caption}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n"
        f"{end}</table>\n</div>"
    )


def _row(cells, looks):
    first, *others = zip(cells, looks, strict=True)
    return (
        f'<tr><th scope="row"{first[1]}>{first[0]}</th>'
        + "".join(f"<td{look}>{cell}</td>" for cell, look in others)
        + "</tr>"
    )


def facts(pairs):
    """Return pairs of a word and what is to be said of it (HTML) as a list."""
    items = "\n".join(f"<dt>{a}</dt><dd>{b}</dd>" for a, b in pairs if b)
    return f'<dl class="facts">\n{items}\n</dl>'


def bullets(items):
    """Return items (HTML) as a list."""
    return "<ul>\n" + "\n".join(f"<li>{i}</li>" for i in items) + "\n</ul>"


def page(title, body):
    """Return a whole page.

    Parameters
    ----------
    title : str
        Plain text for the window.
    body : iterable of str
        The parts of the page, as HTML; empty ones are left out.
    """
    content = "\n".join(filter(None, body))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="robots" content="noindex">\n'
        f"<title>{html.escape(clean(title))}</title>\n"
        f"<style>\n{_style()}</style>\n</head>\n<body>\n<main>\n"
        f"{content}\n</main>\n</body>\n</html>\n"
    )


def _style():
    # Paper is light, also where the screen is dark.
    return (
        f":root {{ color-scheme: light dark; {_colours(LIGHT)} }}\n"
        "@media screen and (prefers-color-scheme: dark) {\n"
        f"  :root {{ {_colours(DARK)} }}\n}}{_RULES}"
    )


def _colours(colours):
    return " ".join(f"--{part}: {c};" for part, c in colours.items())
