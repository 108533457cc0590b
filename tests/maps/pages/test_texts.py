"""Every text that a page shows is in both catalogs, and no page has a text of its own."""

import ast
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from api.web.errors import EXPECTED, STATUS
from data.errors import ConflictError
from data.geocode import Reason
from data.languages import languages
from data.model import (
    AgencyKind,
    AlertKind,
    CallbackReason,
    CallOutcome,
    ClosingReason,
    Danger,
    DeclineReason,
    EditKind,
    EvidenceKind,
    LegKind,
    LevelReason,
    OrderKind,
    OutReason,
    PlanState,
    ReferralState,
    ReferralWay,
    RequestKind,
    RequestState,
    RevisionCause,
    RoadClass,
    SensorKind,
    ShiftState,
    Side,
    SnowSource,
    SpeedUnit,
    Stage,
    StormPhase,
    Treatment,
)
from data.model.periods import PeriodKind
from data.model.work import SkipReason
from data.osm.tags import _POINTS_OF_INTEREST, _WORSHIP
from data.policy.override_file import COLUMNS
from fleet.accounts.accounts import LOGIN_LETTERS
from fleet.edits.draft import NOT_GIVEN
from fleet.followup.referrals import ANSWERS
from fleet.logbook.trips import Doing
from fleet.logbook.vehicle_days import Known
from fleet.replanning.machine_lacks import MachineLack
from fleet.replay.timeline_events import Moment
from fleet.requests.call_answer import Outlook
from fleet.requests.placing import PIN_M
from fleet.requests.sla_clocks import ClockStep
from fleet.routes.plan_vs_actual import LegState
from fleet.routes.truck_states import TruckState
from fleet.shifts.roster import ConflictKind
from fleet.shifts.route_answers import RouteAnswerState
from fleet.storms.snowfall import VERBS as SNOW_CHANGED
from fleet.storms.storm_policy import CHANGED as POLICY_CHANGED
from maps.edits import HARD_RULES
from maps.followup.callbacks import TOLD
from maps.followup.office_report import CLOCK_COLUMNS, REPORT_COLUMNS
from maps.followup.waiting_requests import WaitingFilter
from maps.logbook.duty_tables import CHECK_HEADS, SHIFT_HEADS
from maps.logbook.vehicle_days import DAYS_HEADS, LOG_HEADS, TRIP_HEADS, Table
from maps.logbook.vehicle_tables import DAYS_COLUMNS, LOG_COLUMNS
from maps.logbook.vehicle_words import MATERIALS
from maps.pages.error_texts import MESSAGES, message_of
from maps.pages.i18n import catalog, translator
from maps.pages.menu import PAGES, PAGES_OF_TRAINING
from maps.pages.style import STATES
from maps.planning.plan_comparison import FIGURES
from maps.public.open_index import Feed
from maps.reports.coverage_table import FACTS, LEVEL_COLUMNS, STREET_COLUMNS, WAYS
from maps.requests.open311_services import questions
from maps.requests.request_table import QUEUE_COLUMNS
from maps.routes.plan_vs_actual import CHECK_COLUMNS
from maps.tracking import FAULTS
from routing.problem.problem import Reason as UnservedReason
from tests.maps.pages.crew_texts import CREW_TEXTS
from tests.maps.pages.source_calls import calls_in

