"""A storm that is over, of which the tracks of one truck are known."""

from datetime import timedelta

from data.model import (
    DirectedSegment,
    Evidence,
    EvidenceKind,
    Pass,
    Storm,
    Treatment,
    VehicleId,
)
from data.store.accounts.accounts import add_device
from data.store.coverage.coverage import replace_reported
from data.store.database.engine import Tx
from data.store.tracking.positions import add_positions
from fleet.storms.storm_start import end_storm, start_storm
from tests import village as v
from tests.fleet.drives import a_fix
from tests.village_database import DISPATCHER, POLICY


def plowed_storm(tx: Tx) -> Storm:
    """Add a storm: a truck took 60 s for the main street twenty times, twice its assumption."""
    way = DirectedSegment(v.MAIN_WEST, True)
    length_m = v.village().segment(v.MAIN_WEST).length_m
    seen = Evidence(EvidenceKind.BLADE, 0.9)
    at = [v.NOW + timedelta(minutes=10 * n) for n in range(20)]
    took = timedelta(seconds=60)
    passes = [
        Pass(
            way.segment_id,
            way.forward,
            0.0,
            length_m,
            VehicleId(1),
            each,
            each + took,
            Treatment.PLOW,
            seen,
        )
        for each in at
    ]
    storm = start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
    add_device(tx, "box 1", VehicleId(1), "hash 1")
    add_positions(tx, [a_fix(v.node_at(1))])
    replace_reported(tx, storm.id, {way: passes})
    return end_storm(tx, DISPATCHER, storm.id, v.NOW + timedelta(hours=5))
