"""Sphinx's settings for the site; `course.publish.site` runs it."""

import re
from importlib.metadata import metadata

about = metadata("lossviz")
project = "Loss functions, hands on"
author = "the contributors of the course"
project_copyright = "the contributors. Text: CC BY 4.0, code: MIT"
release = about["Version"]
language = "en"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.githubpages",
    "sphinx.ext.napoleon",
]

# Text and notebooks, which are executed already.
nb_execution_mode = "off"
myst_enable_extensions = ["amsmath", "colon_fence", "dollarmath"]
myst_heading_anchors = 3
# The search page, which the theme writes, is not among them.
exclude_patterns = ["_static"]

# Code
autodoc_typehints = "none"
autodoc_member_order = "alphabetical"
napoleon_google_docstring = False
napoleon_use_ivar = True
add_module_names = False
default_role = "code"
toc_object_entries_show_parents = "hide"

# Formulas, drawn by the site's own copy of MathJax.
mathjax_path = "mathjax/tex-svg.js"
mathjax3_config = {
    # A menu would make every formula a stop of the Tab key.
    "options": {"enableMenu": False},
    "svg": {"fontCache": "global"},
}

# Pages
html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["_static"]
html_css_files = ["course.css"]
html_js_files = ["access.js", "player.js"]
html_copy_source = False
html_scaled_image_link = False
html_show_sourcelink = False
html_show_sphinx = False
html_theme_options = {
    "home_page_in_toc": True,
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "toc_title": "On this page",
    "navbar_persistent": [],
    "use_download_button": False,
    "use_fullscreen_button": False,
}

CODE = re.compile(r"(``.+?``|`[^`]+`)")
BAR = re.compile(r"(?<!\\)\|")


def plain(app, what, name, obj, options, lines):
    """Keep reStructuredText from reading |r| and such as its own marks."""
    for number, line in enumerate(lines):
        parts = CODE.split(line)
        parts[::2] = [
            re.sub(r"(?<!\\)\|", r"\\|", part) for part in parts[::2]
        ]
        lines[number] = "".join(parts)


def foreign(app, what, name, obj, skip, options):
    """Leave out what matplotlib adds to each class derived from its own."""
    module = getattr(obj, "__module__", None) or ""
    return True if module.startswith("matplotlib.") else None


def setup(app):
    """Let `plain` see docstrings before napoleon turns them into text."""
    app.connect("autodoc-process-docstring", plain, priority=400)
    app.connect("autodoc-skip-member", foreign)
