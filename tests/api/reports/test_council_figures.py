"""Figures that a process beside the server makes on its own."""

from datetime import timedelta

from api.processes.printing.council_figures import FiguresSubject
from api.reports.costly_answers import CityBeside
from tests.village import NOW


def test_a_process_beside_the_server_makes_the_same_figures(client, app, sign_in, clock):
    beside, served = CityBeside(app.engine, app.folder, app.clock), []

    def both_say_the_same():
        sign_in("council")
        served.append(client.get("/api/council").content)
        return beside.made(FiguresSubject()) == served[-1]

    assert both_say_the_same()
    sign_in("administrator")
    view = client.get("/api/setup/policy").json()
    view["tables"]["class"]["P1"]["cycle_h"] = 1
    body = {"base": view["base"], "tables": view["tables"]}
    assert client.post("/api/setup/policy", json=body).status_code == 200
    assert both_say_the_same()
    sign_in("dispatcher")
    client.post("/api/storms", json={"name": "First snow"})
    clock.moment = NOW + timedelta(hours=1)
    assert both_say_the_same()
    assert len(set(served)) == len(served)
