"""The village's streets as they stand in a storm."""

from dataclasses import replace
from datetime import timedelta

from data.model import City, Coverage, Evidence, EvidenceKind
from data.streets.network import build_network
from fleet.coverage.coverage_states import painted
from maps.reports.coverage_table import CoveragePicture
from tests.village import MAIN_WEST, NOW, a_storm, village, village_segments
from tests.village_database import POLICY


def a_picture(
    network=None, coverages=(), at=NOW + timedelta(hours=1), storm=None
) -> CoveragePicture:
    network = network or village()
    storm = storm or a_storm()
    home = City("Village", "Asia/Tehran", network.bounds, network.version, "drawn by hand")
    states = painted(network, POLICY, storm, coverages, [], at)
    return CoveragePicture(home, network, POLICY, storm, at, states, tuple(coverages))


def covered(street=MAIN_WEST, forward=True) -> Coverage:
    evidence = Evidence(EvidenceKind.BLADE, 0.9)
    return Coverage(street, forward, 2, 2, NOW + timedelta(minutes=30), None, evidence)


def named(text: str):
    first, *rest = village_segments()
    return build_network([replace(first, names={"": (text,)}), *rest])
