"""The checklist of the set-up: steps that are done, assumed or missing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from data.model import District, Role, User
from data.policy.city_policy import DEFAULT_POLICY
from data.setup.fleet_file import DEFAULT_FLEET, FleetFile, fleet_from_toml
from maps.pages.i18n import Translator


class StepState(StrEnum):
    """State of a step of the set-up."""

    DONE = "done"
    ASSUMED = "assumed"
    MISSING = "missing"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class ChecklistItemView:
    """One step of the set-up: its state, its present value, and the page that changes it."""

    name: str
    state: StepState
    title: str
    text: str
    path: str


@dataclass(frozen=True, slots=True)
class ChecklistView:
    """The checklist: steps, how many of the required ones are done, and the first that is not."""

    steps: list[ChecklistItemView]
    done: int
    needed: int
    next: ChecklistItemView | None


@dataclass(frozen=True, slots=True)
class Arranged:
    """Records that the checklist is made from."""

    report: Mapping[str, Any]
    fleet: FleetFile
    policy_text: str
    districts: Sequence[District]
    people: Sequence[User]


def checklist_view(city: Arranged, t: Translator) -> ChecklistView:
    """Return the checklist of the set-up."""
    steps = [
        _streets(city, t),
        _districts(city, t),
        _depots(city, t),
        _machines(city, t),
        _policy(city, t),
        _people(city, t),
    ]
    needed = [step for step in steps if step.state is not StepState.OPTIONAL]
    undone = [step for step in needed if step.state is not StepState.DONE]
    return ChecklistView(steps, len(needed) - len(undone), len(needed), next(iter(undone), None))


def _streets(city: Arranged, t: Translator) -> ChecklistItemView:
    report = city.report
    size = {"count": report.get("segments", 0), "km": t.number(report.get("length_km", 0))}
    lost = report.get("unreachable", 0)
    text = t("{count} segments, {km} km", **size)
    if lost:
        text = t("{count} segments, {km} km; no depot reaches {lost} of them.", lost=lost, **size)
    return ChecklistItemView("streets", StepState.DONE, t("Streets"), text, "/setup/streets")


def _districts(city: Arranged, t: Translator) -> ChecklistItemView:
    count = len(city.districts)
    text = (
        t.plural("{count} districts", count)
        if count
        else t("None yet. With districts, the council sees figures for each of them.")
    )
    return ChecklistItemView(
        "districts",
        StepState.DONE if count else StepState.OPTIONAL,
        t("Districts"),
        text,
        "/setup/streets",
    )


def _depots(city: Arranged, t: Translator) -> ChecklistItemView:
    assumed = sum(depot.assumed for depot in city.fleet.depots)
    counted = t.plural("{count} depots", len(city.fleet.depots))
    sites = t.plural("{count} places to load salt", len(city.fleet.reload_sites))
    text = (
        t.plural("{count} depots stand where we guessed. Place them on the map.", assumed)
        if assumed
        else f"{counted}{t(', ')}{sites}"
    )
    return ChecklistItemView(
        "depots",
        StepState.ASSUMED if assumed else StepState.DONE,
        t("Depots"),
        text,
        "/setup/depots",
    )


def _machines(city: Arranged, t: Translator) -> ChecklistItemView:
    count = len(city.fleet.vehicles)
    state, text = StepState.DONE, t.plural("{count} machines", count)
    if not count:
        state, text = StepState.MISSING, t("No machines yet. Enter them or read them from a file.")
    elif _are_examples(city.fleet):
        state = StepState.ASSUMED
        text = t.plural("{count} machines are examples. Put yours in their place.", count)
    return ChecklistItemView("machines", state, t("Machines"), text, "/setup/machines")


def _policy(city: Arranged, t: Translator) -> ChecklistItemView:
    if city.policy_text == DEFAULT_POLICY:
        text = t("Default values. Check whether your city promises the same.")
        return ChecklistItemView(
            "policy", StepState.ASSUMED, t("Levels of service"), text, "/setup/policy"
        )
    return ChecklistItemView(
        "policy", StepState.DONE, t("Levels of service"), t("Set by your city"), "/setup/policy"
    )


def _people(city: Arranged, t: Translator) -> ChecklistItemView:
    able = [user for user in city.people if user.password_hash and not user.disabled]
    counts = Counter(role for user in able for role in user.roles)
    told = [f"{t(f'role:{role}')} {t.number(counts[role])}" for role in Role if counts[role]]
    state, text = StepState.DONE, t(", ").join(told)
    if not counts.keys() & {Role.DISPATCHER}:
        state, text = StepState.MISSING, t("There is no dispatcher yet. Invite one.")
    return ChecklistItemView("people", state, t("People"), text, "/setup/people")


def _are_examples(fleet: FleetFile) -> bool:
    examples = {vehicle.name for vehicle in fleet_from_toml(DEFAULT_FLEET).vehicles}
    return {vehicle.name for vehicle in fleet.vehicles} == examples
