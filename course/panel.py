"""The common look of quizzes and predictions: calm, legible, by keyboard."""

# Colours come from JupyterLab's theme, so that its dark theme works too.
STYLE = r"""<style>
.course-panel { border: 1px solid var(--jp-border-color1, #bdbdbd);
  border-radius: 6px; max-width: 46em; margin: 0.5em 0;
  padding: 0.7em 1.1em; overflow: visible; }
.course-panel .widget-html, .course-panel .widget-htmlmath,
.course-panel .widget-html-content, .course-panel .widget-htmlmath-content {
  height: auto; line-height: 1.5; overflow: visible; margin: 0;
  font-size: var(--jp-content-font-size1, 14px); }
.course-panel p, .course-feedback > div { margin: 0.25em 0; }
.course-panel .course-kind { font-weight: 600; }
.course-panel .course-options { display: flex; width: auto; height: auto;
  margin: 0; gap: 0.15em 1.6em; flex-flow: column; }
.course-panel .course-options.in-a-row { flex-flow: row wrap; }
.course-panel .course-options > div, .course-panel .course-options
  .widget-toggle-buttons { display: contents; }
.course-panel .widget-toggle-button { display: flex; width: auto;
  max-width: 100%; height: auto; margin: 0; gap: 0.55em;
  padding: 0.2em 0.3em; line-height: 1.4; text-align: left;
  white-space: normal; background: none; box-shadow: none; border: none;
  color: var(--jp-content-font-color1, #000000); align-self: flex-start;
  font-size: var(--jp-content-font-size1, 14px); }
.course-panel .widget-toggle-button::before { content: "\25CB"; }
.course-panel .widget-toggle-button.mod-active::before { content: "\25CF"; }
.course-panel .widget-toggle-button.mod-active { font-weight: 600; }
.course-panel .widget-toggle-button:hover,
.course-panel .widget-toggle-button:focus-visible {
  background: var(--jp-layout-color2, #eeeeee); }
.course-panel .widget-button { align-self: flex-start; width: auto;
  margin: 0.6em 0 0.3em; padding: 0 1.2em;
  border: 1px solid var(--jp-border-color0, #757575); border-radius: 4px; }
.course-panel .widget-button:focus-visible,
.course-panel .widget-toggle-button:focus-visible,
.course-panel summary:focus-visible, .course-panel a:focus-visible,
.course-panel input:focus-visible { outline: 2px solid #0072B2;
  outline-offset: 2px; }
.course-panel a { text-decoration: underline; }
.course-panel .widget-text { width: 22em; margin: 0.2em 0; }
.course-panel .widget-text .widget-label { width: auto; }
.course-feedback { border-left: 4px solid #767676;
  padding: 0.1em 0 0.1em 0.8em; margin: 0.4em 0; }
.course-feedback.right { border-color: #009E73; }
.course-feedback.wrong { border-color: #D55E00; }
</style>"""


def panel(*children):
    """Return a box of widgets in the course's look."""
    import ipywidgets

    style = ipywidgets.HTML(STYLE, layout={"display": "none"})
    box = ipywidgets.VBox([style, *children])
    box.add_class("course-panel")
    return box


def words(html=""):
    """Return a widget that shows HTML, formulas between dollars included."""
    import ipywidgets

    return ipywidgets.HTMLMath(html)


def choices(options, *, in_a_row=False):
    """Return buttons of which none is chosen, and one at most can be.

    Not radio buttons: JupyterLab takes the arrow keys from them, so that the
    keyboard alone could reach the first option only.

    Parameters
    ----------
    options : sequence of str
        Their labels; any text.
    in_a_row : bool
        Whether they stand side by side and not below each other.
    """
    import ipywidgets

    buttons = ipywidgets.ToggleButtons(options=options, value=None)
    buttons.add_class("course-options")
    if in_a_row:
        buttons.add_class("in-a-row")
    return buttons


def feedback(kind, *paragraphs):
    """Return feedback as HTML that a screen reader announces.

    Parameters
    ----------
    kind : {"note", "right", "wrong"}
        Sets the colour of the bar; the text must say the same.
    *paragraphs : str
        HTML.
    """
    body = "".join(f"<div>{text}</div>" for text in paragraphs)
    return f'<div class="course-feedback {kind}" role="alert">{body}</div>'


def bundle(widget, html, text):
    """Return a widget's MIME bundle with what to show without a kernel.

    Parameters
    ----------
    widget : ipywidgets.Widget
        Shown where a kernel runs.
    html, text : str
        Shown elsewhere.
    """
    found = widget._repr_mimebundle_()
    return {**found, "text/html": html, "text/plain": text}
