"""The answers to OWASP ASVS 5.0.0: all numbers of levels 1 and 2, and files that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs/asvs.md"

LEVELS_1_AND_2 = """
    1.1.1-2 1.2.1-9 1.3.1-11 1.4.1-3 1.5.1-2
    2.1.1-3 2.2.1-3 2.3.1-4 2.4.1
    3.2.1-2 3.3.1-4 3.4.1-6 3.5.1-5 3.7.1-2
    4.1.1-3 4.2.1 4.3.1-2 4.4.1-4
    5.1.1 5.2.1-3 5.3.1-2 5.4.1-3
    6.1.1-3 6.2.1-12 6.3.1-4 6.4.1-4 6.5.1-5 6.6.1-3 6.8.1-4
    7.1.1-3 7.2.1-4 7.3.1-2 7.4.1-5 7.5.1-2 7.6.1-2
    8.1.1-2 8.2.1-3 8.3.1 8.4.1
    9.1.1-3 9.2.1-4
    10.1.1-2 10.2.1-2 10.3.1-4 10.4.1-11 10.5.1-5 10.6.1-2 10.7.1-3
    11.1.1-2 11.2.1-3 11.3.1-3 11.4.1-4 11.5.1 11.6.1
    12.1.1-3 12.2.1-2 12.3.1-4
    13.1.1 13.2.1-5 13.3.1-2 13.4.1-5
    14.1.1-2 14.2.1-4 14.3.1-3
    15.1.1-3 15.2.1-3 15.3.1-7
    16.1.1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3
    17.1.1 17.2.1-4 17.3.1-2
"""
"""The numbers of the standard, in its order; those of level 3 alone are left out."""

ANSWERS = ("met", "in part", "not met", "n/a")
ROW = re.compile(r"^\| V(\d+\.\d+\.\d+) \| (.+?) \| (.+?) \| (.+) \|$", re.MULTILINE)
PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]+|[\w-]+\.(?:lock|toml|md))`")

NAMED_ELSEWHERE = {
    "policy.toml",
    "fleet.toml",
    "database.toml",
    "province.toml",
    "var/secret",
    "var/backup-signing.key",
}
"""Files of a city and of its server, not of the program."""


def wanted_numbers() -> list[str]:
    numbers = []
    for span in LEVELS_1_AND_2.split():
        first, _, last = span.partition("-")
        section, _, begin = first.rpartition(".")
        numbers += [f"{section}.{n}" for n in range(int(begin), int(last or begin) + 1)]
    return numbers


ROWS = [found.groups() for found in ROW.finditer(DOCUMENT.read_text("utf-8"))]


def test_every_requirement_of_levels_1_and_2_is_answered_once_and_in_order() -> None:
    assert len(wanted_numbers()) == 253
    assert [number for number, *_ in ROWS] == wanted_numbers()
    assert {answer for _, _, answer, _ in ROWS} <= set(ANSWERS)


def test_whatever_is_not_wholly_met_says_what_is_missing() -> None:
    silent = [number for number, _, answer, how in ROWS if answer != "met" and len(how) < 4]
    assert silent == []


@pytest.mark.parametrize("name", ["docs/asvs.md", "docs/security.md"])
def test_every_file_that_the_answers_name_exists(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    named = set(PATH.findall(text)) - NAMED_ELSEWHERE
    assert len(named) > 30
    assert {path for path in named if not (ROOT / path).exists()} == set()


def test_every_section_that_the_answers_lead_to_exists() -> None:
    titles = re.findall(r"^## (.+)$", (ROOT / "docs/security.md").read_text("utf-8"), re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
    named = set(re.findall(r"\(security\.md#([^)]+)\)", DOCUMENT.read_text("utf-8")))
    assert len(named) > 8
    assert named <= anchors
