"""The page about a whole class: how it went, and what needs a human."""

import html
import statistics
from collections import Counter
from urllib.parse import quote

from course.files import write_whole
from course.grading.records import GRADED, NOT_GRADED, UNREADABLE
from course.grading.reports import charts, look, pages
from course.grading.reports.tables import by_assignment, full_marks
from course.reports import number

_BARS = 20


def write(records, path):
    """Write the overview of a batch.

    Parameters
    ----------
    records : list of Record
        The batch.
    path : str or Path
        The file. The pages of the students are looked for in `feedback/`
        beside it, in a folder for each assignment if there are several.

    Returns
    -------
    Path
        The file.
    """
    return write_whole(path, overview(records).encode())


def overview(records):
    """Return the overview of a batch as HTML."""
    groups = by_assignment(records)
    names = ", ".join(map(look.title_of, groups)) or "no submission"
    links = {
        id(record): _link(record, several=len(groups) > 1)
        for record in records
    }
    body = [f"<h1>Overview: {look.words(names)}</h1>", _facts(records)]
    body.append(_warnings(records))
    for n, (assignment, group) in enumerate(groups.items()):
        body.append(_assignment(assignment, group, n))
    body += [
        "<h2>Needs a human</h2>",
        _attention(records, links),
        _trouble(records, links, UNREADABLE),
        _trouble(records, links, NOT_GRADED),
    ]
    body.append("<h2>Everybody</h2>")
    body += [_class(a, group, links) for a, group in groups.items()]
    return look.page(f"Overview: {names}", body)


def _link(record, several):
    place = pages.page_name(record, several=several)
    href = html.escape(quote(f"feedback/{place}"))
    return f'<a href="{href}">{look.name(record.student)}</a>'


def _facts(records):
    count = Counter(record.status for record in records)
    late = sum(record.late > 0 for record in records)
    needy = {id(record) for record, _ in _for_a_human(records)}
    needy |= {id(r) for r in records if r.status != GRADED}
    seconds = [r.seconds for r in records if r.status != UNREADABLE]
    took = ""
    if seconds:
        took = (
            f"median {statistics.median(seconds):.2g} s, longest "
            f"{max(seconds):.2g} s, together {_span(sum(seconds))}"
        )
    ways = Counter(r.isolation for r in records if r.isolation)
    return look.facts(
        [
            ("Submissions", str(len(records))),
            ("Graded", str(count[GRADED])),
            ("Unreadable (0 points)", str(count[UNREADABLE])),
            ("Not graded", str(count[NOT_GRADED])),
            ("Need a human", str(len(needy))),
            ("Late, points taken off", str(late)),
            ("Isolation", ", ".join(look.words(way) for way in ways)),
            ("Time for each", took),
        ]
    )


def _warnings(records):
    weak = sum(record.isolation == "limits only" for record in records)
    fault = sum(record.status == NOT_GRADED for record in records)
    boxes = []
    if weak:
        boxes.append(
            f"{_submissions(weak)} ran without a sandbox: their code could "
            "read and write whatever you can."
        )
    if fault:
        boxes.append(
            f"{_submissions(fault)} could not be graded because of a fault "
            "on our side. Nobody loses points by it; grade again once it is "
            "mended, and only these will be run."
        )
    return "\n".join(f'<p class="box alert">{text}</p>' for text in boxes)


def _assignment(assignment, group, n):
    graded = [record for record in group if record.status == GRADED]
    title = look.words(look.title_of(assignment))
    if not graded:
        return f"<h2>{title}</h2>\n<p>Nothing was graded.</p>"
    return "\n".join(
        [
            f"<h2>{title}</h2>",
            "<h3>Points</h3>",
            _points(graded, full_marks(group), f"points-{n}"),
            "<h3>Questions</h3>",
            _questions(graded, f"questions-{n}"),
            "<h3>Known mistakes</h3>",
            _mistakes(graded, f"mistakes-{n}"),
        ]
    )


def _points(graded, most, name):
    won = [record.points for record in graded]
    low, middle, high = _quartiles(won)
    extra = max(
        sum(q.max_points for q in record.questions if q.bonus)
        for record in graded
    )
    bonus = f" and a bonus of {number(extra)}" if extra else ""
    text = (
        f"Half of {_submissions(len(won))} won {number(middle)} or more of "
        f"{number(most)} points{bonus}; the middle half lies between "
        f"{number(low)} "
        f"and {number(high)}. The mean is {number(statistics.mean(won))}, "
        f"the lowest {number(min(won))}, the highest {number(max(won))}."
    )
    alt = f"Histogram of the points of all graded submissions. {text}"
    return f"<p>{text}</p>\n" + _figure(
        charts.points(won, most, alt=alt, name=name)
    )


