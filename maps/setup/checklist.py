"""The checklist of the set-up, in the reader's language."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from data.model import Role
from data.policy.city_policy import policy_from_toml
from fleet.setup.setup_steps import SetupRecords, StepName, StepState
from maps.pages.i18n import Translator


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
    """The checklist: steps, how many of the required ones are done, and the first that is not.

    `ended` says that administrators are no longer led here although steps are left.
    """

    steps: list[ChecklistItemView]
    done: int
    needed: int
    next: ChecklistItemView | None
    ended: bool


def checklist_view(city: SetupRecords, t: Translator) -> ChecklistView:
    """Return the checklist of the set-up."""
    steps = [
        ChecklistItemView(
            name, state, t(_TITLES[name]), _TEXTS[name](city, t), f"/setup/{_PAGES.get(name, name)}"
        )
        for name, state in city.states.items()
    ]
    needed = [step for step in steps if step.state is not StepState.OPTIONAL]
    undone = [step for step in needed if step.state is not StepState.DONE]
    done = len(needed) - len(undone)
    return ChecklistView(steps, done, len(needed), next(iter(undone), None), city.ended)


def _streets(city: SetupRecords, t: Translator) -> str:
    report = city.report
    size = {"count": report.get("segments", 0), "km": t.number(report.get("length_km", 0))}
    lost = report.get("unreachable", 0)
    if lost:
        return t("{count} segments, {km} km; no depot reaches {lost} of them.", lost=lost, **size)
    return t("{count} segments, {km} km", **size)


def _districts(city: SetupRecords, t: Translator) -> str:
    if not city.districts:
        return t("None yet. With districts, the council sees figures for each of them.")
    return t.plural("{count} districts", len(city.districts))


def _depots(city: SetupRecords, t: Translator) -> str:
    assumed = sum(depot.assumed for depot in city.fleet.depots)
    if assumed:
        return t.plural("{count} depots stand where we guessed. Place them on the map.", assumed)
    counted = t.plural("{count} depots", len(city.fleet.depots))
    sites = t.plural("{count} places to load salt", len(city.fleet.reload_sites))
    return f"{counted}{t(', ')}{sites}"


def _machines(city: SetupRecords, t: Translator) -> str:
    count = len(city.fleet.vehicles)
    if not count:
        return t("No machines yet. Enter them or read them from a file.")
    assumed = sum(vehicle.assumed for vehicle in city.fleet.vehicles)
    if assumed:
        return t(
            "{assumed} of {count} machines have assumed figures. Check them, or replace them.",
            assumed=assumed,
            count=count,
        )
    return t.plural("{count} machines", count)


def _policy(city: SetupRecords, t: Translator) -> str:
    if city.default_policy:
        return t("Default values. Check whether your city promises the same.")
    policy = policy_from_toml(city.policy_text)
    lacking = [one.name for one in t.languages() if not policy.says_classes_in(one.code)]
    if lacking:
        told = t.listed(lacking)
        return t("Set by your city. Classes lack names in: {languages}", languages=told)
    return t("Set by your city")


def _trackers(city: SetupRecords, t: Translator) -> str:
    counts = {"tracked": len(city.tracked), "count": len(city.fleet.vehicles)}
    if not city.tracked:
        return t("No machine has a tracker yet, and no driver's phone has sent a position.")
    return t(
        "{tracked} of {count} machines have a tracker or a driver's phone; {heard} were heard.",
        heard=len(city.heard),
        **counts,
    )


def _people(city: SetupRecords, t: Translator) -> str:
    counts = Counter(role for user in city.active_people for role in user.roles)
    if not counts[Role.DISPATCHER]:
        return t("There is no dispatcher yet. Invite one.")
    told = [f"{t(f'role:{role}')} {t.number(counts[role])}" for role in Role if counts[role]]
    return t(", ").join(told)


_TITLES: Mapping[StepName, str] = {
    StepName.STREETS: "Streets",
    StepName.DISTRICTS: "Districts",
    StepName.DEPOTS: "Depots",
    StepName.MACHINES: "Machines",
    StepName.POLICY: "Levels of service",
    StepName.TRACKERS: "Trackers",
    StepName.PEOPLE: "People",
}

_PAGES: Mapping[StepName, str] = {StepName.DISTRICTS: "streets"}
"""The page of a step where it is not called like the step."""

_TEXTS: Mapping[StepName, Callable[[SetupRecords, Translator], str]] = {
    StepName.STREETS: _streets,
    StepName.DISTRICTS: _districts,
    StepName.DEPOTS: _depots,
    StepName.MACHINES: _machines,
    StepName.POLICY: _policy,
    StepName.TRACKERS: _trackers,
    StepName.PEOPLE: _people,
}
