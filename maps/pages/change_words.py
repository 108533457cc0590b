"""Changes of time and way in words, the sign said; what rounds to zero is no change."""

from maps.pages.i18n import Translator

LEAST = 0.05
"""Minutes or kilometres: what rounds to less is no change."""


def time_change(minutes: float, t: Translator) -> str:
    """Return minutes more or less as words."""
    if abs(minutes) < LEAST:
        return t("no more time")
    text = "{minutes} min more" if minutes > 0 else "{minutes} min less"
    return t(text, minutes=_shown(minutes))


def way_change(km: float, t: Translator) -> str:
    """Return kilometres more or less as words."""
    if abs(km) < LEAST:
        return t("no more way")
    return t("{km} km more" if km > 0 else "{km} km less", km=_shown(km))


def _shown(value: float) -> float | int:
    rounded = round(abs(value), 1)
    return int(rounded) if rounded.is_integer() else rounded
