"""A storm that is over, as the file of a scenario to rehearse."""

from fastapi import APIRouter
from starlette.responses import Response

from api.web.checked_route import CheckedRoute
from api.web.context import BoardContext
from api.web.download import attachment
from data.files.toml_reader import values_of
from data.files.toml_writer import written_toml
from data.model import StormId
from data.store.database.engine import Tx
from data.streets.network import StreetNetwork
from fleet.storms.storm_lookup import known_storm
from fleet.training.past_storm import scenario_of_storm
from maps.training.past_storm import titled

router = APIRouter(route_class=CheckedRoute)


@router.get("/api/storms/{storm_id}/scenario")
def get_scenario_of_storm(storm_id: StormId, context: BoardContext) -> Response:
    """Return the scenario.toml of a storm that is over: nobody's words, and no names."""
    with context.reading() as tx:
        text = scenario_file(tx, storm_id, context.app.network, context.app.city.timezone)
    return attachment(text, "application/toml", f"scenario-of-storm-{storm_id}.toml")


def scenario_file(tx: Tx, storm_id: StormId, network: StreetNetwork, timezone: str) -> str:
    """Return the text of a past storm's scenario; raise `ConflictError` while it goes on."""
    storm = known_storm(tx, storm_id)
    scenario = scenario_of_storm(tx, storm_id, network)
    return written_toml(values_of(titled(scenario, storm.started_at, timezone)))