ROOT = Path(__file__).parents[3]
TEMPLATES = sorted((ROOT / "maps/templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "maps/static/js").rglob("*.js"))
PYTHON = sorted(
    path
    for layer in ("maps", "api")
    for path in (ROOT / layer).rglob("*.py")
    if "node_modules" not in path.parts
)

RAISING = sorted(
    path for layer in ("data", "fleet", "api") for path in (ROOT / layer).rglob("*.py")
)

# t("…"), t('…'), t.plural("…"); the whole literal, so that a text with a quote inside is not cut.
CALL = re.compile(
    r"""\bt(?:\.t|\.plural)?\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\s*[,)]"""
)
LETTERS = re.compile(r"[^\W\d_]{2,}")


@cache
def _conflicts() -> list[ast.Call]:
    """Return every ConflictError(…) that is written in the code."""
    return [call for path in RAISING for _, call in calls_in(path, "ConflictError")]


def _reasons() -> set[str]:
    return {
        ast.literal_eval(word.value)
        for call in _conflicts()
        for word in call.keywords
        if word.arg == "reason"
    }


def _needs() -> set[str]:
    """Return what readers of files say that they expected."""
    first, last = ("Need", "needed"), ("FieldMistake", "Mistake")
    named = [each for path in RAISING for each in calls_in(path, *first, *last)]
    texts = [call.args[0 if name in first else -1] for name, call in named]
    return {text.value for text in texts if isinstance(text, ast.Constant)}


def _asked() -> set[str]:
    """Return what the questions of Open311's services say."""
    asked = [each for kind in RequestKind for each in questions(kind)]
    options = [name for each in asked for _, name in each.options]
    return {each.text for each in asked} | {each.hint for each in asked if each.hint} | {*options}


SHOWN_NAMES = {
    *(f"state:{state.name}" for state in STATES),
    *(f"kind:{kind}" for kind in RequestKind),
    *(f"service:{kind}" for kind in RequestKind),
    *(f"keywords:{kind}" for kind in RequestKind),
    *_asked(),
    *(f"danger:{danger}" for danger in Danger),
    *(f"closing:{reason}" for reason in ClosingReason),
    *CREW_TEXTS,
    *(f"filter:{each}" for each in WaitingFilter),
    *(f"none:{each}" for each in WaitingFilter),
    *(f"next:{step}" for step in ClockStep),
    *(f"step:{step}" for step in ("received", "placed", "planned", "done", "closed", "told")),
    *(f"report:{span}" for span in PeriodKind),
    *(f"part:{part}" for part in ("class", "district", "district_class", "kind")),
    *(f"column:{name}" for name in (*REPORT_COLUMNS, *CLOCK_COLUMNS)),
    *(f"alert:{kind}" for kind in AlertKind),
    *(f"leg:{state}" for state in LegState),
    *(f"leg_kind:{kind}" for kind in LegKind),
    *(f"column:{name}" for name in CHECK_COLUMNS),
    *(f"alert_kind:{kind}" for kind in AlertKind),
    *(f"machine_lack:{lack}" for lack in MachineLack),
    *(f"out:{reason}" for reason in (*OutReason, "unknown")),
    *(f"{kind}:{clash}" for kind in ("clash", "misfit") for clash in ConflictKind),
    "misfit:driver_rest:one_machine",
    *(f"decline:{reason}" for reason in DeclineReason),
    *(f"route_answer:{state}" for state in RouteAnswerState if state is not RouteAnswerState.NONE),
    *(f"road:{road}" for road in RoadClass),
    *(f"reason:{reason}" for reason in LevelReason),
    *(f"head:{column}" for column in (*COLUMNS, "geometry")),
    *(f"evidence:{kind}" for kind in EvidenceKind),
    *(f"revision:{cause}" for cause in RevisionCause),
    *(f"truck:{state}" for state in TruckState),
    *(f"place:{kind}" for kind in ("address", "coordinates", "crossing", "district", "street")),
    *(f"place:{kind}" for kind in (*_POINTS_OF_INTEREST.values(), *_WORSHIP.values())),
    *(f"language:{language}" for language in languages()),
    *(f"because:{reason}" for reason in LevelReason),
    *(f"column:{name}" for name in ("id", "name", *STREET_COLUMNS, *LEVEL_COLUMNS)),
    *(f"column:{fact}_{way}" for way in WAYS.values() for fact in FACTS),
    *(f"error:{code}" for code in STATUS if code != "conflict"),
    *(f"conflict:{reason}" for reason in _reasons()),
    *_needs(),
    *(f"stage:{stage}" for stage in Stage),
    *(f"agency:{kind}" for kind in AgencyKind),
    *(f"referral:{state}" for state in ReferralState),
    *(f"answer:{state}" for state in ANSWERS),
    *(f"way:{way}" for way in ReferralWay),
    *(f"news:{news}" for news in CallbackReason),
    *(f"call:{outcome}" for outcome in CallOutcome),
    *(f"tell:{reason}" for reason in TOLD),
    *(f"request head:{column}" for column in QUEUE_COLUMNS),
    *(f"field:{name}" for name in ("number", "language", "contact", "email", "address")),
    *(f"request:{state}" for state in RequestState),
    *(f"title:{status}" for status in (*STATUS.values(), 404, 405, 500)),
    *(f"fault:{reason}" for reason in FAULTS),
    *(f"speed_unit:{unit}" for unit in SpeedUnit),
    *(f"equipment:{each}" for each in SensorKind),
    *(page.name for page in (*PAGES, *PAGES_OF_TRAINING)),
    *(f"plan:{state}" for state in PlanState),
    *(f"{kind}:{phase}" for kind in ("phase", "go") for phase in StormPhase),
    *(f"snow:{source}" for source in SnowSource),
    *(f"change:{verb}" for verb in (*SNOW_CHANGED, POLICY_CHANGED)),
    *(f"head:{column}" for column in ("time", "cm")),
    *(label for _, label, *_ in FIGURES),
    *(f"unserved:{reason}" for reason in get_args(UnservedReason)),
    *(
        f"{what}:{why}"
        for what in ("proof", "proofs")
        for why in ("late", *get_args(UnservedReason))
    ),
    "proof:work",
    "proof:work_never",
    "proof:distance",
    "proof:distance_never",
    "proof:material_never",
    "run:stopped",
    "run:worker_died",
    *(f"broken:{rule}" for rule in HARD_RULES),
    *(f"edit:{kind}" for kind in (*EditKind, "lock_route", "unlock_route")),
    *(f"order:{kind}" for kind in (*OrderKind, "lock_route")),
    *(f"treatment:{treatment}" for treatment in Treatment),
    f"unserved:{NOT_GIVEN}",
    *(f"skip:{reason}" for reason in SkipReason),
    *(f"outlook:{outlook}" for outlook in Outlook),
    *(f"feed:{feed}" for feed in Feed),
    *(f"why:{reason}" for reason in Reason),
    *(f"side:{side}" for side in Side),
    *(f"shift:{state}" for state in ShiftState),
    *(f"moment:{kind}" for kind in Moment if kind not in (Moment.FIRST_CLEAR, Moment.ALL_CLEARED)),
    *(f"doing:{doing}" for doing in Doing),
    *(f"known:{way}" for way in Known),
    *(f"list:{table}" for table in Table),
    *(f"material:{name}" for name in MATERIALS),
    *(f"column:{name}" for name in (*DAYS_COLUMNS, *LOG_COLUMNS)),
    *(each for heads in (DAYS_HEADS, LOG_HEADS, TRIP_HEADS) for each in heads),
    *(each for heads in (SHIFT_HEADS, CHECK_HEADS) for each in heads),
    *EXPECTED.values(),
    *MESSAGES.values(),
    f"a place within {PIN_M:.0f} m of a street",
    f"1 to {LOGIN_LETTERS} characters without a space",
}
"""Texts that code puts together from names of ours."""


def _called(text: str) -> set[str]:
    return {double or single for double, single in CALL.findall(text)}


def _called_in_python(path: Path) -> set[str]:
    return {
        call.args[0].value
        for _, call in calls_in(path, "t", "plural")
        if call.args and isinstance(call.args[0], ast.Constant)
    }


@cache
def _used() -> set[str]:
    pages = {text for path in (*TEMPLATES, *SCRIPTS) for text in _called(path.read_text("utf-8"))}
    code = {text for path in PYTHON for text in _called_in_python(path)}
    return pages | code | SHOWN_NAMES


def _template_texts(html: str) -> str:
    bare = re.sub(r"\{% block page %\}.*?\{% endblock %\}", "", html)  # a CSS class
    bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->", "", bare, flags=re.DOTALL)
    bare = re.sub(r"<script.*?</script>", "", bare, flags=re.DOTALL)
    spoken = re.findall(r'\b(?:title|alt|placeholder|aria-label)="([^"]*)"', bare)
    return " ".join([*spoken, *re.sub(r"<[^>]*>", " ", bare).split()])


def _html_literals(script: str) -> list[str]:
    """Return the markup of each html`…`, without what stands in ${…}."""
    found, at = [], 0
    while (at := script.find("html`", at)) >= 0:
        at += len("html`")
        literal = []
        while script[at] != "`":
            if script.startswith("${", at):
                at = _after_expression(script, at + 2)
                literal.append("0")
            else:
                literal.append(script[at])
                at += 1
        found.append("".join(literal))
    return found


def _after_expression(script: str, at: int) -> int:
    depth = 1
    while depth:
        if script[at] == "`":
            at = _after_literal(script, at + 1)
            continue
        depth += {"{": 1, "}": -1}.get(script[at], 0)
        at += 1
    return at


def _after_literal(script: str, at: int) -> int:
    while script[at] != "`":
        at = _after_expression(script, at + 2) if script.startswith("${", at) else at + 1
    return at + 1


def test_there_are_pages_to_look_at():
    assert len(TEMPLATES) >= 5
    assert len(SCRIPTS) >= 15
    assert len(_used()) > 150


@pytest.mark.parametrize("language", languages())
def test_every_text_that_is_used_is_in_the_catalog(language: str):
    missing = _used() - catalog(language).keys()

    assert not missing


def test_every_conflict_fills_what_its_text_leaves_open():
    for call in _conflicts():
        given = {word.arg: word.value for word in call.keywords}
        text = str(catalog("en")[f"conflict:{ast.literal_eval(given['reason'])}"])

        assert set(re.findall(r"\{(\w+)\}", text)) <= given.keys()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Request B-0001 cannot be changed like this: “On the work list”."),
        ("fa", "درخواست \u2068B-0001\u2069 چنین تغییری نمی‌پذیرد: «در فهرست کار»."),
    ],
)
def test_a_conflict_says_what_stands_in_the_way_in_every_language(language: str, said: str):
    stale = ConflictError("", reason="request_state", reference="B-0001", state="open")

    assert message_of(stale, translator(language)) == said


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_a_text_of_its_own(path: Path):
    assert LETTERS.findall(_template_texts(path.read_text("utf-8"))) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_script_has_a_text_of_its_own(path: Path):
    literals = " ".join(_html_literals(path.read_text("utf-8")))
    spoken = re.findall(r'\b(?:title|alt|placeholder|aria-label)="([^"]*)"', literals)

    assert LETTERS.findall(" ".join([*spoken, re.sub(r"<[^>]*>", " ", literals)])) == []


