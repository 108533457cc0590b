"""Tables of the printed report: the same figures as on the council's page, in the same words."""

from collections.abc import Iterable, Sequence

from maps.pages.i18n import Translator
from maps.pages.tables import district_text, exact
from maps.reports.attention import LateStreetView, SiteView
from maps.reports.council import CouncilView, PartView, RestatementView
from maps.reports.fairness import EvennessView, FairnessGroupView
from maps.reports.figures import ResponseView
from maps.reports.paper.blocks import Block, Cell, Ltr, listing, table
from maps.reports.paper.words import (
    class_text,
    in_kilometres,
    kilometres,
    over,
    rule_of,
    share_change,
    share_text,
    short_span,
    within_target,
)
from maps.reports.storm_rows import StormRowView
from maps.streets.street import called

MOST_PARTS = 20
"""Districts that a table names."""

MOST_STREETS = 10
"""Late streets and places that are named: those of the whole city."""

BUSES_SO_FAR = (
    "All {whole} of lanes that buses use are within their rule.",
    "{late} of {whole} of lanes that buses use are late.",
)
BUSES_AT_END = (
    "All {whole} of lanes that buses use were within their rule at the end of the storm.",
    "{late} of {whole} of lanes that buses use were late at the end of the storm.",
)
"""Where none of them is late, and where some are."""

type Row = Sequence[Cell]


def all_figures(view: CouncilView, t: Translator) -> Block:
    """Return the figures of the city, its classes and its districts."""
    heads = (
        "",
        t("Lane-km"),
        t("Cleared in time, km"),
        t("Still in time, km"),
        t("Late, km"),
        t("Within target"),
        t("Change"),
        t("Requests"),
        t("Answered in time"),
        t("Median after"),
        t("90th percentile after"),
    )
    rows: list[Row] = [] if view.city is None else [_figures(t("The city"), view.city, t)]
    if view.unplaced is not None and view.unplaced.asked:
        rows.append((t("Street not known yet"), *("",) * 6, *_answers(view.unplaced, t)))
    if view.classes:
        rows.append((t("By class"),))
        rows += [_figures(class_text(part.name, t), part, t) for part in view.classes]
    districts = view.districts if any(part.name for part in view.districts) else ()
    if districts:
        rows.append((t("By district"),))
        shown = districts[:MOST_PARTS]
        rows += [_figures(district_text(part.name, t), part, t) for part in shown]
    note = rest_text(len(districts) - MOST_PARTS, t)
    return table(heads, rows, (2.1, 0.9, 1.1, 0.9, 0.9, 1.2, 0.9, 1.15, 1.2, 1.5, 1.5), note=note)


def rest_text(count: int, t: Translator) -> str:
    """Return how many lines a table leaves to the page, empty for none."""
    return t.plural("{count} more are in the table of the council's page.", count) * (count > 0)


def age_table(view: CouncilView, t: Translator) -> Block:
    """Return the time since the streets of each class were last cleared."""
    heads = (
        t("Class"),
        t("Half of it cleared within the last"),
        t("Longest ago"),
        *(t("Longer ago than {count} h", count=hours) for hours in view.age_steps_h),
        t("Not cleared in this storm"),
    )
    rows = [
        (
            class_text(one.service_class, t),
            short_span(one.median_s, t),
            short_span(one.worst_s, t),
            *(share_text(older, t) for older in one.older),
            share_text(one.never, t),
        )
        for one in view.ages
    ]
    widths = (2.2, 1.4, 1.1, *(1.1 for _ in view.age_steps_h), 1.3)
    return table(heads, rows, widths)


def fairness_table(view: CouncilView, t: Translator) -> Block | None:
    """Return how evenly classes and districts were served; `None` where nothing can be compared."""
    fair = view.fairness
    if fair is None:
        return None
    people = any(one.cleared_m_per_1000 is not None for one in fair.groups)
    heads = [
        t("Part of the city"),
        t("Lane-km"),
        t("Time within the rule"),
        t("Worst served tenth"),
        t("Gini coefficient"),
        t("Not asked for: time within the rule"),
    ]
    heads += [t("Lane-km cleared for 1000 inhabitants")] * people
    city = _evenness(t("Whole city"), fair.city, fair.unasked, t)
    rows: list[Row] = [(*city, "") if people else city]
    more = 0
    for kind, title in _kinds(t):
        groups = [one for one in fair.groups if one.kind == kind]
        if not groups or (len(groups) == 1 and groups[0].name == "unknown"):
            continue
        rows.append((title,))
        rows += [_group(one, t, people=people) for one in groups[:MOST_PARTS]]
        more += max(0, len(groups) - MOST_PARTS)
    widths = (2.6, 1.0, 1.2, 1.2, 1.1, 1.5, *((1.5,) if people else ()))
    return table(heads, rows, widths, note=rest_text(more, t))


