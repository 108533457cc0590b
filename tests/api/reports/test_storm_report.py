"""The printed report has the figures of the council's page, in every language."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from api.cli.storms.report import report
from api.processes.printing.council_figures import FiguresSubject
from api.processes.printing.printed_report import (
    ReportSources,
    ReportWish,
    printed_map,
    printed_report,
)
from data.languages import languages
from data.model import StormId
from maps.pages.i18n import translator
from maps.pages.pdf import report_pdf
from maps.pages.tables import exact
from maps.reports.council_money import MoneyView, SideCostView
from maps.reports.paper.costs import costs_blocks
from maps.reports.paper.words import in_kilometres, share_text, short_span
from tests.api.lived_in_city import run
from tests.api.reports.test_council import end, plow, start
from tests.api.routes.test_route_sheets import pages
from tests.files_of_runs import make_file
from tests.page_scripts import told_by
from tests.village import MAIN_WEST, MILL, NOW, ROSE

HOUR = timedelta(hours=1)


@pytest.fixture
def two_storms(client, sign_in, clock, app):
    """One storm that has ended, and one of nine hours with a request, proof and late streets."""
    end(client, sign_in, clock, start(client, sign_in, clock, NOW - 20 * HOUR), NOW - 10 * HOUR)
    start(client, sign_in, clock, NOW, "Second snow")
    client.post("/api/requests", json={"segment_id": ROSE, "kind": "plow"})
    plow(app, NOW + HOUR, MAIN_WEST)
    plow(app, NOW + 8 * HOUR, MILL)
    clock.moment = NOW + 9 * HOUR


def printed(app, clock, language, *, brief=False, subject=None):
    wish = ReportWish(subject or FiguresSubject(), language, brief)
    return printed_report(ReportSources(app.engine, clock), wish)


def rows_of(printed_pages):
    """Return every row of a report's tables as texts."""
    tables = (one for one in blocks_of(printed_pages["blocks"]) if one["kind"] == "table")
    return [
        tuple(cell["ltr"] if isinstance(cell, dict) else cell for cell in row)
        for table in tables
        for row in table["rows"]
    ]


def blocks_of(blocks):
    for one in blocks:
        yield from blocks_of(one["blocks"]) if one["kind"] == "together" else [one]


def answers(now, t):
    return (
        t.number(now["asked"]),
        share_text(now["answered_within"], t) if now["asked"] else "",
        short_span(now["median_s"], t) if now["answered"] else "",
        short_span(now["p90_s"], t) if now["answered"] else "",
    )


def evenness(one, t):
    return (
        in_kilometres(one["lane_m"], t),
        share_text(one["mean"], t),
        share_text(one["worst"], t),
        exact(one["gini"], 2, t),
    )


@pytest.mark.parametrize("language", languages())
def test_every_figure_of_the_page_stands_in_the_report(client, app, clock, two_storms, language):
    view, t = client.get("/api/council").json(), translator(language, app.city.timezone)
    rows = rows_of(printed(app, clock, language))
    for part in (view["city"], *view["classes"], *view["districts"]):
        now = part["now"]
        if now["lane_m"]:
            metres = (now["lane_m"], now["clear_m"], now["waiting_m"], now["late_m"])
            lanes = [in_kilometres(each, t) for each in metres]
            none_due = now["waiting_m"] == now["lane_m"]
            within = t("nothing due yet") if none_due else share_text(now["within"], t)
            assert any(row[1:6] == (*lanes, within) for row in rows)
        assert any(row[-4:] == answers(now, t) for row in rows)
    for one in view["ages"]:
        shares = [share_text(each, t) for each in (*one["older"], one["never"])]
        spans = short_span(one["median_s"], t), short_span(one["worst_s"], t)
        assert any(row[1:] == (*spans, *shares) for row in rows)
    for one in (view["fairness"]["city"], *(each["whole"] for each in view["fairness"]["groups"])):
        assert any(row[1:5] == evenness(one, t) for row in rows)
    for one in view["storm_rows"]:
        assert any(len(row) == 9 and row[-4:] == answers(one["now"], t) for row in rows)
    for one in view["attention"]["streets"][:10]:
        late = short_span(one["late_s"], t), in_kilometres(one["lane_m"], t)
        assert any(row[3:5] == late for row in rows)
    assert view["attention"]["streets"]
    assert len(view["storm_rows"]) == 2


def test_of_a_storm_that_is_over_nothing_is_said_as_if_it_went_on(
    client, app, clock, sign_in, two_storms
):
    subject = FiguresSubject(storm=StormId(2))

    def said():
        return str([*blocks_of(printed(app, clock, "en", subject=subject)["blocks"])])

    so_far = (
        "Streets that are late now",
        "are not cleared yet",
        " h ago'",
        "lanes that buses use are",
    )
    assert so_far[0] in said()
    end(client, sign_in, clock, StormId(2), NOW + 9 * HOUR)
    over = said()
    assert not [words for words in so_far if words in over]
    assert "Streets that were late at the end of the storm" in over
    assert "At the end of the storm, of" in over


