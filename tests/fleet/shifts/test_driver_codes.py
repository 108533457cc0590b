from datetime import timedelta

import pytest

from data.errors import ConflictError, NotFoundError
from data.model import Role, ShiftId, SignInMethod, UserId
from data.store.accounts.accounts import add_user, get_user
from data.store.accounts.sessions import add_session, list_sessions
from data.store.audit.audit_log import list_events
from data.store.database.engine import Tx
from data.store.schema import user as user_table
from data.store.shifts.shifts import get_shift
from fleet.shifts.driver_codes import (
    DIGITS,
    OVERTIME,
    GivenCode,
    digits_alone,
    enter_code,
    give_code,
)
from fleet.shifts.shift_progress import end_shift, start_shift
from fleet.storms.storm_start import end_storm
from tests import village as v
from tests.village_database import DISPATCHER

pytestmark = pytest.mark.usefixtures("storm")

SHIFT, OTHER = ShiftId(1), ShiftId(2)
SECRET = b"of this server"


def given(tx: Tx, shift_id: ShiftId = SHIFT, login: str = "") -> GivenCode:
    return give_code(tx, DISPATCHER, shift_id, SECRET, "fa", v.NOW, login)


def entered(tx: Tx, text: str, after: timedelta = timedelta(0)) -> UserId | None:
    driver = enter_code(tx, text, SECRET, v.NOW + after)
    return driver.id if driver else None


def signed_in(tx: Tx, user_id: UserId, method: SignInMethod) -> None:
    times = dict.fromkeys(("begun_at", "used_at"), v.NOW)
    facts = {"digest": method.value, "user_id": user_id, "method": method.value, "address": ""}
    add_session(tx, {**facts, **times, "expires_at": v.NOW + OVERTIME, "browser": ""})


def test_a_code_lets_the_shifts_driver_in_again_and_again(tx: Tx) -> None:
    code = given(tx)
    assert len(code.digits) == DIGITS
    assert get_shift(tx, SHIFT).driver_id == code.driver.id
    assert code.driver.roles == (Role.DRIVER,)
    assert [entered(tx, code.digits) for _ in range(2)] == [code.driver.id] * 2


def test_a_code_is_read_in_any_script_and_spacing(tx: Tx) -> None:
    digits = given(tx).digits
    persian = digits.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    arabic = digits.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for text in (
        persian,
        arabic,
        f" {digits[:4]}-{digits[4:]} ",
        f"{persian[:4]}\u200c{arabic[4:]}",
    ):
        assert entered(tx, text) is not None, text
    assert digits_alone("کد ۱۲٣4²") == "1234"


def test_wrong_digits_let_nobody_in(tx: Tx) -> None:
    digits = given(tx).digits
    wrong = f"{(int(digits) + 1) % 10**DIGITS:0{DIGITS}d}"
    assert [entered(tx, text) for text in (wrong, "", digits[:-1], digits + "0")] == [None] * 4


def test_what_is_kept_of_a_code_needs_the_servers_secret(tx: Tx) -> None:
    code = given(tx)
    assert enter_code(tx, code.digits, b"of another server", v.NOW) is None
    told = [str(event.after) + event.subject for event in list_events(tx)]
    assert not any(code.digits in text for text in told)


def test_a_code_ends_with_the_shift(tx: Tx) -> None:
    shift, code = get_shift(tx, SHIFT), given(tx)
    assert code.expires_at == shift.ends_at
    assert entered(tx, code.digits, shift.ends_at - v.NOW) is None
    start_shift(tx, DISPATCHER, SHIFT, v.NOW)
    end_shift(tx, DISPATCHER, SHIFT, v.NOW)
    assert entered(tx, code.digits) is None
    with pytest.raises(ConflictError, match="is over"):
        given(tx)


def test_a_code_ends_with_the_storm(tx: Tx) -> None:
    code = given(tx)
    end_storm(tx, DISPATCHER, get_shift(tx, SHIFT).storm_id, v.NOW)
    assert entered(tx, code.digits) is None


def test_a_code_given_in_overtime_lasts_some_hours(tx: Tx) -> None:
    late = get_shift(tx, SHIFT).ends_at + timedelta(minutes=30)
    code = give_code(tx, DISPATCHER, SHIFT, SECRET, "fa", late)
    assert code.expires_at == late + OVERTIME


def test_a_new_code_ends_the_old_one_and_its_sessions(tx: Tx) -> None:
    old = given(tx)
    for method in SignInMethod:
        signed_in(tx, old.driver.id, method)
    new = given(tx)
    assert entered(tx, old.digits) is None
    assert entered(tx, new.digits) == old.driver.id
    kept = {one.method for one in list_sessions(tx, old.driver.id)}
    assert kept == set(SignInMethod) - {SignInMethod.CODE}


def test_somebody_who_is_invited_and_has_no_password_yet_is_signed_out_too(tx: Tx) -> None:
    reza = add_user(tx, "reza", [Role.DRIVER], "fa", "")
    signed_in(tx, reza.id, SignInMethod.CODE)
    given(tx, login="reza")
    assert list_sessions(tx, reza.id) == []


def test_a_driver_with_a_password_keeps_it(tx: Tx) -> None:
    reza = add_user(tx, "reza", [Role.DRIVER], "fa", "$argon2id$")
    code = given(tx, login="reza")
    assert entered(tx, code.digits) == reza.id
    assert get_user(tx, reza.id).password_hash == "$argon2id$"
    assert given(tx).driver.id == reza.id  # who drives it already, goes on


@pytest.mark.parametrize("roles", [[Role.ADMINISTRATOR], [Role.DRIVER, Role.DISPATCHER], []])
def test_a_code_never_opens_more_than_the_wheel(tx: Tx, roles: list[Role]) -> None:
    add_user(tx, "nasrin", roles, "fa", "")
    with pytest.raises(ConflictError, match="not only a driver"):
        given(tx, login="nasrin")


@pytest.mark.parametrize(
    "change", [{"roles": [Role.DRIVER, Role.ADMINISTRATOR]}, {"disabled": True}]
)
def test_a_code_is_worth_nothing_once_its_driver_is_more_or_less_than_that(
    tx: Tx, change: dict[str, object]
) -> None:
    code = given(tx)
    tx.execute(user_table.update().where(user_table.c.id == code.driver.id).values(**change))
    assert entered(tx, code.digits) is None


def test_nobody_drives_two_machines(tx: Tx) -> None:
    add_user(tx, "reza", [Role.DRIVER], "fa", "")
    given(tx, SHIFT, "reza")
    with pytest.raises(ConflictError, match="drives another shift"):
        given(tx, OTHER, "reza")
    with pytest.raises(NotFoundError, match="nobody"):
        given(tx, OTHER, "nobody")


def test_another_driver_takes_over_and_the_first_ones_code_ends(tx: Tx) -> None:
    first = given(tx)
    add_user(tx, "reza", [Role.DRIVER], "fa", "")
    second = given(tx, login="reza")
    assert entered(tx, first.digits) is None
    assert entered(tx, second.digits) == get_shift(tx, SHIFT).driver_id


def test_the_audit_log_says_who_got_a_code_and_who_came_in(tx: Tx) -> None:
    enter_code(tx, given(tx).digits, SECRET, v.NOW)
    lines = list_events(tx, f"shift:{SHIFT}")
    assert [(line.verb, line.actor.id) for line in lines] == [
        ("shift.code_given", DISPATCHER.id),
        ("driver.signed_in", "driver-1"),
    ]
