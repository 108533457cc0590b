"""What a storm came to in plain words: cleared, how soon, what was late, what is to be decided."""

from collections.abc import Iterator

from maps.pages.i18n import Translator
from maps.pages.tables import FigureView, district_text
from maps.reports.council import CouncilView, PartView
from maps.reports.paper.costs import costs_sentence
from maps.reports.paper.words import (
    class_text,
    duration,
    kilometres,
    nothing_due,
    over,
    share_text,
    short_span,
)
from maps.streets.street import called

NEVER_SO_FAR = (
    "{name}: half of it was cleared within the last {median}, {share} of it not in this storm."
)
NEVER_AT_END = (
    "{name}: at the end half of it had been cleared within the last {median}, {share} of it not in "
    "this storm."
)
LONGEST_SO_FAR = (
    "{name}: half of it was cleared within the last {median}, the longest ago was {worst}."
)
LONGEST_AT_END = (
    "{name}: at the end half of it had been cleared within the last {median}, the longest ago was "
    "{worst}."
)

UNEVEN_POINTS = 5
"""Districts so many points apart are worth a question."""

POINTS = 100

QUESTIONS = 3
"""Questions of a brief at most."""


def cleared_sentence(city: PartView, t: Translator, *, ended: bool) -> str:
    """Return what was cleared and what is late, or was at the end of the storm."""
    now = city.now
    if nothing_due(now):
        return t("Nothing is due yet: no street had to be cleared so far.")
    so_far = (
        "Of {whole} of lanes, {clear} were cleared in time, {waiting} are not cleared yet but "
        "still in time, and {late} are late."
    )
    at_end = (
        "Of {whole} of lanes, {clear} were cleared in time at the end of the storm, {waiting} not "
        "cleared but still in time, and {late} late."
    )
    words = at_end if ended else so_far
    return t(
        words,
        whole=kilometres(now.lane_m, t),
        clear=kilometres(now.clear_m, t),
        waiting=kilometres(now.waiting_m, t),
        late=kilometres(now.late_m, t),
    )


def soon_sentences(view: CouncilView, t: Translator) -> Iterator[str]:
    """Yield how soon the two most urgent classes are cleared again, or were at the end."""
    ended = over(view)
    for one in view.ages[:2]:
        name, median = class_text(one.service_class, t), short_span(one.median_s, t)
        if one.median_s is None:
            yield t("{name}: more than half of it was not cleared in this storm.", name=name)
        elif one.never >= 1 / POINTS:
            words = NEVER_AT_END if ended else NEVER_SO_FAR
            yield t(words, name=name, median=median, share=share_text(one.never, t))
        else:
            words = LONGEST_AT_END if ended else LONGEST_SO_FAR
            yield t(words, name=name, median=median, worst=short_span(one.worst_s, t))


def late_sentence(view: CouncilView, t: Translator) -> str:
    """Return which street is late most."""
    streets = view.attention.streets if view.attention else ()
    if not streets:
        return no_street_late(view, t)
    worst = streets[0]
    if not any(part.name for part in view.districts):
        words = "Worst is {street}: late for {span}."
        return t(words, street=called(worst.names, t), span=duration(worst.late_s, t))
    return t(
        "Worst is {street} in {district}: late for {span}.",
        street=called(worst.names, t),
        district=district_text(worst.district, t),
        span=duration(worst.late_s, t),
    )


def no_street_late(view: CouncilView, t: Translator) -> str:
    """Return that no street is late, or was at the end."""
    return (
        t("No street was late at the end of the storm.") if over(view) else t("No street is late.")
    )


def requests_sentence(city: PartView, t: Translator) -> str:
    """Return how requests were answered."""
    now = city.now
    if not now.asked:
        return t("There was no request in this storm.")
    words = "{asked} requests: {inTime} answered in time, {late} late, {open} still have time."
    return t(
        words,
        asked=now.asked,
        inTime=now.in_time,
        late=now.late,
        open=now.asked - now.in_time - now.late,
    )


