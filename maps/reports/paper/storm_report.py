"""The report of a storm for the council: what was done, how soon, how fairly, and for how much."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from data.files.bidi import isolated
from fleet.coverage.snow_accumulation import accumulation_of
from maps.pages.i18n import Translator
from maps.pages.tables import district_text
from maps.reports.council import CouncilView, PartView
from maps.reports.coverage_table import CoveragePicture
from maps.reports.machine_gain import GainAnswer
from maps.reports.paper import tables
from maps.reports.paper.blocks import (
    Block,
    Small,
    drawn,
    figures,
    heading,
    kept_together,
    listing,
    paragraph,
    smalls,
)
from maps.reports.paper.charts import course_chart, course_keys, small_course
from maps.reports.paper.city_maps import Cleared, age_keys, age_map, state_keys, state_map
from maps.reports.paper.costs import costs_blocks, costs_sentence, gain_blocks
from maps.reports.paper.sentences import (
    answer,
    cleared_sentence,
    fairness_sentences,
    key_figures,
    late_sentence,
    no_street_late,
    questions,
    requests_sentence,
)
from maps.reports.paper.words import MINUTE_S, duration, over, within_target

MOST_SMALLS = 12
"""Parts of the city whose course is drawn."""

MM_A_CM = 10.0


class Form(StrEnum):
    """What is made: the report, one page for a meeting, or the map as a picture."""

    REPORT = "report"
    BRIEF = "brief"
    MAP = "map"


@dataclass(frozen=True, slots=True)
class StormPapers:
    """What a report is made of: the figures of the page, the map's picture.

    `cleared` says when streets were cleared; `picture` is of the storm, which has begun; `gains`
    are what more machines would have brought, as far as the council asked, the newest first.
    """

    view: CouncilView
    picture: CoveragePicture
    cleared: Cleared
    gains: tuple[GainAnswer, ...]


def storm_report(papers: StormPapers, t: Translator) -> dict[str, object]:
    """Return the pages of the report, as `reports/storm-report.typ` prints them."""
    view = papers.view
    blocks = [
        figures(key_figures(view, t)),
        paragraph(answer(view, t)),
        *_state(papers.picture, t),
        *_ages(papers, t),
        *_levels(view, t),
        *_requests(view, t),
        *_fairness(view, t),
        heading(t("Machines, hours, material and cost")),
        *costs_blocks(view.money, t),
        *gain_blocks(papers.gains, t),
        *_late(view, t),
        *_storms(view, t),
        *_corrections(view, t),
        heading(t("Rules in force")),
        tables.rules_table(view, t),
        *_method(view, t),
    ]
    return _document(papers.picture, view.now, t("Storm report"), blocks, t)


def storm_brief(papers: StormPapers, t: Translator) -> dict[str, object]:
    """Return one page for the meeting: five figures, a map, three sentences, what to decide."""
    view = papers.view
    said = []
    if view.city is not None:
        said = [
            f"{cleared_sentence(view.city, t, ended=over(view))} {late_sentence(view, t)}",
            requests_sentence(view.city, t),
            _last_line(view, t),
        ]
    blocks = [
        figures(key_figures(view, t)),
        *_state(papers.picture, t)[1:],
        listing(said),
        heading(t("To be decided")),
        listing(questions(view, t)),
    ]
    title = t("Brief for the meeting")
    return _document(papers.picture, view.now, title, blocks, t) | {"form": Form.BRIEF}


def storm_map(picture: CoveragePicture, now: datetime, t: Translator) -> dict[str, object]:
    """Return the map of a storm with its legend and its time, to be shown as one picture."""
    titled, drawn_map = _state(picture, t)
    return _document(picture, now, str(titled["text"]), [drawn_map], t) | {"form": Form.MAP}


def _last_line(view: CouncilView, t: Translator) -> str:
    """Return what the storm cost; how fair it was where no machine was on its way."""
    if view.money is not None and view.money.total.machines:
        return costs_sentence(view.money, t)
    return next(fairness_sentences(view, t))


def _document(
    picture: CoveragePicture, now: datetime, title: str, blocks: Iterable[Block], t: Translator
) -> dict[str, object]:
    storm = picture.storm
    name = t.name_here(storm.name) if storm else ""
    names = (title, name, picture.city.name)
    return {
        "language": t.language,
        "rtl": t.speech.rtl,
        "digits": list(t.speech.digits),
        "title": title,
        "city": picture.city.name,
        "storm": name,
        "lines": list(_lines(picture, t)),
        "gregorian": _gregorian(picture, t),
        "running": " · ".join(isolated(each, rtl=t.speech.rtl) for each in names),
        "made": t("Made on {when} by Barfrub from the city's records", when=_when(now, t)),
        "words": {"page": t("Page {page} of {pages}")},
        "form": Form.REPORT,
        "blocks": list(blocks),
    }


def _when(moment: datetime, t: Translator) -> str:
    return t("{date}, {time}", date=t.date(moment), time=t.time(moment))


def _lines(picture: CoveragePicture, t: Translator) -> Iterator[str]:
    """Yield from when until when the storm was, and what snow fell."""
    storm, at = picture.storm, picture.at
    if storm is None:
        return
    span = duration((at - storm.started_at).total_seconds(), t)
    values = {"since": _when(storm.started_at, t), "until": _when(at, t), "span": span}
    over = storm.ended_at is not None
    yield (
        t("From {since} to {until}, {span}", **values)
        if over
        else t("From {since}; as of {until}, {span} later. The storm goes on.", **values)
    )
    snow = accumulation_of(storm)
    if snow.known_until is None:
        yield t("How much snow fell, nobody has entered.")
        return
    yield t(
        "Snow by the city's entries: {value} cm until {when}",
        value=round(snow.fallen_mm(min(at, snow.known_until)) / MM_A_CM, 1),
        when=_when(min(at, snow.known_until), t),
    )


def _gregorian(picture: CoveragePicture, t: Translator) -> str:
    """Return the same times by the Gregorian calendar, where readers have another one."""
    storm, at = picture.storm, picture.at
    if storm is None or t.speech.calendar == "gregory":
        return ""
    local = [_stamp(moment, t) for moment in (storm.started_at, at)]
    return " – ".join(local)


def _stamp(moment: datetime, t: Translator) -> str:
    return Translator("en", t.timezone).stamp(moment.astimezone(UTC))


def _state(shown: CoveragePicture, t: Translator) -> list[Block]:
    over = shown.storm is not None and shown.storm.ended_at is not None
    title = t("Streets by state at the end") if over else t("Streets by state now")
    note = shown.city.attribution
    return [heading(title), drawn(state_map(shown, t), title, state_keys(shown, t), note)]


def _ages(papers: StormPapers, t: Translator) -> list[Block]:
    shown, title = papers.picture, t("Time since streets were last cleared")
    note = t(AGES_AT_END if over(papers.view) else AGES_SO_FAR)
    picture = drawn(age_map(shown, papers.cleared, t), title, age_keys(t), shown.city.attribution)
    return [heading(title), picture, paragraph(note, muted=True), tables.age_table(papers.view, t)]


def _levels(view: CouncilView, t: Translator) -> list[Block]:
    if view.city is None or view.storm is None:
        return []
    title = t("Lane-km in each state since the storm began")
    course = course_chart(
        view.moments_s, view.city.cleared, view.city.within, view.storm.started_at, t
    )
    found = [
        heading(t("Levels of service")),
        drawn(course, title, course_keys(t), title),
    ]
    found += _small_courses(view, view.classes, "class", t)
    found += _small_courses(view, view.districts, "district", t)
    return [*found, tables.all_figures(view, t)]


def _small_courses(
    view: CouncilView, parts: Iterable[PartView], kind: str, t: Translator
) -> list[Block]:
    """Return the course of each part, where there are several; the worst where there are many."""
    known = [part for part in parts if any(share is not None for share in part.cleared)]
    if len(known) < 2:
        return []
    worst = sorted(known, key=lambda part: part.now.within if part.now.within is not None else 1.0)
    taken = worst[:MOST_SMALLS]
    shown = [part for part in known if part in taken]
    return [
        smalls(
            Small(
                district_text(one.name, t) if kind == "district" else t.named(kind, one.name),
                within_target(one.now, t),
                small_course(view.moments_s, one.cleared, one.within, t),
            )
            for one in shown
        )
    ]


def _requests(view: CouncilView, t: Translator) -> list[Block]:
    if view.city is None:
        return []
    now = view.city.now
    lines = [requests_sentence(view.city, t)]
    if now.answered:
        words = "Half of the answered requests waited no longer than {median}, nine in ten {p90}."
        lines.append(t(words, median=_at_most(now.median_s, t), p90=_at_most(now.p90_s, t)))
    if now.waiting:
        words = (
            "{waiting} requests still wait, the longest for {span}; "
            "they are not part of this figure."
        )
        lines.append(t(words, waiting=now.waiting, span=duration(now.longest_wait_s or 0, t)))
    return [heading(t("Requests")), listing(lines)]


def _at_most(seconds: float | None, t: Translator) -> str:
    """Return a span that nobody waited longer than: no shorter than a minute."""
    return duration(max(seconds or 0, MINUTE_S), t)


def _fairness(view: CouncilView, t: Translator) -> list[Block]:
    found = [heading(t("Was it fair?")), listing(fairness_sentences(view, t))]
    table = tables.fairness_table(view, t)
    if table is not None and view.fairness is not None and view.fairness.city.mean != 1:
        found += [table, paragraph(t(FAIRNESS_METHOD), muted=True)]
    return found


def _late(view: CouncilView, t: Translator) -> list[Block]:
    late, sites = tables.late_streets(view, t), tables.critical_sites(view, t)
    at_end = t("Streets that were late at the end of the storm, the worst first")
    title = at_end if over(view) else t("Streets that are late now, the worst first")
    found = [heading(title), late or paragraph(no_street_late(view, t), muted=True)]
    found.append(heading(t("Hospitals, stations and schools")))
    counts = tables.site_counts(view, t)
    if counts:
        found.append(paragraph(f"{t('Reached by a street within its rule:')} {t.listed(counts)}"))
    found += [paragraph(line) for line in tables.bus_lines(view, t)]
    none = t("The city's file names no hospital, school or station here.")
    found.append(sites or paragraph(none, muted=True))
    return found


def _storms(view: CouncilView, t: Translator) -> list[Block]:
    table = tables.storms_table(view, t)
    if table is None:
        return []
    note = t(
        "The whole city, each storm as long after its first flake as this one now, or at its end "
        "if that came sooner; by its own rules where it has some, else by those of today."
    )
    title = heading(t("Beside the storms before it"))
    return [kept_together((title, paragraph(note, muted=True), table))]


def _corrections(view: CouncilView, t: Translator) -> list[Block]:
    """Return which figures were restated, and what was corrected."""
    found: list[Block] = []
    if view.restated:
        note = t(
            "All figures follow the rules of today, those of earlier moments too. These changes of "
            "the rules restated the figures of their moment:"
        )
        title = heading(t("Restated figures"))
        found += [title, paragraph(note), tables.restated_list(view.restated, t)]
    if view.revisions:
        title = heading(t("Corrections of this storm"))
        note = t("The figures above are those of the last correction.")
        found.append(
            kept_together((title, tables.revisions_table(view, t), paragraph(note, muted=True)))
        )
    return found


AGES_SO_FAR = (
    "As it is, whatever the rule. Shares are of the lane-kilometres of a class; a street that "
    "was not cleared in this storm counts from its first flake."
)
AGES_AT_END = (
    "As it was at the end of the storm, whatever the rule. Shares are of the lane-kilometres of a "
    "class; a street that was not cleared in this storm counts from its first flake."
)
"""What the table of times since the last clearing says."""

FAIRNESS_METHOD = (
    "For every lane-kilometre is counted in which share of the storm's time it was within the rule "
    "of its class, so that a lane and an avenue are each measured by what they were promised. The "
    "worst served tenth follows Rawls (A Theory of Justice, 1971): a service is as fair as it is "
    "to those who get least of it. The Gini coefficient (Gini 1912, by the curve of Lorenz 1905) "
    "is 0 where all are served alike and comes near 1 where few get nearly everything."
)
"""How fairness is measured, with its sources."""

METHOD = (
    "A lane-kilometre is one kilometre of one lane. It is within target while its street is not "
    "due again by the rule of its class; before the first clearing, snow and time count from the "
    "first flake of the storm.",
    "Streets that are served on request only count among the requests.",
    "A request made between two storms, or before the first flake of one, counts from that flake. "
    "Withdrawn requests are left out. A request whose street is not known yet is promised the "
    "longest time.",
    "Cleared means proved by positions of machines, or by a driver or an inspector; driving "
    "through does not count.",
    "This report shows no caller's name, number or words, and not which driver or machine worked "
    "where.",
)
"""What the figures count, and what they are made from."""


def _method(view: CouncilView, t: Translator) -> list[Block]:
    lines = [t(line) for line in METHOD]
    if view.earlier is not None:
        lines.append(t("Changes are against {storm} after the same time.", storm=view.earlier.name))
    return [heading(t("Method and sources")), listing(lines)]
