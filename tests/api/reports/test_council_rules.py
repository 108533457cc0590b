"""The rules beside the council's figures, what restated them, and the age of the last pass."""

from tests.api.reports.test_council import HOUR, NOW, plow, start


def test_time_since_the_last_pass_is_shown_as_it_is_beside_the_rule(client, app, sign_in, clock):
    start(client, sign_in, clock)
    plow(app, NOW + HOUR)
    clock.moment = NOW + 5 * HOUR
    sign_in("council")
    view = client.get("/api/council").json()

    first = view["ages"][0]
    assert (first["service_class"], view["age_steps_h"]) == ("P1", [1, 3, 6, 12])
    assert first["worst_s"] == 5 * 3_600  # never cleared: since the storm began
    assert first["older"][:2] == [1.0, 1.0]
    assert first["older"][2] == 0.0
    assert 0 < first["never"] < 1
    assert view["promises"][0]["by_snow_until"] is None
    assert [one["service_class"] for one in view["ages"]] == ["P1", "P2", "P3"]


def test_a_snowfall_entry_that_restates_the_past_says_from_what_to_what(client, sign_in, clock):
    storm_id = start(client, sign_in, clock)
    clock.moment = NOW + 5 * HOUR
    little = [{"at": (NOW + 5 * HOUR).isoformat(), "fallen_cm": 0.2}]
    answer = client.post(f"/api/storms/{storm_id}/snowfall", json={"entries": little})
    assert answer.status_code == 201, answer.text
    sign_in("council")
    view = client.get("/api/council").json()

    (one,) = view["restated"]
    assert one["cause"] == "snowfall"
    assert one["late_before_m"] > 0
    assert (one["late_after_m"], one["within_after"]) == (0.0, 1.0)
    assert one["at"] == "2026-12-21T09:00:00Z"
    assert view["promises"][0]["by_snow_until"] == "2026-12-21T09:00:00Z"


def test_a_change_of_the_levels_of_service_restates_figures_too(client, sign_in, clock):
    storm_id = start(client, sign_in, clock)
    clock.moment = NOW + 5 * HOUR
    assert client.get("/api/council").json()["restated"] == []
    wish = {"base": 0, "tables": {"class": {"P1": {"cycle_h": 12}}}}
    assert client.post(f"/api/storms/{storm_id}/policy", json=wish).status_code == 200
    (one,) = client.get("/api/council").json()["restated"]
    assert one["cause"] == "levels"
    assert one["late_after_m"] < one["late_before_m"]