def _questions(graded, name):
    asked = {}
    for record in graded:
        for question in record.questions:
            asked.setdefault(question.id, []).append(question)
    shares, rows = [], []
    for id, answers in asked.items():
        count = dict.fromkeys(charts.OUTCOMES, 0)
        for answer in answers:
            count[pages.state_of(answer)] += 1
        shares.append((look.clean(id, limit=20), count))
        rows.append(_question(answers, count))
    heads = {"Question": "fixed", "About": "wide", "Mean": "num", "Of": "num"}
    heads |= {outcome.capitalize(): "num" for outcome in charts.OUTCOMES}
    caption = "How many submissions won how much in each question."
    if not shares:
        return "<p>There are no questions.</p>"
    full = ", ".join(f"{id} {c['all points']}" for id, c in shares)
    alt = (
        "Bars with the shares of submissions that won all points, some or "
        f"none, or did not start. All points: {full} of {len(graded)}."
    )
    picture = _figure(charts.outcomes(shares, alt=alt, name=name))
    return picture + "\n" + look.table(caption, heads, rows)


def _question(answers, count):
    first = answers[0]
    mean = statistics.mean(answer.points for answer in answers)
    title = look.words(first.title) + (" (bonus)" if first.bonus else "")
    most = number(first.max_points)
    numbers = [str(count[outcome]) for outcome in charts.OUTCOMES]
    return [look.words(first.id), title, number(mean), most, *numbers]


def _mistakes(graded, name):
    made, hints, started = Counter(), {}, Counter()
    for record in graded:
        for question in record.questions:
            started[question.id] += question.started
            if question.mistake:
                made[question.id, question.mistake] += 1
                hints[question.id, question.mistake] = question.hint
    if not made:
        return "<p>No known mistake was recognised.</p>"
    ranked = sorted(made.items(), key=lambda item: (-item[1], item[0]))
    bars = [
        (look.clean(f"{id}: {mistake}", limit=120), times)
        for (id, mistake), times in ranked[:_BARS]
    ]
    alt = "Bars of how many submissions made each known mistake: " + "; ".join(
        f"{label}, {times}" for label, times in bars
    )
    picture = _figure(charts.counts(bars, alt=alt, name=name))
    rows = [
        [
            look.words(id),
            look.words(mistake),
            str(times),
            f"{100 * times / started[id]:.0f} %",
            look.words(hints[id, mistake], limit=look.TEXT),
        ]
        for (id, mistake), times in ranked
    ]
    heads = {"Question": "fixed", "Mistake": "", "Made by": "num"}
    heads |= {"Share": "num", "Hint they got": "wide"}
    caption = (
        "All known mistakes that were recognised, the most frequent first; "
        "the share is of those who started the question."
    )
    return picture + "\n" + look.table(caption, heads, rows)


def _attention(records, links):
    rows = [
        [links[id(record)], _name(record), _file(record), look.words(sentence)]
        for record, sentences in _for_a_human(records)
        for sentence in sentences
    ]
    heads = {"Student": "", "Name": "", "File": "", "What to look at": "wide"}
    caption = "The points of these stand as they are."
    return _listing("To be looked at", caption, heads, rows)


def _for_a_human(records):
    """Return (record, sentences) of all that is to be looked at."""
    found = []
    for record in _ordered(records):
        sentences = list(record.attention)
        for question in record.questions:
            told = any(question.id in s for s in record.attention)
            if question.flags and not told:
                used = ", ".join(f"`{flag}`" for flag in question.flags)
                sentences.append(f"{question.id} uses {used}.")
        if sentences:
            found.append((record, sentences))
    return found


def _trouble(records, links, status):
    rows = [
        [
            links[id(record)],
            _name(record),
            _file(record),
            look.words(record.reason, limit=look.TEXT),
        ]
        for record in _ordered(records)
        if record.status == status
    ]
    title, caption = {
        UNREADABLE: ("Unreadable", "Each of these has 0 points."),
        NOT_GRADED: ("Not graded", "These have no points yet."),
    }[status]
    heads = {"Student": "", "Name": "", "File": "", "Why": "wide"}
    return _listing(title, caption, heads, rows)


def _class(assignment, group, links):
    most = number(full_marks(group))
    rows = [
        [
            links[id(record)],
            _name(record),
            record.status,
            "" if record.status == NOT_GRADED else number(record.points),
            most,
            f"−{number(record.late)}" if record.late else "",
        ]
        for record in group
    ]
    heads = {"Student": "", "Name": "wide", "Status": "fixed"}
    heads |= {"Points": "num", "Of": "num", "Taken off, late": "num"}
    title = look.title_of(assignment)
    caption = "Every submission, and its feedback page."
    return _listing(title, caption, heads, rows)


def _listing(title, caption, heads, rows):
    place = list(heads).index("Name")
    if not any(row[place] for row in rows):
        # The hand-ins do not tell names, as in a folder of keys.
        heads = {head: kind for head, kind in heads.items() if head != "Name"}
        rows = [[*row[:place], *row[place + 1 :]] for row in rows]
    body = look.table(caption, heads, rows) if rows else "<p>None.</p>"
    return f"<h3>{look.words(title)}</h3>\n{body}"


def _ordered(records):
    return [r for group in by_assignment(records).values() for r in group]


def _name(record):
    return look.name(record.name) if record.name else ""


def _file(record):
    return f"<bdi>{look.words(record.file)}</bdi>"


def _figure(picture):
    return f"<figure>{picture}</figure>"


def _submissions(count):
    return f"{count} submission{'' if count == 1 else 's'}"


def _span(seconds):
    """Return a time as people say it."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"


def _quartiles(values):
    if len(values) == 1:
        return 3 * values
    return statistics.quantiles(values, n=4, method="inclusive")
