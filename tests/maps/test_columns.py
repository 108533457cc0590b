from dataclasses import replace
from datetime import timedelta

import pytest

from data.model import (
    Coverage,
    Evidence,
    EvidenceKind,
    Level,
    LevelReason,
    SegmentId,
    ServiceClass,
)
from maps.columns import coverage_columns, level_columns
from tests.village import MAIN_WEST, NOW, ROSE, SCHOOL, a_storm, village
from tests.village_database import POLICY

AT = NOW + timedelta(hours=1)


def of(columns, segment_id):
    at = village().index_of(segment_id)
    return {name: values[at] for name, values in columns.items()}


def covered(segment_id, *, forward=True, done=1, needed=1):
    evidence = Evidence(EvidenceKind.BLADE, 0.9)
    return Coverage(SegmentId(segment_id), forward, done, needed, AT, None, evidence)


@pytest.fixture
def proved():
    coverages = [covered(MAIN_WEST), covered(ROSE)]
    return coverage_columns(village(), POLICY, a_storm(), coverages, [], AT)


def test_a_street_carries_its_class_and_why():
    level = Level(ServiceClass.P1, LevelReason.NEAR, "دبستان البرز", timedelta(hours=2))
    columns = level_columns(village(), replace(POLICY, levels={SCHOOL: level}))
    assert of(columns, SCHOOL) == {
        "service_class": "P1",
        "class_reason": "near",
        "class_subject": "دبستان البرز",
        "cycle_h": 2.0,
    }
    assert of(columns, MAIN_WEST)["class_reason"] == "road"


def test_each_direction_carries_its_own_proof(proved):
    main = of(proved, MAIN_WEST)
    assert (main["state_forward"], main["passes_forward"]) == ("fresh", 1)
    assert (main["evidence_forward"], main["last_pass_at_forward"]) == ("blade", AT)
    assert (main["state_backward"], main["passes_backward"]) == ("not_due", 0)
    assert main["passes_needed_backward"] == POLICY.passes_for(village().segment(MAIN_WEST))


def test_a_direction_against_a_one_way_has_no_values(proved):
    rose = of(proved, ROSE)
    assert rose["state_forward"] == "fresh"
    assert {value for name, value in rose.items() if name.endswith("backward")} == {None}


def test_every_column_has_a_value_for_every_street(proved):
    assert {len(values) for values in proved.values()} == {12}
