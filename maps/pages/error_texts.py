"""The text of an error in the reader's language: which msgid, and the values in it."""

from collections.abc import Mapping
from datetime import datetime

from data.errors import BarfrubError, ConflictError, Need, TrainingRoomError, WeakPasswordError
from maps.pages.i18n import Translator

MESSAGES = {
    "wrong_password": "Sign-in name or password is wrong.",
    "too_many": "Too many attempts. Wait a minute and try again.",
}
"""Texts by error code, where they are not the catalogs' `error:CODE`."""

SPOKEN = {"expected": "{}", "state": "request:{}", "crew_job": "crew_job:{}"}
"""Values that are texts themselves, and what the catalogs call them."""


def message_of(error: BarfrubError, t: Translator) -> str:
    """Return the error's text in the reader's language.

    It names field, value and expectation, or what stands in the way.
    """
    msgid, _ = text_of(error)
    spoken = {name: _spoken(value, t) for name, value in error.values.items()} | {
        name: t(SPOKEN[name].format(value))
        for name, value in error.values.items()
        if name in SPOKEN and not isinstance(value, Need)
    }
    if "field" in error.values:
        spoken["field"] = _field(str(error.values["field"]), t)
    return t(msgid, **spoken)


def text_of(error: BarfrubError) -> tuple[str, dict[str, object]]:
    """Return the msgid of an error's text and the values in it, as plain ones."""
    msgid = MESSAGES.get(error.code, f"error:{error.code}")
    if isinstance(error, ConflictError):
        msgid = f"conflict:{error.reason}"
    if isinstance(error, TrainingRoomError):
        msgid = "error:training_room"
    if isinstance(error, WeakPasswordError):
        msgid = f"password:{error.fault}"
    return msgid, plain_values(error.values)


def fault_text(values: Mapping[str, object], t: Translator) -> str:
    """Return the fault of `first_fault` in the reader's language."""
    return t("error:invalid", **{**values, "field": _field(str(values["field"]), t)})


def _field(code: str, t: Translator) -> str:
    """Return the label of a field, if a catalog has one; else its code."""
    msgid = f"field:{code.rpartition('.')[2]}"
    return t(msgid) if msgid in t.texts() else code


def _spoken(value: object, t: Translator) -> object:
    """Return a value as texts have it: times of day, lists in words, a word for none."""
    if value is None:
        return t("nothing")
    if isinstance(value, datetime):
        return t.time(value)
    return t.listed(map(str, value)) if isinstance(value, tuple) else value


def plain_values(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values of an error for JSON; other types than numbers and texts become text."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return value if isinstance(value, str | int | float | bool | None) else str(value)
