"""A forecast of snow becomes a storm, an alert, and where the policy says so its beginning."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from data.model import Actor, ActorKind, JobState, SnowSource, StormPhase
from data.model.storm_conditions import ForecastHour, ForecastSource, RoadState, RoadWeather
from data.policy.alert_rules import ForecastRules
from data.store.audit.audit_log import list_events
from data.store.database.engine import Tx
from data.store.shifts.shifts import list_shifts
from data.store.storms.cycles import last_cycles
from data.store.storms.storm_conditions import list_moves
from data.store.storms.storms import get_storm, list_all_storms
from data.store.weather import add_road_weather, list_road_weather
from data.store.work import list_jobs
from data.weather.forecast_file import FileForecast
from fleet.context import CityContext
from fleet.coverage.snow_accumulation import accumulation_of
from fleet.requests.sla_clocks import deadline_rules
from fleet.storms.snowfall import Fallen, add_snow
from fleet.storms.storm_phases import move_storm
from fleet.weather.forecast_intake import enter_forecast, take_forecast, take_road_weather
from fleet.weather.forecast_storms import follow_forecast
from tests import village as v
from tests.village_database import DISPATCHER, POLICY

HOUR = timedelta(hours=1)
BEGINNING = replace(POLICY, forecast=ForecastRules(begins=True))


def snow(tx: Tx, first_h: int, cm_an_hour: float = 2.0, now=v.NOW) -> None:
    """A forecast of five hours of snow that begins in so many hours."""
    hours = [ForecastHour(now + (first_h + each) * HOUR, cm_an_hour * 10) for each in range(5)]
    enter_forecast(tx, DISPATCHER, hours, now)


def followed(tx: Tx, hours: float = 0, policy=POLICY):
    return follow_forecast(CityContext(tx, v.village(), policy, v.NOW + hours * HOUR))


def test_enough_snow_ahead_makes_one_storm_which_is_on_alert_six_hours_before(tx: Tx) -> None:
    snow(tx, 9)
    made = followed(tx)
    assert made is not None
    assert (made.phase, made.started_at) == (StormPhase.FORECAST, v.NOW + 9 * HOUR)
    assert followed(tx) is None
    warned = followed(tx, 3)
    assert warned is not None
    assert (warned.id, warned.phase) == (made.id, StormPhase.ALERT)
    assert followed(tx, 4) is None
    assert followed(tx, 9) is None
    assert [storm.id for storm in list_all_storms(tx)] == [made.id]
    assert [move.moved_by for move in list_moves(tx, made.id)] == ["forecast", "forecast"]


@pytest.mark.parametrize(
    ("first_h", "cm_an_hour", "age_h"), [(9, 0.2, 0), (13, 5.0, 0), (14, 5.0, 12)]
)
def test_little_snow_late_snow_and_an_old_forecast_make_none(
    tx: Tx, first_h: int, cm_an_hour: float, age_h: int
) -> None:
    snow(tx, first_h, cm_an_hour)
    assert followed(tx, age_h) is None
    assert list_all_storms(tx) == []


def test_a_storm_that_was_called_off_is_not_made_again_for_the_same_snow(tx: Tx) -> None:
    snow(tx, 9)
    made = followed(tx)
    assert made is not None
    off = StormPhase.CALLED_OFF
    move_storm(tx, DISPATCHER, made.id, made.phase, off, v.village(), v.NOW)
    assert followed(tx, 1) is None
    snow(tx, 10, now=v.NOW + HOUR)
    assert followed(tx, 1) is None
    later = v.NOW + 20 * HOUR
    snow(tx, 6, now=later)
    assert followed(tx, 20) is not None


def test_snow_that_was_called_off_makes_no_storm_however_long_it_falls(tx: Tx) -> None:
    snow(tx, 9)
    made = followed(tx)
    assert made is not None
    off = StormPhase.CALLED_OFF
    move_storm(tx, DISPATCHER, made.id, made.phase, off, v.village(), v.NOW)
    for hours in range(4, 40, 4):  # until 44 h, with a pause of four hours after each five
        first_h = 0 if hours % 8 == 0 else 5
        snow(tx, first_h, now=v.NOW + hours * HOUR)
        assert followed(tx, hours) is None
    snow(tx, 11, now=v.NOW + 48 * HOUR)
    assert followed(tx, 48) is not None


def test_a_storm_brought_back_from_alert_stays_there(tx: Tx) -> None:
    snow(tx, 4)
    followed(tx)
    warned = followed(tx)
    assert warned is not None
    back = StormPhase.FORECAST
    move_storm(tx, DISPATCHER, warned.id, StormPhase.ALERT, back, v.village(), v.NOW)
    assert followed(tx, 1) is None


def test_a_later_first_flake_moves_the_storms_time_and_the_log_says_so(tx: Tx) -> None:
    snow(tx, 9)
    made = followed(tx)
    assert made is not None
    snow(tx, 11, now=v.NOW)
    moved = followed(tx)
    assert moved is not None
    assert (moved.id, moved.started_at) == (made.id, v.NOW + 11 * HOUR)
    verbs = [each.verb for each in list_events(tx)]
    assert verbs.count("storm.expected") == 1


def test_without_the_policys_word_snow_begins_no_storm(tx: Tx) -> None:
    snow(tx, 1)
    followed(tx)
    followed(tx)
    assert followed(tx, 2) is None
    assert [storm.phase for storm in list_all_storms(tx)] == [StormPhase.ALERT]


def test_with_the_policys_word_the_first_flake_begins_the_storm_once(tx: Tx) -> None:
    snow(tx, 1)
    followed(tx, policy=BEGINNING)
    followed(tx, policy=BEGINNING)
    begun = followed(tx, 1, BEGINNING)
    assert begun is not None
    assert begun.phase is StormPhase.ACTIVE
    assert list_jobs(tx, begun.id, JobState.OPEN)
    assert followed(tx, 2, BEGINNING) is None


def test_measured_snow_begins_it_before_the_forecast_does(tx: Tx) -> None:
    snow(tx, 5)
    followed(tx, policy=BEGINNING)
    followed(tx, policy=BEGINNING)
    assert followed(tx, 1, BEGINNING) is None
    wet = RoadWeather("R1", v.NOW, -1.0, -3.0, RoadState.WET)
    white = replace(wet, at=v.NOW + HOUR, state=RoadState.SNOW)
    take_road_weather(tx, Actor(ActorKind.SYSTEM, "station"), [wet, white], v.NOW + HOUR)
    begun = followed(tx, 1, BEGINNING)
    assert begun is not None
    assert begun.phase is StormPhase.ACTIVE


def test_work_of_a_storm_that_is_begun_before_its_snow_counts_from_the_first_flake(tx: Tx) -> None:
    snow(tx, 3)
    made = followed(tx)
    assert made is not None
    flake_at = v.NOW + 3 * HOUR
    begun = move_storm(
        tx, DISPATCHER, made.id, made.phase, StormPhase.ACTIVE, v.village(), v.NOW, flake_at
    )
    jobs = {job.segment_id: job for job in list_jobs(tx, begun.id)}
    assert jobs[v.MAIN_WEST].starts_at == flake_at
    assert jobs[v.MAIN_WEST].due_at == flake_at + 4 * HOUR
    assert {shift.starts_at for shift in list_shifts(tx, begun.id)} == {flake_at}
    assert set(last_cycles(tx, begun.id).values()) == {flake_at}
    storm = get_storm(tx, begun.id)
    snow_of = accumulation_of(storm)
    rule = POLICY.rules[jobs[v.MAIN_WEST].service_class]
    assert storm.snow_at == flake_at
    assert snow_of.ages(rule, None).due_at == flake_at + rule.cycle
    assert snow_of.wear(rule, None, flake_at) == 0.0
    assert deadline_rules(POLICY, storm).storm_since_s == flake_at.timestamp()


def test_snow_that_was_measured_before_the_forecast_flake_counts_from_the_start(tx: Tx) -> None:
    snow(tx, 3)
    made = followed(tx)
    assert made is not None
    flake_at = v.NOW + 3 * HOUR
    move_storm(tx, DISPATCHER, made.id, made.phase, StormPhase.ACTIVE, v.village(), v.NOW, flake_at)
    fallen, at = [Fallen(v.NOW + HOUR, 10.0)], v.NOW + HOUR
    storm = add_snow(tx, DISPATCHER, made.id, fallen, SnowSource.HAND, v.village(), at)
    assert storm.snow_at == v.NOW


@pytest.mark.parametrize(
    ("before", "now", "first_h", "begins"),
    [
        (RoadState.SNOW, RoadState.SNOW, 5, False),  # it lies since yesterday
        (None, RoadState.SNOW, 5, False),
        (RoadState.WET, RoadState.SNOW, 9, False),  # the forecast snow is not near
        (RoadState.WET, RoadState.SNOW, 5, True),
    ],
)
def test_snow_that_lies_on_a_road_already_begins_no_storm(
    tx: Tx, before: RoadState | None, now: RoadState, first_h: int, begins: bool
) -> None:
    snow(tx, first_h)
    followed(tx, policy=BEGINNING)
    followed(tx, policy=BEGINNING)
    seen = [
        RoadWeather("R1", v.NOW, state=before, snow_mm=80.0),
        RoadWeather("R1", v.NOW + HOUR, state=now, snow_mm=80.0),
    ]
    take_road_weather(tx, Actor(ActorKind.SYSTEM, "station"), seen, v.NOW + HOUR)
    begun = followed(tx, 1, BEGINNING)
    assert (begun is not None and begun.phase is StormPhase.ACTIVE) == begins


def test_snow_that_lies_deeper_begins_a_storm(tx: Tx) -> None:
    snow(tx, 5)
    followed(tx, policy=BEGINNING)
    followed(tx, policy=BEGINNING)
    seen = [RoadWeather("R1", v.NOW + each * HOUR, snow_mm=80.0 + 5 * each) for each in range(2)]
    take_road_weather(tx, Actor(ActorKind.SYSTEM, "station"), seen, v.NOW + HOUR)
    begun = followed(tx, 1, BEGINNING)
    assert begun is not None
    assert begun.phase is StormPhase.ACTIVE


def test_many_measurements_are_kept_by_one_statement_and_a_later_one_replaces(tx: Tx) -> None:
    asked: list[str] = []
    event.listen(tx, "before_cursor_execute", lambda *told: asked.append(told[2]))
    seen = [RoadWeather(f"R{each}", v.NOW, road_c=-1.0) for each in range(50)]
    add_road_weather(tx, seen)
    add_road_weather(tx, [replace(seen[0], road_c=-2.0)])
    assert len(asked) == 2
    assert list_road_weather(tx, v.NOW, v.NOW)[0].road_c == -2.0


def test_the_same_file_an_hour_later_is_known_already(tx: Tx) -> None:
    hours = tuple(ForecastHour(v.NOW + each * HOUR, 20.0) for each in range(5))
    told = FileForecast(ForecastSource.MET_NO, v.NOW, hours)
    first = take_forecast(tx, DISPATCHER, told, v.NOW)
    later = told._replace(hours=hours[1:])
    assert take_forecast(tx, DISPATCHER, later, v.NOW + HOUR) == first


def test_what_a_station_measured_is_logged_once_and_its_last_line_counts(tx: Tx) -> None:
    wet = RoadWeather("R1", v.NOW, -1.0, -3.0, RoadState.WET)
    cold = replace(wet, road_c=-2.0)
    for _ in range(3):
        take_road_weather(tx, Actor(ActorKind.SYSTEM, "station"), [wet, cold], v.NOW + HOUR)
    assert list_road_weather(tx, v.NOW, v.NOW) == [cold]
    assert [line.verb for line in list_events(tx)].count("weather.measured") == 1
