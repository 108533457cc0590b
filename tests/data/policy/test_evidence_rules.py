import pytest

from data.errors import InvalidError
from data.model import Evidence, EvidenceKind
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml, toml_from_policy
from data.policy.evidence_rules import EvidenceRules, Grade

START, END = DEFAULT_POLICY.index("[evidence]"), DEFAULT_POLICY.index("# Beyond the road class")


def rules(section: str) -> EvidenceRules:
    return policy_from_toml(DEFAULT_POLICY[:START] + section + DEFAULT_POLICY[END:]).evidence


def test_a_policy_from_before_gets_the_usual_grades_and_the_sample_says_them() -> None:
    assert rules("") == EvidenceRules() == policy_from_toml(DEFAULT_POLICY).evidence


def test_a_city_grades_as_it_likes_and_its_file_keeps_it() -> None:
    found = rules('[evidence]\nspeed = "closes"\ndriver = "shows"\nleast_confidence = 0.4\n\n')
    sure, unsure = (Evidence(EvidenceKind.SPEED, confidence) for confidence in (0.4, 0.39))
    assert (found.grade_of(sure), found.grade_of(unsure)) == (Grade.CLOSES, Grade.SHOWS)
    assert found.grade_of(Evidence(EvidenceKind.DRIVER, 1.0)) is Grade.SHOWS
    assert found.grade_of(Evidence(EvidenceKind.BLADE, 1.0)) is Grade.CLOSES
    text = DEFAULT_POLICY[:START] + '[evidence]\nspeed = "closes"\n\n' + DEFAULT_POLICY[END:]
    policy = policy_from_toml(text)
    assert policy_from_toml(toml_from_policy(policy)) == policy


def test_a_word_that_is_no_grade_is_named() -> None:
    with pytest.raises(InvalidError, match=r"evidence\.speed"):
        rules('[evidence]\nspeed = "maybe"\n\n')
