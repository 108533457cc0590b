"""The debrief of a training on paper, made of the same words as its page."""

from collections.abc import Iterator
from datetime import datetime

from data.files.bidi import isolated
from maps.pages.i18n import Translator
from maps.reports.paper.blocks import (
    Block,
    figures,
    heading,
    kept_together,
    listing,
    paragraph,
    table,
)
from maps.training.debrief import DebriefView, PointView
from maps.training.score_words import TraineeView

MEASURE_WIDTHS = (5.0, 2.2, 1.2, 4.6, 1.0)
TIMELINE_WIDTHS = (1.0, 9.0)


def debrief_paper(
    view: DebriefView, city: str, made_at: datetime, t: Translator
) -> dict[str, object]:
    """Return the pages of a debrief, as `reports/storm-report.typ` prints them."""
    title = t("Debrief of a training")
    names = (title, view.title, city)
    when = t("{date}, {time}", date=t.date(made_at), time=t.time(made_at))
    return {
        "language": t.language,
        "rtl": t.speech.rtl,
        "digits": list(t.speech.digits),
        "title": title,
        "city": city,
        "storm": view.title,
        "lines": [view.span],
        "gregorian": "",
        "running": " · ".join(isolated(each, rtl=t.speech.rtl) for each in names),
        "made": t("Made on {when} by Barfrub from the training's records", when=when),
        "words": {"page": t("Page {page} of {pages}")},
        "form": "report",
        "blocks": list(_blocks(view, t)),
    }


def _blocks(view: DebriefView, t: Translator) -> Iterator[Block]:
    """Yield figures and tables before the long list, which fills pages to their end."""
    if view.counting:
        yield paragraph(view.counting)
    yield figures(view.figures)
    for person in view.people:
        yield _person(person)
    for each in view.tables:
        rest = [1.6] * (len(each.heads) - 1)
        yield heading(each.caption)
        yield table(each.heads, each.rows, (3.0, *rest), texts=1)
    yield heading(t("Moments of decision"))
    yield paragraph(
        t("Plans were still being compared when this was printed.")
        if view.search.goes_on
        else view.search.words
    )
    told = [t("{time}: {words}", time=one.time, words=one.words) for one in _worth(view.points)]
    if told:
        yield listing(told)
    if view.moments:
        yield heading(t("What happened"))
        unfolded = [each for one in view.moments for each in one.parts or (one,)]
        rows = [(one.time, one.words) for one in unfolded]
        yield table((t("Time"), t("Moment")), rows, TIMELINE_WIDTHS, texts=2)
    yield heading(t("How this is counted"))
    for words in view.method:
        yield paragraph(words, muted=True)


def _person(person: TraineeView) -> Block:
    words = f"{person.role} · {person.points}"
    return kept_together(
        [
            heading(person.name),
            paragraph(words),
            table(person.table.heads, person.table.rows, MEASURE_WIDTHS, texts=1),
            paragraph(person.former, muted=True),
        ]
    )


def _worth(points: tuple[PointView, ...]) -> Iterator[PointView]:
    """Yield the moments at which a new plan was clearly better."""
    return (one for one in points if one.clear)