def storms_table(view: CouncilView, t: Translator) -> Block | None:
    """Return this storm beside the ones before it; `None` where it is the first one."""
    if len(view.storm_rows) < 2:
        return None
    heads = (
        t("Storm"),
        t("Within target"),
        t("Late, lane-km"),
        t("Worst served tenth"),
        t("Gini coefficient"),
        t("Requests"),
        t("Answered in time"),
        t("Median after"),
        t("90th percentile after"),
    )
    rows = [_storm(one, t) for one in view.storm_rows]
    return table(heads, rows, (2.6, 1.2, 1.1, 1.2, 1.1, 1.2, 1.3, 1.1, 1.3))


def late_streets(view: CouncilView, t: Translator) -> Block | None:
    """Return the worst streets of the city; `None` where none is late."""
    streets = view.attention.streets if view.attention else ()
    if not streets:
        return None
    heads = (
        t("Street"),
        t("District"),
        t("Class"),
        t("Late for"),
        t("Late, lane-km"),
        t("Its latest part last cleared"),
    )
    rows = [_late_street(one, t, ended=over(view)) for one in streets[:MOST_STREETS]]
    return table(heads, rows, (2.4, 1.6, 1.4, 1.0, 1.0, 2.3), texts=3)


def critical_sites(view: CouncilView, t: Translator) -> Block | None:
    """Return the places that every storm is judged by; `None` where the file names none."""
    sites = view.attention.sites if view.attention else ()
    if not sites:
        return None
    heads = (t("Place"), t("Street"), t("District"), t("Rule"), t("Last cleared"))
    rows = [_site(one, t, ended=over(view)) for one in sites[:MOST_STREETS]]
    return table(heads, rows, (2.3, 2.0, 1.4, 1.5, 2.2), texts=4)


def site_counts(view: CouncilView, t: Translator) -> list[str]:
    """Return how many places of each kind are reached by a street within its rule."""
    sums: dict[str, tuple[int, int]] = {}
    for one in view.attention.counts if view.attention else ():
        sites, late = sums.get(one.kind, (0, 0))
        sums[one.kind] = sites + one.sites, late + one.late
    of = "{reached} of {sites}"
    return [
        f"{t.named('place', kind)}: {t(of, reached=sites - late, sites=sites)}"
        for kind, (sites, late) in sums.items()
    ]


def bus_lines(view: CouncilView, t: Translator) -> list[str]:
    """Return how much of the city's bus streets is late; nothing where no bus drives."""
    found = view.attention.bus if view.attention else ()
    one = next((each for each in found if each.district is None), None)
    if one is None:
        return []
    late, whole = kilometres(one.late_m, t), kilometres(one.lane_m, t)
    words = BUSES_AT_END if over(view) else BUSES_SO_FAR
    return [t(words[one.late_m > 0], late=late, whole=whole)]


def restated_list(restated: Iterable[RestatementView], t: Translator) -> Block:
    """Return which changes of the rules restated figures: from, to, why."""
    causes = {
        "snowfall": t("snowfall entries were changed"),
        "levels": t("levels of service were changed"),
    }
    words = (
        "{date} at {time}, {cause}: late {late_before} → {late_after}, "
        "within target {before} → {after}."
    )
    return listing(
        t(
            words,
            date=t.date(one.at),
            time=t.time(one.at),
            cause=causes[one.cause],
            late_before=kilometres(one.late_before_m, t),
            late_after=kilometres(one.late_after_m, t),
            before=share_text(one.within_before, t),
            after=share_text(one.within_after, t),
        )
        for one in restated
    )


def revisions_table(view: CouncilView, t: Translator) -> Block:
    """Return what was corrected of the storm later."""
    heads = (
        t("Number"),
        t("When"),
        t("Why"),
        t("Streets"),
        t("More passes, lane-km"),
        t("Fewer passes, lane-km"),
    )
    rows = [
        (
            t.number(one.number),
            t.day_time(one.made_at),
            t.named("revision", one.cause),
            t.number(one.streets),
            in_kilometres(one.gained_m, t),
            in_kilometres(one.lost_m, t),
        )
        for one in view.revisions[-MOST_STREETS:]
    ]
    return table(heads, rows, (0.8, 1.6, 2.4, 1.0, 1.3, 1.3), texts=3)


