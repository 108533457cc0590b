"""Levels of service as their page shows them: tables of the file, and counts of streets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from data.model import Event, Segment, ServiceClass
from data.policy.city_policy import Policy
from maps.pages.i18n import Translator
from maps.setup.machines import MachineChangeView, MistakeView, change_view


@dataclass(frozen=True, slots=True)
class ClassCount:
    """Number and length of the streets of a class, by rules and overrides."""

    streets: int
    length_m: float


@dataclass(frozen=True, slots=True)
class PolicyView:
    """The policy in force; an edit sends `base` back, `names` are the classes in order."""

    tables: Mapping[str, object]
    names: Mapping[ServiceClass, str]
    counts: Mapping[ServiceClass, ClassCount]
    districts: tuple[str, ...]
    base: int
    last_change: MachineChangeView | None


@dataclass(frozen=True, slots=True)
class PolicyProposalView:
    """Street counts under a file and under the policy in force; none while it has mistakes."""

    mistakes: tuple[MistakeView, ...]
    names: Mapping[ServiceClass, str]
    counts: Mapping[ServiceClass, ClassCount]
    present: Mapping[ServiceClass, ClassCount]


def policy_view(
    policy: Policy,
    tables: Mapping[str, object],
    segments: Iterable[Segment],
    districts: Iterable[str],
    last: Event | None,
    t: Translator,
) -> PolicyView:
    """Return the policy for its page."""
    return PolicyView(
        tables=tables,
        names=class_names(policy, t=t),
        counts=class_counts(policy, segments),
        districts=tuple(sorted(districts)),
        base=last.id if last else 0,
        last_change=change_view(last) if last else None,
    )


def class_names(*policies: Policy, t: Translator) -> dict[ServiceClass, str]:
    """Return the names of the classes of policies, in their order."""
    names: dict[ServiceClass, str] = {}
    for policy in policies:
        spoken = t.of_city(policy)
        names |= {code: spoken.named("class", code) for code in policy.rules if code not in names}
    return names


def class_counts(policy: Policy, segments: Iterable[Segment]) -> dict[ServiceClass, ClassCount]:
    """Return number and length of the streets of each class."""
    streets = dict.fromkeys(policy.rules, 0)
    length_m = dict.fromkeys(policy.rules, 0.0)
    for segment in segments:
        service_class = policy.class_of(segment)
        streets[service_class] += 1
        length_m[service_class] += segment.length_m
    return {each: ClassCount(streets[each], length_m[each]) for each in policy.rules}
