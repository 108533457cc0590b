from datetime import timedelta

import pytest

from data.errors import ConflictError, InvalidError, NotFoundError
from data.model import Actor, ActorKind, Role, User
from data.store.accounts.accounts import add_user, find_device_by_token_hash, find_user_by_login
from data.store.audit.audit_log import list_events
from data.store.database.engine import Tx
from data.training.players import PLAYED_BY_SIMULATION
from fleet.accounts.accounts import (
    INVITED_FOR,
    NO_PASSWORD,
    accept_invitation,
    add_tracker,
    change_roles,
    disable,
    enable,
    enroll,
    enroll_player,
    find_invited,
    invite,
    reset_password,
    token_digest,
)
from fleet.shifts.driver_codes import NO_PASSWORD as BY_CODE_ONLY
from tests import village as v
from tests.village_database import DISPATCHER

HASH, CHOSEN = "hash", "chosen"


def test_a_login_is_given_once(tx: Tx) -> None:
    user = enroll(tx, DISPATCHER, "sara", [Role.OPERATOR], "fa", "hash", v.NOW)
    assert find_user_by_login(tx, "sara") == user
    with pytest.raises(ConflictError, match="'sara' already"):
        enroll(tx, DISPATCHER, "sara", [Role.OPERATOR], "fa", "hash", v.NOW)
    assert "hash" not in list_events(tx)[0].after


@pytest.mark.parametrize("login", ["", "two words", "x" * 65, "bell\a"])
def test_a_login_that_nobody_can_type_is_refused(tx: Tx, login: str) -> None:
    with pytest.raises(InvalidError, match="login"):
        enroll(tx, DISPATCHER, login, [Role.OPERATOR], "fa", "hash", v.NOW)


@pytest.mark.parametrize("login", PLAYED_BY_SIMULATION)
def test_nobody_is_called_like_the_simulation_of_a_training(tx: Tx, login: str) -> None:
    with pytest.raises(ConflictError, match="already"):
        invite(tx, DISPATCHER, login, [Role.OPERATOR], "fa", v.NOW)
    player = enroll_player(tx, DISPATCHER, login, HASH, v.NOW)
    assert player.roles == (PLAYED_BY_SIMULATION[login],)


def test_a_tracker_gets_a_token_that_is_kept_as_a_digest_only(tx: Tx) -> None:
    device, token = add_tracker(tx, DISPATCHER, "phone-1", "Truck 2", v.NOW)
    assert device.vehicle_id == 2
    assert find_device_by_token_hash(tx, token_digest(token)) == device
    assert token not in repr(list_events(tx))
    with pytest.raises(ConflictError, match="'phone-1' already"):
        add_tracker(tx, DISPATCHER, "phone-1", "Truck 1", v.NOW)


def test_a_tracker_needs_a_vehicle_of_the_fleet(tx: Tx) -> None:
    with pytest.raises(NotFoundError, match="vehicle 'Truck 9'"):
        add_tracker(tx, DISPATCHER, "phone-1", "Truck 9", v.NOW)


def an_administrator(tx: Tx, login: str = "reza") -> User:
    return enroll(tx, DISPATCHER, login, [Role.ADMINISTRATOR], "fa", HASH, v.NOW)


def test_who_is_invited_has_no_password_until_the_link_is_used(tx: Tx) -> None:
    user, token = invite(tx, DISPATCHER, "sara", [Role.OPERATOR], "fa", v.NOW)
    assert user.password_hash == NO_PASSWORD
    assert find_invited(tx, token, v.NOW) == user
    assert token not in repr(list_events(tx))

    accepted = accept_invitation(tx, token, CHOSEN, v.NOW)
    assert (accepted.login, accepted.password_hash) == ("sara", CHOSEN)
    assert list_events(tx)[-1].actor == Actor(ActorKind.USER, "sara")


def test_an_invitation_lets_in_once(tx: Tx) -> None:
    _, token = invite(tx, DISPATCHER, "sara", [Role.OPERATOR], "fa", v.NOW)
    accept_invitation(tx, token, CHOSEN, v.NOW)
    with pytest.raises(ConflictError) as refused:
        accept_invitation(tx, token, "another", v.NOW)
    assert refused.value.reason == "invitation_over"
    assert find_user_by_login(tx, "sara").password_hash == CHOSEN


def test_an_invitation_ends_after_a_week(tx: Tx) -> None:
    user, token = invite(tx, DISPATCHER, "sara", [Role.OPERATOR], "fa", v.NOW)
    assert find_invited(tx, token, v.NOW + INVITED_FOR - timedelta(seconds=1)) == user
    assert find_invited(tx, token, v.NOW + INVITED_FOR) is None