def fairness_sentences(view: CouncilView, t: Translator) -> Iterator[str]:
    """Yield the lines to remember on fairness, as the page has them."""
    fair = view.fairness
    if fair is None or fair.city.mean == 1:
        if over(view):
            yield t("No street was late in this storm: all were served alike.")
        else:
            yield t("No street has been late in this storm so far: all were served alike.")
        return
    words = (
        "On average a lane-kilometre was within its rule {share} of the time; "
        "the tenth that was served worst, {worst}."
    )
    yield t(words, share=share_text(fair.city.mean, t), worst=share_text(fair.city.worst, t))
    gap = next((one for one in fair.gaps if one.kind == "district"), None)
    if gap is not None and round(gap.gap * POINTS) == 0:
        yield t("Districts with enough streets to compare differ by less than one point.")
    elif gap is not None:
        yield t(
            "Between the best served district ({best}) and the worst ({worst}) lie {count} points.",
            best=district_text(gap.best, t),
            worst=district_text(gap.worst, t),
            count=round(gap.gap * POINTS),
        )
    if fair.asked and fair.unasked:
        words = "Streets that somebody asked for: {asked} of the time. All others: {unasked}."
        yield t(
            words,
            asked=share_text(fair.asked.mean, t),
            unasked=share_text(fair.unasked.mean, t),
        )


def answer(view: CouncilView, t: Translator) -> str:
    """Return the storm in one paragraph."""
    if view.city is None:
        return t("There has been no storm yet.")
    said = [
        cleared_sentence(view.city, t, ended=over(view)),
        *soon_sentences(view, t),
        late_sentence(view, t),
        requests_sentence(view.city, t),
    ]
    if view.money is not None and view.money.total.machines:
        said.append(costs_sentence(view.money, t))
    return " ".join(said)


def key_figures(view: CouncilView, t: Translator) -> list[FigureView]:
    """Return the five figures that a meeting begins with."""
    if view.city is None:
        return []
    now, fair = view.city.now, view.fairness
    within = t("nothing due yet") if nothing_due(now) else share_text(now.within, t)
    return [
        FigureView(within, _target_words(view, t), ""),
        FigureView(share_text(now.answered_within, t), t("of requests were answered in time"), ""),
        FigureView(
            short_span(now.median_s, t),
            t("until half of the answered requests had their answer"),
            "",
        ),
        FigureView(
            short_span(now.p90_s, t),
            t("until nine in ten answered requests had their answer"),
            "",
        ),
        FigureView(
            share_text(fair.city.worst if fair else None, t),
            t("of the time within its rule: the worst served tenth"),
            "",
        ),
    ]


def _target_words(view: CouncilView, t: Translator) -> str:
    if over(view):
        return t("of lane-km were within target at the end")
    return t("of lane-km are within target")


def questions(view: CouncilView, t: Translator) -> list[str]:
    """Return what a meeting may want to decide, from what the figures show."""
    return list(_questions(view, t))[:QUESTIONS]


def _questions(view: CouncilView, t: Translator) -> Iterator[str]:
    if view.city is None:
        return
    named = [part for part in view.districts if part.name and part.now.late_m > 0]
    if named:
        worst = max(named, key=lambda part: part.now.late_m)
        yield t(
            "{district} has {late} of late lanes, the most of all: more machines there, or another "
            "rule?",
            district=district_text(worst.name, t),
            late=kilometres(worst.now.late_m, t),
        )
    gaps = view.fairness.gaps if view.fairness else ()
    gap = next((one for one in gaps if one.kind == "district"), None)
    if gap is not None and round(gap.gap * POINTS) >= UNEVEN_POINTS:
        yield t(
            "{worst} was served {count} points worse than {best}: is that meant to be so?",
            worst=district_text(gap.worst, t),
            best=district_text(gap.best, t),
            count=round(gap.gap * POINTS),
        )
    if view.city.now.late:
        yield t(
            "{count} requests were not answered in time: is the promise right, or the means?",
            count=view.city.now.late,
        )
    if view.money is not None and view.money.hired.machines:
        yield t(
            "{count} machines were hired: call as many again in the next storm?",
            count=view.money.hired.machines,
        )
    yield t("Do the rules in force stay as they are?")
