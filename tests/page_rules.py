"""What must hold for a page of HTML, as lists of complaints."""

import re
from html.parser import HTMLParser

VOID = {"meta", "br", "img", "hr", "link", "input"}
FORBIDDEN = {"script", "iframe", "object", "embed", "link", "base", "form"}
ADDRESS = {"href", "src", "action", "data", "xlink:href", "poster", "srcset"}
INSIDE = re.compile(r"#|data:image/|feedback/[^:]*$")


class Page(HTMLParser):
    """A page taken apart.

    Attributes
    ----------
    tags : list of (str, dict)
        All tags that are opened, with their attributes.
    headings : list of (int, str)
        Levels and texts.
    text : str
        What is to be read, tables' cells apart by spaces.
    """

    def __init__(self, source):
        super().__init__(convert_charrefs=True)
        self.source = source
        self.tags, self.headings, self.faults = [], [], []
        self._open, self._said = [], []
        self.feed(source)
        self.close()
        self.faults += [f"<{tag}> is not closed" for tag in self._open]
        self.text = " ".join("".join(self._said).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if self._open and self._open[-1] == tag:
            self._open.pop()
        else:
            self.faults.append(f"</{tag}> closes nothing")
        if tag in ("td", "th", "p", "li", "dd", "dt", "h1", "h2", "h3"):
            self._said.append("\n")

    def handle_data(self, data):
        if self._open and re.fullmatch("h[1-6]", self._open[-1]):
            level, text = self.headings[-1]
            self.headings[-1] = level, text + data
        if "style" not in self._open:
            self._said.append(data)

    def all(self, tag):
        """Return the attributes of all tags of one kind."""
        return [attrs for name, attrs in self.tags if name == tag]

    @property
    def shape(self):
        """Return tags and names of attributes, code in running text apart."""
        return [
            (tag, sorted(attrs)) for tag, attrs in self.tags if tag != "code"
        ]


def complaints(source):
    """Return what is wrong with a page, one sentence each."""
    page = Page(source)
    return [
        *page.faults,
        *_head(page),
        *_headings(page),
        *_tables(page),
        *_pictures(page),
        *_links(page),
        *_unsafe(page),
    ]


def _head(page):
    if not page.source.startswith("<!DOCTYPE html>\n"):
        yield "no doctype"
    if page.all("html") != [{"lang": "en"}]:
        yield "no language"
    if len(page.all("title")) != 1 or len(page.all("main")) != 1:
        yield "no title or no main part"
    metas = page.all("meta")
    if {"charset": "utf-8"} not in metas:
        yield "no encoding"
    policies = [m["content"] for m in metas if "http-equiv" in m]
    if not policies or not policies[0].startswith("default-src 'none';"):
        yield "no policy against requests"


def _headings(page):
    levels = [level for level, _ in page.headings]
    if levels.count(1) != 1 or levels[:1] != [1]:
        yield f"one heading must stand above all, got levels {levels}"
    for before, after in zip(levels, levels[1:], strict=False):
        if after > before + 1:
            yield f"heading of level {after} after one of level {before}"
    yield from ("empty heading" for _, t in page.headings if not t.strip())


def _tables(page):
    if len(page.all("caption")) != len(page.all("table")):
        yield "table without caption"
    for attrs in page.all("th"):
        if attrs.get("scope") not in ("row", "col"):
            yield "table header without scope"


def _pictures(page):
    for attrs in page.all("img"):
        if not attrs.get("alt"):
            yield "picture without alternative text"
    for attrs in page.all("svg"):
        if attrs.get("role") != "img" or not attrs.get("aria-label"):
            yield "drawing without alternative text"


def _links(page):
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    if len(ids) != len(set(ids)):
        yield "two things with one id"
    for tag, attrs in page.tags:
        for name in ADDRESS & set(attrs):
            place = attrs[name]
            if not INSIDE.match(place):
                yield f"<{tag}> leads outside: {place}"
            if place.startswith("#") and place[1:] not in ids:
                yield f"<{tag}> leads nowhere: {place}"
    for place in re.findall(r"url\(([^)]*)\)", page.source):
        if not place.startswith("#") or place[1:] not in ids:
            yield f"style leads nowhere: {place}"


def _unsafe(page):
    for tag, attrs in page.tags:
        if tag in FORBIDDEN:
            yield f"<{tag}>"
        yield from (f"{a} in <{tag}>" for a in attrs if a.startswith("on"))
    for sign in set(page.source) - {"\n"}:
        if not sign.isprintable():
            yield f"sign {sign!r}"
