"""Totals of seconds, metres and material, pure: summed up, and shared out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil


@dataclass(frozen=True, slots=True)
class Sums:
    """Seconds, metres and material of some time.

    `running_s` and `off_s` are parts of `stand_s` for which the ignition was told. Material by its
    name: `counted_kg` by the spreader's own count, `rated_kg` by its rate and the area, `spread_m2`
    where it told neither.
    """

    work_s: float = 0.0
    drive_s: float = 0.0
    stand_s: float = 0.0
    running_s: float = 0.0
    off_s: float = 0.0
    work_m: float = 0.0
    drive_m: float = 0.0
    sensed_s: float = 0.0
    counted_kg: Mapping[str, float] = field(default_factory=dict)
    rated_kg: Mapping[str, float] = field(default_factory=dict)
    spread_m2: Mapping[str, float] = field(default_factory=dict)

    @property
    def moved_m(self) -> float:
        """Metres driven, at work or not."""
        return self.work_m + self.drive_m

    @property
    def spread(self) -> bool:
        """Whether anything was spread."""
        return bool(self.counted_kg or self.rated_kg or self.spread_m2)

    def share(self, part: float) -> "Sums":
        """Return the part (0-1) of these totals."""
        return Sums(
            work_s=self.work_s * part,
            drive_s=self.drive_s * part,
            stand_s=self.stand_s * part,
            running_s=self.running_s * part,
            off_s=self.off_s * part,
            work_m=self.work_m * part,
            drive_m=self.drive_m * part,
            sensed_s=self.sensed_s * part,
            counted_kg=_scaled(self.counted_kg, part),
            rated_kg=_scaled(self.rated_kg, part),
            spread_m2=_scaled(self.spread_m2, part),
        )


def summed(parts: Iterable[Sums]) -> Sums:
    """Return the total of several."""
    listed = list(parts)
    if len(listed) == 1:
        return listed[0]
    return Sums(
        work_s=sum(one.work_s for one in listed),
        drive_s=sum(one.drive_s for one in listed),
        stand_s=sum(one.stand_s for one in listed),
        running_s=sum(one.running_s for one in listed),
        off_s=sum(one.off_s for one in listed),
        work_m=sum(one.work_m for one in listed),
        drive_m=sum(one.drive_m for one in listed),
        sensed_s=sum(one.sensed_s for one in listed),
        counted_kg=added(one.counted_kg for one in listed),
        rated_kg=added(one.rated_kg for one in listed),
        spread_m2=added(one.spread_m2 for one in listed),
    )


def added(parts: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Return amounts by material, summed up."""
    whole: dict[str, float] = {}
    for part in parts:
        for material, amount in part.items():
            whole[material] = whole.get(material, 0.0) + amount
    return whole


def _scaled(amounts: Mapping[str, float], part: float) -> dict[str, float]:
    return {material: amount * part for material, amount in amounts.items()}


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """Return the smallest value that at least this share does not exceed; `None` of nothing."""
    return ordered[max(ceil(share * len(ordered)) - 1, 0)] if ordered else None