def rules_table(view: CouncilView, t: Translator) -> Block:
    """Return the rules in force: until when streets and requests are in time."""
    heads = (t("Class"), t("Rule of this storm"), t("Requests answered within"))
    rows = [
        (
            class_text(one.service_class, t),
            rule_of(view, one.service_class, t),
            short_span(one.deadline_s, t),
        )
        for one in view.promises
    ]
    return table(heads, rows, (1.4, 4.0, 1.4), texts=2)


def _figures(name: str, part: PartView, t: Translator) -> Row:
    now, earlier = part.now, part.earlier
    if now.lane_m <= 0:
        return (name, t("on request"), *("",) * 5, *_answers(now, t))
    change = share_change(now.within, earlier.within if earlier else None, t)
    return (
        name,
        *(in_kilometres(each, t) for each in (now.lane_m, now.clear_m, now.waiting_m, now.late_m)),
        within_target(now, t),
        Ltr(change) if change[:1] in {"+", "−"} else change,
        *_answers(now, t),
    )


def _answers(now: ResponseView, t: Translator) -> Row:
    return (
        t.number(now.asked),
        share_text(now.answered_within, t) if now.asked else "",
        short_span(now.median_s, t) if now.answered else "",
        short_span(now.p90_s, t) if now.answered else "",
    )


def _storm(one: StormRowView, t: Translator) -> Row:
    return (
        f"{t.name_here(one.storm.name)} · {t.short_day(one.storm.started_at)}",
        within_target(one.now, t),
        in_kilometres(one.now.late_m, t),
        "" if one.worst is None else share_text(one.worst, t),
        "" if one.gini is None else exact(one.gini, 2, t),
        *_answers(one.now, t),
    )


def _late_street(one: LateStreetView, t: Translator, *, ended: bool) -> Row:
    return (
        called(one.names, t),
        district_text(one.district, t),
        class_text(one.service_class, t),
        short_span(one.late_s, t),
        in_kilometres(one.lane_m, t),
        _cleared(one.age_s, t, never=one.never, ended=ended),
    )


def _site(one: SiteView, t: Translator, *, ended: bool) -> Row:
    name = called(one.names, t) if one.names else t.named("place", one.kind)
    street, district = called(one.street_names, t), district_text(one.district, t)
    if one.late_s is None or one.age_s is None:
        return name, street, district, t("on request"), ""
    late = t("late for {span}", span=short_span(one.late_s, t))
    state = late if one.late_s > 0 else t("within its rule")
    return name, street, district, state, _cleared(one.age_s, t, never=bool(one.never), ended=ended)


def _cleared(age_s: float, t: Translator, *, never: bool, ended: bool) -> str:
    if never:
        return t("not in this storm")
    span = short_span(age_s, t)
    return t("{span} before the end", span=span) if ended else t("{span} ago", span=span)


def _kinds(t: Translator) -> tuple[tuple[str, str], ...]:
    return (
        ("district", t("Districts")),
        ("class", t("Classes")),
        ("width", t("Width of the street")),
        ("slope", t("Slope")),
    )


def _group(one: FairnessGroupView, t: Translator, *, people: bool) -> Row:
    row = _evenness(_group_name(one, t), one.whole, one.unasked, t)
    if not people:
        return row
    each = one.cleared_m_per_1000
    return (*row, "" if each is None else in_kilometres(each, t))


def _evenness(name: str, one: EvennessView, unasked: EvennessView | None, t: Translator) -> Row:
    return (
        f"{name} ({t('few streets')})" if one.small else name,
        in_kilometres(one.lane_m, t),
        share_text(one.mean, t),
        share_text(one.worst, t),
        exact(one.gini, 2, t),
        share_text(unasked.mean, t) if unasked else "",
    )


def _group_name(one: FairnessGroupView, t: Translator) -> str:
    if one.kind == "district":
        return district_text(one.name, t)
    return class_text(one.name, t) if one.kind == "class" else _band(one, t)


def _band(one: FairnessGroupView, t: Translator) -> str:
    """Return a band of widths or slopes, as "5-8", "-5" or "12-", in words."""
    if one.name == "unknown":
        return t("not measured")
    unit = "m" if one.kind == "width" else "%"
    low, high = (t.number(float(end)) if end else "" for end in one.name.split("-"))
    if not low:
        return t(f"under {{high}} {unit}", high=high)
    if not high:
        return t(f"{{low}} {unit} and more", low=low)
    return t(f"{{low}} to under {{high}} {unit}", low=low, high=high)
