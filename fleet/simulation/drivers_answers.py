"""What simulated drivers answer to dispatchers, and which of them tap what they have done."""

from data.model import ByLanguage, ShiftId, StormId
from data.policy.message_rules import (
    BLADE_IS_DOWN,
    CALL_DISPATCH,
    THANKS,
    TO_DRIVER,
    UNDERSTOOD,
    WAIT_AT,
)
from data.store.database.engine import Tx
from data.store.messages.messages import list_messages
from fleet.simulation.taken_up_routes import NEWEST


def answer_to(words: ByLanguage, *, misread: bool) -> ByLanguage | None:
    """Return what a driver answers; `None` where none of the ready words fits.

    `misread` is whether his blade's sensor is wrong: he says so, unless he is only told to do
    something. Nobody can speak with him.
    """
    if words == THANKS:
        return None
    if misread and not _is_order(words):
        return BLADE_IS_DOWN
    return None if words == CALL_DISPATCH else UNDERSTOOD


def asked_to_tap(tx: Tx, storm_id: StormId) -> set[ShiftId]:
    """Return the shifts whose drivers have said that their blade is down, and tap since."""
    return {
        one.shift_id
        for one in list_messages(tx, storm_id, NEWEST)
        if one.from_driver and one.words == BLADE_IS_DOWN and one.shift_id is not None
    }


def _is_order(words: ByLanguage) -> bool:
    """Whether words are ready ones of every city that ask nothing."""
    waits = (words.get(code, "").startswith(_until_place(one)) for code, one in WAIT_AT.items())
    return (words in TO_DRIVER and words != CALL_DISPATCH) or any(waits)


def _until_place(text: str) -> str:
    return text.partition("{")[0]