def test_a_hard_coded_text_would_be_found():
    assert LETTERS.findall(_template_texts('<p title="{{ t("Map") }}">Plan</p>')) == ["Plan"]
    assert _html_literals('html`<b class="x">${a ? html`<i>Hi</i>` : ""} Stop</b>`')[0].endswith(
        " Stop</b>"
    )


def test_numbers_times_and_days_follow_language_and_city():
    moment = datetime(2026, 12, 25, 1, 0, tzinfo=UTC)
    persian, english = translator("fa", "Asia/Tehran"), translator("en", "Asia/Tehran")

    assert persian.number(1234.5, 1) == "۱٬۲۳۴٫۵"
    assert english.number(1234.5, 1) == "1,234.5"
    assert persian.time(moment) == "۰۴:۳۰"
    assert persian.date(moment) == "جمعه ۴ دی ۱۴۰۵"
    assert english.date(moment) == "Friday 25 December 2026"


def test_values_are_shown_in_the_language_of_the_text():
    assert translator("fa").t("{count} min", count=47) == "۴۷ دقیقه"
    assert translator("en").plural("{count} days", 1) == "1 day"
    assert translator("en").plural("{count} days", 3) == "3 days"


def test_an_unknown_language_gets_the_first_one():
    assert translator("xx").language == "fa"
    assert translator("xx").direction == "rtl"
    assert translator("en").direction == "ltr"


@pytest.mark.parametrize(
    ("msgid", "values", "one", "more"),
    [
        ("conflict:depot_used", {"name": "North"}, "1 machine starts", "2 machines start"),
        ("conflict:plan_drops_jobs", {}, "take 1 job off", "take 2 jobs off"),
        ("{count} segments, {km} km", {"km": "3"}, "1 segment,", "2 segments,"),
        ("{count} columns", {}, "1 column", "2 columns"),
        ("alert:clock:ahead", {"off": "5 min"}, "1 tracker.", "2 trackers."),
    ],
)
def test_one_of_a_thing_is_not_said_as_many(msgid, values, one, more):
    t = translator("en")

    assert one in t(msgid, count=1, **values)
    assert more in t(msgid, count=2, **values)