def test_a_new_invitation_ends_the_one_before(tx: Tx) -> None:
    user, first = invite(tx, DISPATCHER, "sara", [Role.OPERATOR], "fa", v.NOW)
    second = reset_password(tx, DISPATCHER, user.id, v.NOW)
    assert find_invited(tx, first, v.NOW) is None
    assert find_invited(tx, second, v.NOW) is not None


def test_resetting_somebody_elses_password_ends_it_at_once(tx: Tx) -> None:
    user = an_administrator(tx)
    reset_password(tx, DISPATCHER, user.id, v.NOW)
    assert find_user_by_login(tx, "reza").password_hash == NO_PASSWORD


def test_asking_for_a_link_for_oneself_keeps_the_password_until_it_is_used(tx: Tx) -> None:
    user = an_administrator(tx)
    token = reset_password(tx, Actor(ActorKind.USER, "reza"), user.id, v.NOW)
    assert find_user_by_login(tx, "reza").password_hash == HASH
    assert accept_invitation(tx, token, CHOSEN, v.NOW).password_hash == CHOSEN


def test_the_last_administrator_stays(tx: Tx) -> None:
    last = an_administrator(tx)
    orders = (
        lambda: disable(tx, DISPATCHER, last.id, v.NOW),
        lambda: change_roles(tx, DISPATCHER, last.id, [Role.DISPATCHER], v.NOW),
    )
    for order in orders:
        with pytest.raises(ConflictError) as refused:
            order()
        assert refused.value.reason == "last_administrator"


@pytest.mark.parametrize("able", [True, False])
def test_only_an_administrator_who_can_sign_in_counts_as_another(tx: Tx, able: bool) -> None:
    first = an_administrator(tx)
    if able:
        an_administrator(tx, "mina")
        assert disable(tx, DISPATCHER, first.id, v.NOW).disabled
    else:
        invite(tx, DISPATCHER, "mina", [Role.ADMINISTRATOR], "fa", v.NOW)
        with pytest.raises(ConflictError):
            disable(tx, DISPATCHER, first.id, v.NOW)


def test_a_driver_without_a_password_is_no_other_administrator(tx: Tx) -> None:
    first = an_administrator(tx)
    add_user(tx, "driver-5", [Role.DRIVER, Role.ADMINISTRATOR], "fa", f"{BY_CODE_ONLY}stamp")
    with pytest.raises(ConflictError):
        disable(tx, DISPATCHER, first.id, v.NOW)


def test_shutting_out_ends_the_invitation_and_letting_in_does_not_open_it_again(tx: Tx) -> None:
    user, token = invite(tx, DISPATCHER, "sara", [Role.OPERATOR], "fa", v.NOW)
    disable(tx, DISPATCHER, user.id, v.NOW)
    assert find_invited(tx, token, v.NOW) is None
    with pytest.raises(ConflictError):
        reset_password(tx, DISPATCHER, user.id, v.NOW)

    assert not enable(tx, DISPATCHER, user.id, v.NOW).disabled
    assert find_invited(tx, token, v.NOW) is None


def test_two_administrators_cannot_shut_the_same_user_out_twice(tx: Tx) -> None:
    user, _ = invite(tx, DISPATCHER, "sara", [Role.OPERATOR], "fa", v.NOW)
    disable(tx, DISPATCHER, user.id, v.NOW)
    with pytest.raises(ConflictError, match="shut out"):
        disable(tx, DISPATCHER, user.id, v.NOW)
    enable(tx, DISPATCHER, user.id, v.NOW)
    with pytest.raises(ConflictError, match="may sign in"):
        enable(tx, DISPATCHER, user.id, v.NOW)


def test_the_audit_log_keeps_which_roles_somebody_had(tx: Tx) -> None:
    user = an_administrator(tx)
    an_administrator(tx, "mina")
    change_roles(tx, DISPATCHER, user.id, [Role.DRIVER, Role.OPERATOR, Role.DRIVER], v.NOW)
    line = list_events(tx)[-1]
    assert (line.verb, line.before) == ("user.roles_set", {"roles": ["administrator"]})
    assert line.after == {"roles": ["operator", "driver"]}


def test_nobody_is_without_a_role(tx: Tx) -> None:
    user = an_administrator(tx)
    with pytest.raises(InvalidError, match="roles"):
        change_roles(tx, DISPATCHER, user.id, [], v.NOW)
