"""Errors with a stable code and the values that a message in any language needs."""

import errno
from enum import StrEnum
from typing import Self


class BarfrubError(Exception):
    """Base of every error that a user may see.

    `code` selects the translated text, `values` fill its placeholders; `str()` is English, for logs
    and the command line. `retry_s` is when another try may succeed, where waiting helps.
    """

    code = "error"
    retry_s: int | None = None

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.values = values

    def __reduce__(self) -> tuple[object, ...]:
        """Return what it is made of anew in another process, whatever its class is made from."""
        return _made_anew, (type(self), str(self)), self.__dict__


def _made_anew(kind: type[BarfrubError], message: str) -> BarfrubError:
    error = kind.__new__(kind)
    error.args = (message,)
    return error


class Need(str):
    """What a field needs: an English text that keeps its message and values for other languages.

    Numbers among the values stay numbers, so that each language writes them in its own digits.
    """

    msgid: str
    values: dict[str, object]

    def __new__(cls, msgid: str, **values: object) -> Self:
        """Return the text with its placeholders filled."""
        plain = {name: _plain(value) for name, value in values.items()}
        need = super().__new__(cls, msgid.format(**plain))
        need.msgid, need.values = msgid, values
        return need

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        """Return what it is made of anew in another process."""
        return (self.msgid,), self.values


def _plain(value: object) -> object:
    return f"{value:g}" if isinstance(value, float) else value


class InvalidError(BarfrubError):
    """Input that breaks a rule: which field, what came, what was expected."""

    code = "invalid"

    def __init__(self, field: str, got: object, expected: str) -> None:
        super().__init__(
            f"{field}: expected {expected}, got {got!r}", field=field, got=got, expected=expected
        )


class PasswordFault(StrEnum):
    """Why a password is easy to guess."""

    SHORT = "short"
    COMMON = "common"
    NAMES = "names"
    KEYS = "keys"


class WeakPasswordError(InvalidError):
    """A password that is too short or easy to guess; it tells why, but not what was typed."""

    def __init__(self, field: str, fault: PasswordFault) -> None:
        super().__init__(field, "", Need(_WANTED_PASSWORDS[fault]))
        self.fault = fault


_WANTED_PASSWORDS = {
    PasswordFault.SHORT: "at least 8 characters",
    PasswordFault.COMMON: "no password that is tried first everywhere",
    PasswordFault.NAMES: "more than names, roles and words that everybody guesses",
    PasswordFault.KEYS: "no row of keys, repetition, date or phone number",
}


class NotFoundError(BarfrubError):
    """A thing that was named but does not exist."""

    code = "not_found"

    def __init__(self, kind: str, key: object) -> None:
        super().__init__(f"there is no {kind} {key!r}", kind=kind, key=key)


class NotPublicError(BarfrubError):
    """Something that the city does not show to everybody."""

    code = "not_public"

    def __init__(self) -> None:
        super().__init__("the city does not show this to everybody")


class ConflictError(BarfrubError):
    """A change that no longer fits the state it was meant for; `reason` selects its text."""

    code = "conflict"

    def __init__(self, message: str, *, reason: str, **values: object) -> None:
        super().__init__(message, reason=reason, **values)
        self.reason = reason


class ForbiddenError(BarfrubError):
    """A request by somebody whose role does not allow it."""

    code = "forbidden"


class DiskFullError(BarfrubError):
    """Nothing can be stored, since the disk is full; what was acknowledged is not affected."""

    code = "no_room"
    retry_s = 60

    def __init__(self) -> None:
        super().__init__("the disk of the server is full")


class TrainingRoomError(DiskFullError):
    """The disk has no room for a training: GB that it needs, and GB that are free for it."""

    def __init__(self, needed_gb: float, free_gb: float) -> None:
        BarfrubError.__init__(
            self,
            f"a training needs {needed_gb:g} GB of the disk, {free_gb:g} GB are free",
            needed_gb=needed_gb,
            free_gb=free_gb,
        )


class StoreBusyError(BarfrubError):
    """The database takes nothing now: locked, gone, or asked by too many at once.

    Where it went while it stored something, that may be stored.
    """

    code = "busy"
    retry_s = 5

    def __init__(self) -> None:
        super().__init__("the database takes nothing now")


def is_disk_full(error: BaseException | None) -> bool:
    """Whether the system refused to write because the disk, or our share of it, is full."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


class CityFileError(BarfrubError):
    """A street file that cannot become a city: truncated, empty, foreign, or without streets."""

    code = "city_file"