def test_own_and_hired_machines_stand_side_by_side_without_names():
    own, hired, total = a_side(3, 40.0), a_side(0, 0.0), a_side(3, 40.0)
    money = MoneyView("IRR", own, hired, total, 0.0, 0.0, open_hires=0, doubtful_hires=0)
    rows = rows_of({"blocks": costs_blocks(money, translator("en"))})
    assert ("Machines", "3", "", "3") in rows
    assert ("Paid hours", "40", "", "40") in rows
    assert ("km at work", "80.0", "", "80.0") in rows
    assert ("Material, t", "1.5 (estimated)", "", "1.5 (estimated)") in rows
    assert ("Together, IRR", "4,000", "", "4,000") in rows


def a_side(machines: int, hours: float) -> SideCostView:
    return SideCostView(
        machines=machines,
        paid_h=hours,
        work_h=hours / 2,
        work_m=hours * 2000,
        material_kg=1500.0,
        assumed_kg=100.0,
        machines_cost=hours * 90,
        material_cost=hours * 10,
        cost=hours * 100,
        cleared_m=hours * 3000,
        cost_per_km=33.0,
    )


def test_figures_are_written_as_the_page_writes_them():
    t = translator("en")
    said = told_by(
        """
        const { share, inKilometres, shareChange } = await load("reports/words.js");
        const { exact } = await load("pages/texts.js");
        const metres = [0, 50, 250, 12250, 1234567, 449.99];
        return [metres.map(inKilometres), [0.015, 0.125, 0.995].map((one) => exact(one, 2))];
        """
    )
    metres = (0.0, 50.0, 250.0, 12250.0, 1234567.0, 449.99)
    assert said[0] == [in_kilometres(one, t) for one in metres]
    assert said[1] == [exact(one, 2, t) for one in (0.015, 0.125, 0.995)]


def test_a_council_member_gets_the_report_from_a_worker_and_no_route_sheets(
    client, app, clock, sign_in, two_storms
):
    sign_in("council")
    asked = client.get("/council/report.pdf?wait_s=0&lang=fa")
    assert asked.status_code == 202
    make_file(app, clock)
    whole = client.get(asked.headers["location"])
    assert whole.headers["content-disposition"] == 'inline; filename="storm-2-report-fa.pdf"'
    assert 4 <= pages(whole.content) <= 8
    sign_in("driver")
    assert client.get(asked.headers["location"]).status_code == 403
    assert client.get("/council/report.pdf").status_code == 403


@pytest.mark.parametrize("language", languages())
def test_a_council_member_takes_the_map_home_as_one_picture(
    client, app, clock, sign_in, two_storms, language
):
    sign_in("council")
    asked = client.get(f"/council/coverage.png?storm=1&wait_s=0&lang={language}")
    make_file(app, clock)
    drawn = client.get(asked.headers["location"])
    assert drawn.headers["content-type"] == "image/png"
    assert f'filename="storm-1-map-{language}.png"' in drawn.headers["content-disposition"]
    with Image.open(io.BytesIO(drawn.content)) as picture:
        assert picture.width > 2_000
        assert len({color for _, color in picture.convert("RGB").getcolors(10**6)}) > 20


def test_the_picture_of_a_map_says_storm_time_states_and_whose_streets_they_are(
    app, clock, two_storms
):
    said = printed_map(ReportSources(app.engine, clock), StormId(2), "fa")
    t = translator("fa", app.city.timezone)
    assert (said["storm"], said["rtl"]) == ("Second snow", True)
    assert t.time(clock.moment) in said["lines"][0]
    (block,) = said["blocks"]
    assert (block["note"], said["title"]) == (app.city.attribution, t("Streets by state now"))
    assert {word for _, word in block["keys"]} >= {t("state:overdue")}


def test_a_brief_is_one_page_with_five_figures_and_what_to_decide(app, clock, two_storms):
    brief = printed(app, clock, "az", brief=True)
    kinds = [one["kind"] for one in brief["blocks"]]
    assert kinds == ["figures", "picture", "list", "heading", "list"]
    figures, _, said, _, questions = brief["blocks"]
    assert (len(figures["figures"]), len(said["lines"])) == (5, 3)
    assert 1 <= len(questions["lines"]) <= 3
    assert pages(report_pdf(brief)) == 1


def test_the_command_writes_the_file_of_a_storm_that_there_is(
    only_city, client, two_storms, tmp_path
):
    out = tmp_path / "report.pdf"
    run(report, "--storm", 9, "--language", "fa", "--out", out)
    assert not out.exists()
    run(report, "--storm", 1, "--language", "fa", "--out", out, "--brief")
    assert pages(out.read_bytes()) == 1
