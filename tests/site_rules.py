"""What must hold of every page of a site, read from its files."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# Loaded with the page, not only linked.
LOADED = {
    "audio": "src",
    "embed": "src",
    "iframe": "src",
    "img": "src",
    "link": "href",
    "object": "data",
    "script": "src",
    "source": "src",
    "video": "src",
}
# Of a link in the head: neither is fetched.
QUIET = {"author", "canonical", "index", "next", "prev", "search"}


class Page(HTMLParser):
    """Links, anchors, pictures and headings of a page."""

    def __init__(self, path):
        super().__init__()
        self.path = path
        self.ids, self.links, self.loaded = set(), [], []
        self.pictures, self.headings, self.language = [], [], None
        self.is_for_paper = False
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        """Note what the rules ask for."""
        given = dict(attrs)
        self.ids |= {given[key] for key in ("id", "name") if key in given}
        if tag == "html":
            self.language = given.get("lang")
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "img":
            self.pictures.append(given.get("alt"))
        # The theme writes a title and contents for paper before the article.
        if given.get("id") == "jb-print-docs-body" or tag == "article":
            self.is_for_paper = tag != "article"
        if tag[:1] == "h" and tag[1:].isdigit() and not self.is_for_paper:
            self.headings.append(int(tag[1]))
        address = given.get(LOADED.get(tag))
        if address and not QUIET.intersection(given.get("rel", "").split()):
            self.loaded.append(address)


def pages(folder):
    """Return all pages of a site, by their paths."""
    paths = sorted(folder.rglob("*.html"))
    return {
        path.resolve(): Page(path)
        for path in paths
        if "_static" not in path.relative_to(folder).parts
    }


def link_complaints(site):
    """Every link within the site leads to a file, and to a place in it."""
    complaints = []
    for page in site.values():
        for link in page.links:
            target = urlsplit(link)
            if target.scheme or target.netloc:
                continue
            path = _target(page.path, target.path)
            if not path.is_file():
                complaints.append(f"{page.path.name}: no file {link}")
            elif path in site and not _has(site[path], target.fragment):
                complaints.append(f"{page.path.name}: no place {link}")
    return complaints


def request_complaints(site):
    """Nothing that a page loads lies outside the site or is missing."""
    complaints = []
    for page in site.values():
        for address in page.loaded:
            target = urlsplit(address)
            if target.scheme == "data":
                continue
            if target.scheme or target.netloc:
                complaints.append(f"{page.path.name}: loads {address}")
            elif not _target(page.path, target.path).is_file():
                complaints.append(f"{page.path.name}: lacks {address}")
    return complaints


def page_complaints(site):
    """A page has a language, words for pictures, headings in order."""
    complaints = []
    for page in site.values():
        faults = [] if page.language == "en" else ["no language"]
        faults += ["picture without words"] * sum(
            not (alt and alt.strip()) for alt in page.pictures
        )
        if page.headings.count(1) != 1:
            faults.append(f"{page.headings.count(1)} titles")
        steps = zip(page.headings, page.headings[1:], strict=False)
        faults += [f"from h{a} to h{b}" for a, b in steps if b > a + 1]
        complaints += [f"{page.path.name}: {fault}" for fault in faults]
    return complaints


def _target(path, link):
    found = (path.parent / unquote(link)).resolve() if link else path.resolve()
    return found / "index.html" if found.is_dir() else Path(found)


def _has(page, place):
    return not place or unquote(place) in page.ids
